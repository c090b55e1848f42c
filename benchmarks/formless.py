"""Judges tickets that come without the form which the history had, as from a helpdesk that sends text alone.

Histories with forms are learnt as the product learns, then later tickets are asked as they were filed and
with their forms taken away: product, channel, language, organization, requester and custom fields. Those
without are answered by the pool for tickets without a form, and beside it by the pool of all others, as if
there were none. The peers of benchmarks/promise.py read text alone either way; their vectors are the shipped
encoder's.
What is promised is solved on held-out training tickets for .9 and .8, by the same bound for all.

    python -m benchmarks.formless [--data ../shared/data] [--cache var/cache] [--tasks mozilla,apache]
        [--ours-only] [--development]

``--development`` drops the test slice and judges the tickets before it: for choosing, never for claims.
Prints a table and, as the last line, JSON.
"""

import argparse
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "2")

import numpy as np

from benchmarks.promise import applied_above, train_keeping, verdict
from benchmarks.promise_peers import peers_predictions
from benchmarks.quality_tasks import MAPPINGS, Task
from features.apart import Asked
from features.embedding_cache import CachedEncoder
from features.encoder import SentenceEncoder
from features.structured import PLACES
from training.history import load_mapping, read_history
from training.learn_field import LearntField
from training.metrics import applied_by
from training.promise import solve_promise
from training.targets import FieldTarget
from triage.prediction import Assessment

TARGETS = (0.9, 0.8)
FIELD = "category"
LEARNT, ASKED = 20_000, 1_000
SETS = {
    "mozilla": ("Mozilla topic, all products", "mozilla_support/tickets.parquet"),
    "apache": ("Apache component, all projects", "apache_jira/issues.parquet"),
}
NO_FORM: dict[str, Any] = {**dict.fromkeys(PLACES), "custom": {}}


def main() -> None:
    """Judge all tasks and print their tables, then one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--cache", type=Path, default=Path("var/cache"))
    parser.add_argument("--tasks", default=",".join(SETS))
    parser.add_argument("--ours-only", action="store_true")
    parser.add_argument("--development", action="store_true")
    options = parser.parse_args()
    if not options.data.is_dir():
        print(f"Nothing measured: no data in {options.data}.")
        return
    cache = options.cache / "embeddings"
    found: dict[str, Any] = {}
    for name in options.tasks.split(","):
        task = read_task(options.data, name, development=options.development)
        found[task.name] = judge_ours(task, cache)
        print(f"\n{task.name}: {len(task.train):,} learnt from, {len(task.test):,} asked")
        _show(found[task.name])
        if not options.ours_only:
            encoder = CachedEncoder(SentenceEncoder.open(threads=2), cache)
            for peer, (held, held_right, later, right) in peers_predictions(task, encoder).items():
                applied = {target: applied_above(held, held_right, later, target) for target in TARGETS}
                found[task.name][peer] = _judged(right, applied)
                _show({peer: found[task.name][peer]})
    print(json.dumps(found))


def read_task(data: Path, name: str, *, development: bool) -> Task:
    """Return a task: the newest tickets with a label and a time, the last of them to be asked."""
    title, path = SETS[name]
    read = read_history(data / path, mapping=load_mapping(MAPPINGS / f"{name}.toml")).tickets
    known = [past for past in read if past.ticket.created_at is not None and past.labels.get(FIELD)]
    tickets = sorted(known, key=lambda past: (str(past.ticket.created_at), past.ticket.ticket_id))
    if development:
        tickets = tickets[:-ASKED]
    return Task(title, FIELD, tickets[-LEARNT - ASKED : -ASKED], tickets[-ASKED:])


def judge_ours(task: Task, cache: Path) -> dict[str, Any]:
    """Train as the product does and judge later tickets with their forms and without."""
    whole, model = train_keeping(task, cache)
    if whole.formless is None or model.formless is None:
        raise RuntimeError(f"Got a history of {task.name!r} without forms; expected one with forms.")
    filed = [past.ticket for past in task.test]
    bare = [replace(ticket, **NO_FORM) for ticket in filed]
    truth = np.array([past.labels[FIELD] for past in task.test])
    return {
        "ours, with the form": _pool(model.assess(filed), whole, truth),
        "ours, without it": _pool(model.assess(bare), whole.formless, truth),
        "without it, by the pool of all": _pool(model.assess_redacted(bare, Asked()), whole, truth),
    }


def _pool(assessed: list[Assessment], learnt: LearntField, truth: np.ndarray) -> dict[str, Any]:
    labels = np.array(learnt.model.labels)
    chances = np.stack([one.predictions[FIELD].probabilities for one in assessed])
    right = labels[chances.argmax(axis=1)] == truth
    applied = {}
    for target in TARGETS:
        promise, *_ = solve_promise(
            learnt.probabilities, learnt.classes, learnt.model.labels, FieldTarget(target=target)
        )
        applied[target] = applied_by(chances, learnt.model.labels, promise)
    order = np.argsort(-chances, axis=1)[:, :3]
    return _judged(right, applied) | {"top3": float((labels[order] == truth[:, None]).any(axis=1).mean())}


def _judged(right: np.ndarray, applied: dict[float, np.ndarray]) -> dict[str, Any]:
    return {
        "accuracy": float(right.mean()),
        "promises": {target: verdict(one, right, target) for target, one in applied.items()},
    }


def _show(rows: dict[str, Any]) -> None:
    for name, row in rows.items():
        said = [f"{row['accuracy']:.3f}" + (f" (top-3 {row['top3']:.3f})" if "top3" in row else " " * 14)]
        for target, one in row["promises"].items():
            share = f"{one['coverage']:.3f} applied, {one['precision']:.3f} right, " if one["applied"] else ""
            said.append(f"{target}: {share}{one['verdict']}")
        print(f"  {name:<31} " + "; ".join(said), flush=True)


if __name__ == "__main__":
    main()
