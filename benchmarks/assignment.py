"""Who will have the ticket? Affinity that goes on learning, beside three peers, on later tickets.

Every ticket is ranked with what was known when it was filed: an assignee counts from the first response,
else from when the ticket was resolved, else an hour after filing. History grows through the test as it did in
life, for ours and for the peers that can grow. Weights of ours are learnt from assignments known before the
first judged ticket.

    python -m benchmarks.assignment [--data ../shared/data] [--cache var/cache] [--tasks HDFS,HIVE,...]
                                    [--development] [--only ours|peers] [--no-timing] [--known filing]

The Apache projects are one helpdesk with five products, ours and peers alike; each peer also runs with the
product's own tickets alone (the frozen one only so), and its better setting on the judged tickets is shown.
``--development`` learns on the first three fifths of each project and measures on the fourth: for choosing,
never for claims. ``--known filing`` lets an assignee count from the filing of the ticket, before anybody
could know: only to compare with figures that were made so.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.affinity_speed import time_ranking
from benchmarks.assignment_peers import Desk, Ranking, Task, best_of, measure, peers_of
from features.affinity.index import AffinityIndex
from features.affinity.model import AffinityModel
from features.affinity.signals import SIGNALS
from features.cleaning import clean_text
from features.embedding_cache import CachedEncoder
from features.encoder import SentenceEncoder
from training.affinity.choices import choices_of, fit_choice_weights
from training.affinity.learn import CHOICES_MAX, PULL, WARM_UP, find_axes
from training.affinity.walk import Step, known_at, walk
from training.history import load_mapping, read_history
from training.simulation.run import filed_at

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
MAPPINGS = Path(__file__).parent / "mappings"
PROJECTS = ("HDFS", "HIVE", "HADOOP", "YARN", "MAPREDUCE")
MOZILLA = "Thunderbird"
SINCE = datetime(2025, 3, 1, tzinfo=UTC)


def main() -> None:
    """Run the benchmark and print its tables, then one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--cache", type=Path, default=Path("var/cache"))
    parser.add_argument("--tasks", default=",".join((*PROJECTS, MOZILLA)))
    parser.add_argument("--development", action="store_true")
    parser.add_argument("--only", choices=("ours", "peers"), help="by default both")
    parser.add_argument("--no-timing", action="store_true")
    parser.add_argument("--known", choices=("told", "filing"), default="told", help="when an assignee counts")
    options = parser.parse_args()
    if not options.data.is_dir():
        print(f"Nothing measured: no data in {options.data}.")
        return
    wanted, from_filing = options.tasks.split(","), options.known == "filing"
    encoder = CachedEncoder(SentenceEncoder.open(), options.cache)
    results: dict[str, dict[str, list[float]]] = {}
    if set(wanted) & set(PROJECTS):
        desk = read_desk(
            options.data / "apache_jira" / "issues.parquet", "apache", encoder, from_filing=from_filing
        )
        tasks = [
            project_task(desk, name, without, options.development)
            for name in PROJECTS
            if name in wanted
            for without in (False, True)
        ]
        run(desk, tasks, True, options.only, results)
    if MOZILLA in wanted:
        path = options.data / "mozilla_support" / "tickets.parquet"
        desk = read_desk(path, "mozilla_thunderbird", encoder, SINCE, from_filing=from_filing)
        places = np.arange(len(desk.past))
        task = split(MOZILLA, None, desk, places, False, options.development)
        run(desk, [task], False, options.only, results)
    timing = None if options.no_timing else time_ranking()
    if timing is not None:
        print(timing.describe())
    about = {"development": options.development, "known": options.known}
    print(json.dumps({"benchmark": "assignment", **about, "results": results}))


def read_desk(
    path: Path,
    mapping: str,
    encoder: CachedEncoder,
    since: datetime | None = None,
    *,
    from_filing: bool = False,
) -> Desk:
    """Read the tickets that have an assignee."""
    past = [
        one
        for one in read_history(path, mapping=load_mapping(MAPPINGS / f"{mapping}.toml")).tickets
        if one.labels.get("assignee") and one.ticket.created_at
        if since is None or one.ticket.created_at >= since
    ]
    if from_filing:
        past = [replace(one, assigned_at=one.ticket.created_at) for one in past]
    past.sort(key=lambda one: (one.ticket.created_at, one.ticket.ticket_id))
    agents = np.array([one.labels["assignee"] for one in past])
    names, codes = np.unique(agents, return_inverse=True)
    return Desk(
        past,
        encoder.encode([clean_text(one.ticket) for one in past]),
        agents,
        names,
        codes,
        np.array([one.ticket.product or "" for one in past]),
        np.array([one.ticket.requester or "" for one in past]),
        np.array([filed_at(one).timestamp() for one in past]),
        np.array([known_at(one).timestamp() for one in past]),
    )


def project_task(desk: Desk, product: str, without_requester: bool, development: bool) -> Task:
    """Return one project's task, of all tickets or of those that their reporter did not take."""
    mine = desk.products == product
    if without_requester:
        mine &= desk.agents != desk.requesters
    name = f"{product}, not the reporter" if without_requester else product
    return split(name, product, desk, np.flatnonzero(mine), without_requester, development)


def split(
    name: str, product: str | None, desk: Desk, places: np.ndarray, without: bool, development: bool
) -> Task:
    """Judge the last fifth (in development the one before); learn from what was known by then."""
    start, end = (0.6, 0.8) if development else (0.8, 1.0)
    judged = places[int(start * len(places)) : int(end * len(places))]
    earlier = np.flatnonzero(desk.known < desk.filed[judged[0]])
    if without:
        earlier = earlier[desk.agents[earlier] != desk.requesters[earlier]]
    return Task(name, product, earlier, judged, without)


def run(
    desk: Desk,
    tasks: list[Task],
    requesters_serve: bool,
    only: str | None,
    results: dict[str, dict[str, list[float]]],
) -> None:
    """Walk through a helpdesk's history once, then judge every task; prints a table for each."""
    axes = find_axes(desk.vectors[min((task.earlier for task in tasks), key=len)])
    index = AffinityIndex(AffinityModel(axes, np.zeros(len(SIGNALS)), requesters_serve=requesters_serve))
    steps: dict[int, Step] = {}
    if only != "peers":
        asked = {int(place) for task in tasks for place in (*learnt_places(task), *task.judged)}
        steps = {step.place: step for step in walk(index, desk.past, desk.vectors, asks=asked.__contains__)}
    for task in tasks:
        judged: dict[str, list[float]] = {}
        if only != "peers":
            judged["ours"] = measure(ours(desk, task, steps), desk, task)
        if only != "ours":
            judged |= peers_of(desk, task, requesters_serve)
        results[task.name] = judged
        report(task, desk, judged)


def ours(desk: Desk, task: Task, steps: dict[int, Step]) -> Iterator[Ranking]:
    """Learn weights from earlier steps; rank the people of the judged ones."""
    choices = choices_of([_without(steps[place], desk, task) for place in learnt_places(task)], desk.past)
    assert choices is not None
    weights = fit_choice_weights(choices, pull=PULL)
    for place in task.judged:
        step = _without(steps[place], desk, task)
        yield best_of(dict(zip(step.people, step.signals @ weights, strict=True)))


def learnt_places(task: Task) -> np.ndarray:
    """Return the newest places that weights are learnt from."""
    return task.earlier[int(WARM_UP * len(task.earlier)) :][-CHOICES_MAX:]


def _without(step: Step, desk: Desk, task: Task) -> Step:
    if not task.without_requester:
        return step
    kept = [row for row, name in enumerate(step.people) if name != desk.requesters[step.place]]
    return Step(step.place, [step.people[row] for row in kept], step.signals[kept])


def report(task: Task, desk: Desk, judged: dict[str, list[float]]) -> None:
    """Print a task's table."""
    own = float(np.mean(desk.agents[task.judged] == desk.requesters[task.judged]))
    print(
        f"{task.name}: {len(task.judged):,} judged, {len(task.earlier):,} earlier, "
        f"{own:.3f} of them the reporter's own",
        flush=True,
    )
    for name, figures in judged.items():
        print(f"  {name:24}" + "".join(f"{figure:8.3f}" for figure in figures), flush=True)


if __name__ == "__main__":
    main()
