"""Who will have the ticket? Affinity that goes on learning, beside three peers, on later tickets.

Every ticket is ranked with what was known when it was filed: an assignee counts from the first response,
else from when the ticket was resolved, else an hour after filing. History grows through the test as it did in
life, for ours and for the peers that can grow. Weights of ours are learnt from assignments known before the
first judged ticket.

    python -m benchmarks.assignment [--data ../shared/data] [--cache var/cache] [--tasks HDFS,HIVE,...]
                                    [--development] [--no-timing]

The Apache projects are one helpdesk with five products, ours and peers alike; each peer also runs with the
product's own tickets alone, and its better figure (by top-1) is shown. ``--development`` learns on the first
three fifths of each project and measures on the fourth: for choosing, never for claims.
"""

import argparse
import json
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from benchmarks.affinity_speed import time_ranking
from features.affinity.index import AffinityIndex
from features.affinity.model import AffinityModel
from features.affinity.signals import SIGNALS
from features.cleaning import clean_text
from features.embedding_cache import CachedEncoder
from features.encoder import SentenceEncoder
from training.affinity.choices import fit_choice_weights
from training.affinity.learn import CHOICES_MAX, PULL, WARM_UP, choices_of, find_axes
from training.affinity.walk import Step, known_at, walk
from training.history import load_mapping, read_history
from triage.ticket import PastTicket

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
MAPPINGS = Path(__file__).parent / "mappings"
PROJECTS = ("HDFS", "HIVE", "HADOOP", "YARN", "MAPREDUCE")
MOZILLA = "Thunderbird"
SINCE = datetime(2025, 3, 1, tzinfo=UTC)
TOPS = (1, 3, 5)
LATELY_DAYS = (2.0, 14.0, 60.0)
VOTE_DAYS = 90.0
VOTERS = 50
FEATURES_MAX = 20_000
ITERATIONS_MAX = 100

Ranking = list[str]


@dataclass(frozen=True, slots=True)
class Desk:
    """One helpdesk's history, in order of filing."""

    past: list[PastTicket]
    vectors: np.ndarray
    agents: np.ndarray
    products: np.ndarray
    requesters: np.ndarray
    filed: np.ndarray
    known: np.ndarray


@dataclass(frozen=True, slots=True)
class Task:
    """Places of the tickets learnt from and judged; whether their requesters are left out."""

    name: str
    product: str | None
    earlier: np.ndarray
    judged: np.ndarray
    without_requester: bool


def main() -> None:
    """Run the benchmark and print its tables, then one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--cache", type=Path, default=Path("var/cache"))
    parser.add_argument("--tasks", default=",".join((*PROJECTS, MOZILLA)))
    parser.add_argument("--development", action="store_true")
    parser.add_argument("--no-timing", action="store_true")
    options = parser.parse_args()
    if not options.data.is_dir():
        print(f"Nothing measured: no data in {options.data}.")
        return
    wanted = options.tasks.split(",")
    encoder = CachedEncoder(SentenceEncoder.open(), options.cache)
    results: dict[str, dict[str, list[float]]] = {}
    if set(wanted) & set(PROJECTS):
        desk = read_desk(options.data / "apache_jira" / "issues.parquet", "apache", encoder)
        tasks = [
            project_task(desk, name, without, options.development)
            for name in PROJECTS
            if name in wanted
            for without in (False, True)
        ]
        run(desk, tasks, True, results)
    if MOZILLA in wanted:
        path = options.data / "mozilla_support" / "tickets.parquet"
        desk = read_desk(path, "mozilla_thunderbird", encoder, SINCE)
        places = np.arange(len(desk.past))
        run(desk, [split(MOZILLA, None, desk, places, False, options.development)], False, results)
    timing = None if options.no_timing else time_ranking()
    if timing is not None:
        print(timing.describe())
    print(json.dumps({"benchmark": "assignment", "development": options.development, "results": results}))


def read_desk(path: Path, mapping: str, encoder: CachedEncoder, since: datetime | None = None) -> Desk:
    """Read the tickets that have an assignee."""
    past = [
        one
        for one in read_history(path, mapping=load_mapping(MAPPINGS / f"{mapping}.toml")).tickets
        if one.labels.get("assignee") and one.ticket.created_at
        if since is None or one.ticket.created_at >= since
    ]
    past.sort(key=lambda one: (one.ticket.created_at, one.ticket.ticket_id))
    return Desk(
        past,
        encoder.encode([clean_text(one.ticket) for one in past]),
        np.array([one.labels["assignee"] for one in past]),
        np.array([one.ticket.product or "" for one in past]),
        np.array([one.ticket.requester or "" for one in past]),
        np.array([one.ticket.created_at.timestamp() for one in past]),
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
    desk: Desk, tasks: list[Task], requesters_serve: bool, results: dict[str, dict[str, list[float]]]
) -> None:
    """Walk through a helpdesk's history once, then judge every task; prints a table for each."""
    index = AffinityIndex(
        AffinityModel(
            find_axes(desk.vectors[min((task.earlier for task in tasks), key=len)]),
            np.zeros(len(SIGNALS)),
            requesters_serve=requesters_serve,
        )
    )
    asked = {int(place) for task in tasks for place in (*_learnt(task), *task.judged)}
    steps = {step.place: step for step in walk(index, desk.past, desk.vectors, asks=asked.__contains__)}
    for task in tasks:
        judged = {"ours": measure(ours(desk, task, steps), desk, task)}
        for name, peer in PEERS.items():
            both = [measure(peer(desk, task, own), desk, task) for own in (False, True)]
            judged[name] = max(both, key=lambda figures: figures[0])
        results[task.name] = judged
        report(task, desk, judged)


def ours(desk: Desk, task: Task, steps: dict[int, Step]) -> Iterator[Ranking]:
    """Learn weights from earlier steps; rank the people of the judged ones."""
    choices = choices_of([_without(steps[place], desk, task) for place in _learnt(task)], desk.past)
    weights = fit_choice_weights(choices, pull=PULL)
    for place in task.judged:
        step = _without(steps[place], desk, task)
        yield _best(dict(zip(step.people, step.signals @ weights, strict=True)))


def _learnt(task: Task) -> np.ndarray:
    return task.earlier[int(WARM_UP * len(task.earlier)) :][-CHOICES_MAX:]


def _without(step: Step, desk: Desk, task: Task) -> Step:
    if not task.without_requester:
        return step
    kept = [row for row, name in enumerate(step.people) if name != desk.requesters[step.place]]
    return Step(step.place, [step.people[row] for row in kept], step.signals[kept])


def frozen(desk: Desk, task: Task, own: bool) -> Iterator[Ranking]:
    """Rank by a classifier of words that stays as it was when the first judged ticket came."""
    rows = _history(desk, task, own, task.earlier)
    vectorizer = TfidfVectorizer(
        sublinear_tf=True, ngram_range=(1, 2), min_df=2, max_features=FEATURES_MAX, dtype=np.float32
    )
    matrix = vectorizer.fit_transform([clean_text(desk.past[place].ticket) for place in rows])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = LogisticRegression(C=10.0, max_iter=ITERATIONS_MAX).fit(matrix, desk.agents[rows])
    texts = [clean_text(desk.past[place].ticket) for place in task.judged]
    for place, chances in zip(task.judged, model.predict_proba(vectorizer.transform(texts)), strict=True):
        yield _best(dict(zip(model.classes_, chances, strict=True)), _barred(desk, task, place))


def lately(desk: Desk, task: Task, own: bool) -> Iterator[Ranking]:
    """Rank by tickets had, recent ones counting most; the half-life is the best on earlier tickets."""
    half_life = max(LATELY_DAYS, key=lambda days: _first(desk, task, own, days))
    for place in task.judged:
        yield _recent(desk, task, own, place, half_life)


def _first(desk: Desk, task: Task, own: bool, days: float) -> float:
    places = _history(desk, task, True, task.earlier)[-500:]
    return float(
        np.mean([_recent(desk, task, own, place, days)[:1] == [desk.agents[place]] for place in places])
    )


def _recent(desk: Desk, task: Task, own: bool, place: int, days: float) -> Ranking:
    rows = _history(desk, task, own, np.flatnonzero(desk.known < desk.filed[place]))
    return _voted(desk, rows, 0.5 ** (_age_days(desk, rows, place) / days), _barred(desk, task, place))


def vote(desk: Desk, task: Task, own: bool) -> Iterator[Ranking]:
    """Rank by the votes of the nearest past tickets, halved every 90 days."""
    for place in task.judged:
        rows = _history(desk, task, own, np.flatnonzero(desk.known < desk.filed[place]))
        cosines = desk.vectors[rows] @ desk.vectors[place]
        near = np.argsort(-cosines * 0.5 ** (_age_days(desk, rows, place) / VOTE_DAYS), kind="stable")[
            :VOTERS
        ]
        weights = np.maximum(cosines[near], 0) ** 2 * 0.5 ** (_age_days(desk, rows[near], place) / VOTE_DAYS)
        yield _voted(desk, rows[near], weights, _barred(desk, task, place))


def reporter_first(desk: Desk, task: Task, own: bool) -> Iterator[Ranking]:
    """Name the reporter first, then go by the vote; where the reporter is barred, the vote alone."""
    for place, ranking in zip(task.judged, vote(desk, task, own), strict=True):
        reporter = [] if task.without_requester else [str(desk.requesters[place])]
        yield [*reporter, *(name for name in ranking if name not in reporter)]


PEERS: dict[str, Callable[[Desk, Task, bool], Iterator[Ranking]]] = {
    "frozen TF-IDF + LR": frozen,
    "had tickets lately": lately,
    "vote with decay": vote,
    "reporter, then vote": reporter_first,
}


def _history(desk: Desk, task: Task, own: bool, rows: np.ndarray) -> np.ndarray:
    """Return the rows of the product alone, and where its reporter is barred of others' tickets alone."""
    if not own or task.product is None:
        return rows
    kept = desk.products[rows] == task.product
    if task.without_requester:
        kept &= desk.agents[rows] != desk.requesters[rows]
    return rows[kept]


def _voted(desk: Desk, rows: np.ndarray, weights: np.ndarray, barred: str) -> Ranking:
    votes: Counter[str] = Counter()
    for agent, weight in zip(desk.agents[rows].tolist(), weights.tolist(), strict=True):
        votes[agent] += weight
    return _best(votes, barred)


def _barred(desk: Desk, task: Task, place: int) -> str:
    return str(desk.requesters[place]) if task.without_requester else ""


def _age_days(desk: Desk, rows: np.ndarray, place: int) -> np.ndarray:
    return np.asarray((desk.filed[place] - desk.known[rows]) / 86_400.0)


def _best(scores: dict[str, float], barred: str = "") -> Ranking:
    ranked = sorted(scores, key=lambda name: (-scores[name], name))
    return [name for name in ranked[: TOPS[-1] + 1] if name != barred]


def measure(rankings: Iterator[Ranking], desk: Desk, task: Task) -> list[float]:
    """Return the shares of judged tickets whose assignee was among the first one, three and five."""
    pairs = list(zip(rankings, desk.agents[task.judged].tolist(), strict=True))
    return [round(sum(agent in ranking[:top] for ranking, agent in pairs) / len(pairs), 4) for top in TOPS]


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
