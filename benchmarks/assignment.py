"""Who will have the ticket? Affinity that goes on learning, beside three peers, on later tickets.

Every ticket is ranked with what was known when it was filed: an assignee counts from the first response,
else from when the ticket was resolved, else an hour after filing. History grows through the test as it did in
life, for ours and for the peers that can grow. Weights of ours are learnt from assignments known before the
first judged ticket.

    python -m benchmarks.assignment [--data ../shared/data] [--cache var/cache] [--tasks HDFS,HIVE,...]
                                    [--development] [--only ours|peers] [--no-timing]

The Apache projects are one helpdesk with five products, ours and peers alike; each peer also runs with the
product's own tickets alone (the frozen one only so), and its better figure (by top-1) is shown.
``--development`` learns on the first three fifths of each project and measures on the fourth: for choosing,
never for claims.
"""

import argparse
import json
import warnings
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
LATELY_DAYS = (1.0, 14.0, 60.0)
VOTE_DAYS = 90.0
VOTERS = 50
FEATURES_MAX = 10_000
ITERATIONS_MAX = 50
LATELY_CHOSEN_ON = 300

Ranking = list[str]


@dataclass(frozen=True, slots=True)
class Desk:
    """One helpdesk's history, in order of filing."""

    past: list[PastTicket]
    vectors: np.ndarray
    agents: np.ndarray
    names: np.ndarray
    codes: np.ndarray
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


Peer = Callable[[Desk, Task, bool], Iterator[Ranking]]


def main() -> None:
    """Run the benchmark and print its tables, then one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--cache", type=Path, default=Path("var/cache"))
    parser.add_argument("--tasks", default=",".join((*PROJECTS, MOZILLA)))
    parser.add_argument("--development", action="store_true")
    parser.add_argument("--only", choices=("ours", "peers"), help="by default both")
    parser.add_argument("--no-timing", action="store_true")
    options = parser.parse_args()
    if not options.data.is_dir():
        print(f"Nothing measured: no data in {options.data}.")
        return
    wanted = options.tasks.split(",")
    peers = {} if options.only == "ours" else PEERS
    weigh = options.only != "peers"
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
        run(desk, tasks, True, weigh, peers, results)
    if MOZILLA in wanted:
        path = options.data / "mozilla_support" / "tickets.parquet"
        desk = read_desk(path, "mozilla_thunderbird", encoder, SINCE)
        places = np.arange(len(desk.past))
        task = split(MOZILLA, None, desk, places, False, options.development)
        run(desk, [task], False, weigh, peers, results)
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
    desk: Desk,
    tasks: list[Task],
    requesters_serve: bool,
    weigh: bool,
    peers: dict[str, Peer],
    results: dict[str, dict[str, list[float]]],
) -> None:
    """Walk through a helpdesk's history once, then judge every task; prints a table for each."""
    axes = find_axes(desk.vectors[min((task.earlier for task in tasks), key=len)])
    index = AffinityIndex(AffinityModel(axes, np.zeros(len(SIGNALS)), requesters_serve=requesters_serve))
    steps: dict[int, Step] = {}
    if weigh:
        asked = {int(place) for task in tasks for place in (*_learnt(task), *task.judged)}
        steps = {step.place: step for step in walk(index, desk.past, desk.vectors, asks=asked.__contains__)}
    for task in tasks:
        judged = {"ours": measure(ours(desk, task, steps), desk, task)} if weigh else {}
        for name, peer in peers.items():
            if peer is _reporter_then_vote and (task.without_requester or not requesters_serve):
                continue
            histories = (True,) if task.product is None or peer is frozen else (True, False)
            both = [measure(peer(desk, task, own), desk, task) for own in histories]
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
    rows = task.earlier[_counts(desk, task, own, task.earlier)]
    vectorizer = TfidfVectorizer(sublinear_tf=True, min_df=2, max_features=FEATURES_MAX, dtype=np.float32)
    matrix = vectorizer.fit_transform([clean_text(desk.past[place].ticket) for place in rows])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = LogisticRegression(C=10.0, max_iter=ITERATIONS_MAX).fit(matrix, desk.agents[rows])
    texts = [clean_text(desk.past[place].ticket) for place in task.judged]
    for place, chances in zip(task.judged, model.predict_proba(vectorizer.transform(texts)), strict=True):
        yield _best(dict(zip(model.classes_, chances, strict=True)), _barred(desk, task, place))


def lately(desk: Desk, task: Task, own: bool) -> Iterator[Ranking]:
    """Rank by tickets had, recent ones counting most; the half-life is the best on earlier tickets."""
    asked = task.earlier[_counts(desk, task, True, task.earlier)][-LATELY_CHOSEN_ON:]

    def hits(days: float) -> int:
        rankings = [_recent(desk, task, own, place, days) for place in asked]
        return sum(
            desk.agents[place] in ranking[:top]
            for place, ranking in zip(asked, rankings, strict=True)
            for top in TOPS
        )

    half_life = max(LATELY_DAYS, key=hits)
    for place in task.judged:
        yield _recent(desk, task, own, place, half_life)


def _recent(desk: Desk, task: Task, own: bool, place: int, days: float) -> Ranking:
    rows = _known(desk, task, own, place)
    return _voted(desk, rows, 0.5 ** (_age_days(desk, rows, place) / days), _barred(desk, task, place))


def vote(desk: Desk, task: Task, own: bool) -> Iterator[Ranking]:
    """Rank by the votes of the nearest past tickets, halved every 90 days."""
    for place in task.judged:
        rows = _known(desk, task, own, place)
        # What is known was filed before: a prefix of the rows, which needs no copy.
        cosines = (desk.vectors[:place] @ desk.vectors[place])[rows]
        near = np.argsort(-cosines, kind="stable")[:VOTERS]
        weights = np.maximum(cosines[near], 0) ** 2
        weights *= 0.5 ** (_age_days(desk, rows[near], place) / VOTE_DAYS)
        yield _voted(desk, rows[near], weights, _barred(desk, task, place))


def reporter_first(rankings: Iterator[Ranking], desk: Desk, task: Task) -> Iterator[Ranking]:
    """Name the reporter first, then go by another ranking."""
    for place, ranking in zip(task.judged, rankings, strict=True):
        reporter = str(desk.requesters[place])
        yield [reporter, *(name for name in ranking if name != reporter)]


def _reporter_then_vote(desk: Desk, task: Task, own: bool) -> Iterator[Ranking]:
    return reporter_first(vote(desk, task, own), desk, task)


PEERS: dict[str, Peer] = {
    "frozen TF-IDF + LR": frozen,
    "had tickets lately": lately,
    "vote with decay": vote,
    "reporter, then vote": _reporter_then_vote,
}


def _known(desk: Desk, task: Task, own: bool, place: int) -> np.ndarray:
    """Return the rows whose assignee was known when a ticket was filed."""
    return np.flatnonzero((desk.known[:place] < desk.filed[place]) & _counts(desk, task, own, slice(place)))


def _counts(desk: Desk, task: Task, own: bool, rows: np.ndarray | slice) -> np.ndarray:
    """Tell which rows count: all, or those of the product (without those that reporters took, if barred)."""
    if not own or task.product is None:
        return np.ones(len(desk.products[rows]), dtype=bool)
    counts = desk.products[rows] == task.product
    if task.without_requester:
        counts &= desk.agents[rows] != desk.requesters[rows]
    return np.asarray(counts)


def _voted(desk: Desk, rows: np.ndarray, weights: np.ndarray, barred: str) -> Ranking:
    votes = np.bincount(desk.codes[rows], weights, len(desk.names))
    top = np.argsort(-votes, kind="stable")[: TOPS[-1] + 1]
    return [str(desk.names[code]) for code in top if votes[code] > 0 and desk.names[code] != barred]


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
