"""Is what is promised of assignees kept on later tickets? Chances are held against what came.

The tickets, splits and knowledge of benchmarks/assignment.py, anybody being asked about. Threshold and
temperature are judged on the newest fifth of what was known before the first later ticket
(training/affinity/trust.py), weights learnt from all of it; then every later ticket is ranked. Rows:
promises. Columns: the threshold (- where nothing keeps the promise: then nobody is applied), the share of
later tickets applied, and how many of these were right. Calibration error: mean distance of said from true
shares in ten equal parts by confidence, before and after logits are divided by the temperature.

    python -m benchmarks.assignee_promise [--data ../shared/data] [--cache var/cache] [--tasks HDFS,...]
                                          [--development]

``--development`` judges on the fourth fifth: for choosing, never for claims. Prints tables and, as the last
line, JSON.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.assignment import (
    DATA,
    MOZILLA,
    PROJECTS,
    SINCE,
    learnt_places,
    project_task,
    read_desk,
    split,
)
from benchmarks.assignment_peers import Desk, Task
from features.affinity.index import AffinityIndex
from features.affinity.model import AffinityModel
from features.affinity.signals import SIGNALS
from features.embedding_cache import CachedEncoder
from features.encoder import SentenceEncoder
from training.affinity.choices import choices_of, fit_choice_weights
from training.affinity.learn import PULL, find_axes
from training.affinity.trust import first_chance, judge
from training.affinity.walk import Step, walk

PROMISES = (0.8, 0.9, 0.95)
PARTS = 10


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--cache", type=Path, default=Path("var/cache"))
    parser.add_argument("--tasks", default=",".join((*PROJECTS, MOZILLA)))
    parser.add_argument("--development", action="store_true")
    options = parser.parse_args()
    if not options.data.is_dir():
        print(f"Nothing measured: no data in {options.data}.")
        return
    wanted = options.tasks.split(",")
    encoder = CachedEncoder(SentenceEncoder.open(), options.cache)
    found: dict[str, Any] = {}
    if set(wanted) & set(PROJECTS):
        desk = read_desk(options.data / "apache_jira" / "issues.parquet", "apache", encoder)
        names = [name for name in PROJECTS if name in wanted]
        tasks = [project_task(desk, name, False, options.development) for name in names]
        found |= measure_all(desk, tasks, requesters_serve=True)
    if MOZILLA in wanted:
        path = options.data / "mozilla_support" / "tickets.parquet"
        desk = read_desk(path, "mozilla_thunderbird", encoder, SINCE)
        places = np.arange(len(desk.past))
        tasks = [split(MOZILLA, None, desk, places, False, options.development)]
        found |= measure_all(desk, tasks, requesters_serve=False)
    print(json.dumps({"benchmark": "assignee_promise", "development": options.development, "results": found}))


def measure_all(desk: Desk, tasks: Sequence[Task], *, requesters_serve: bool) -> dict[str, Any]:
    """Walk through a helpdesk's history once, then judge every task."""
    axes = find_axes(desk.vectors[min((task.earlier for task in tasks), key=len)])
    index = AffinityIndex(AffinityModel(axes, np.zeros(len(SIGNALS)), requesters_serve=requesters_serve))
    asked = {int(place) for task in tasks for place in (*learnt_places(task), *task.judged)}
    steps = {step.place: step for step in walk(index, desk.past, desk.vectors, asks=asked.__contains__)}
    return {task.name: measure_promises(desk, task, steps) for task in tasks}


def measure_promises(desk: Desk, task: Task, steps: Mapping[int, Step]) -> dict[str, Any]:
    """Print what became of each promise on a task's later tickets, and return it."""
    learnt = [steps[place] for place in learnt_places(task)]
    judged = {promise: judge(learnt, desk.past, pull=PULL, precision=promise) for promise in PROMISES}
    temperature = judged[PROMISES[0]].temperature
    choices = choices_of(learnt, desk.past)
    if choices is None:
        return {}
    weights = fit_choice_weights(choices, pull=PULL)
    later = [steps[place] for place in task.judged if steps[place].people]
    right = np.array(
        [step.people[int((step.signals @ weights).argmax())] == desk.agents[step.place] for step in later]
    )
    raw, sure = (np.array([_confidence(step, weights / by) for step in later]) for by in (1.0, temperature))
    errors = calibration_error(raw, right), calibration_error(sure, right)
    print(f"{task.name}: {len(task.judged):,} later tickets, temperature {temperature:.2f}, ", end="")
    print(f"calibration error {errors[0]:.3f} before, {errors[1]:.3f} after", flush=True)
    rows = {}
    for promise, judgement in judged.items():
        threshold = judgement.trust.threshold if judgement.trust is not None else None
        applied = sure >= (2.0 if threshold is None else threshold)
        share = float(applied.sum() / len(task.judged))
        kept = float(right[applied].mean()) if applied.any() else None
        rows[str(promise)] = {"threshold": threshold, "applied": share, "right": kept}
        told = "-" if threshold is None else f"{threshold:.3f}"
        print(
            f"  {promise:.2f}  {told:>6}  {share:.3f}  {'-' if kept is None else f'{kept:.3f}'}", flush=True
        )
    return {"temperature": temperature, "calibration_error": errors, "promises": rows}


def _confidence(step: Step, weights: np.ndarray) -> float:
    return first_chance(step.signals @ weights, step.signals)


def calibration_error(sure: np.ndarray, right: np.ndarray) -> float:
    """Return the mean distance of said from true shares in ten equal parts by confidence."""
    parts = np.array_split(np.argsort(sure, kind="stable"), PARTS)
    return float(sum(len(part) * abs(sure[part].mean() - right[part].mean()) for part in parts) / len(sure))


if __name__ == "__main__":
    main()
