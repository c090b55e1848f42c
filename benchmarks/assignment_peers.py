"""The peers of benchmarks/assignment.py: other ways to say who will have a ticket, knowing the same."""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from features.cleaning import clean_text
from triage.ticket import PastTicket

__all__ = ["TOPS", "Desk", "Ranking", "Task", "best_of", "measure", "peers_of"]

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
        yield best_of(dict(zip(model.classes_, chances, strict=True)), _barred(desk, task, place))


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


def vote(desk: Desk, task: Task, own: bool, fresh: bool) -> Iterator[Ranking]:
    """Rank by the votes of the nearest past tickets, halved every 90 days; which are near may fade, too."""
    for place in task.judged:
        rows = _known(desk, task, own, place)
        # What is known was filed before: a prefix of the rows, which needs no copy.
        cosines = (desk.vectors[:place] @ desk.vectors[place])[rows]
        faded = 0.5 ** (_age_days(desk, rows, place) / VOTE_DAYS)
        near = np.argsort(-cosines * faded if fresh else -cosines, kind="stable")[:VOTERS]
        weights = np.maximum(cosines[near], 0) ** 2 * faded[near]
        yield _voted(desk, rows[near], weights, _barred(desk, task, place))


def reporter_first(rankings: Iterator[Ranking], desk: Desk, task: Task) -> Iterator[Ranking]:
    """Name the reporter first, then go by another ranking."""
    for place, ranking in zip(task.judged, rankings, strict=True):
        reporter = str(desk.requesters[place])
        yield [reporter, *(name for name in ranking if name != reporter)]


def peers_of(desk: Desk, task: Task, reporters_serve: bool) -> Iterator[tuple[str, list[float]]]:
    """Yield each peer's name and the figures of its best setting: peers choose on the judged tickets.

    A setting is whether other products' tickets count and, for votes, whether nearness fades. The best has
    the highest sum of the three figures.
    """

    def best(made: Callable[..., Iterator[Ranking]], settings: list[tuple[bool, ...]]) -> list[float]:
        figures = [measure(made(desk, task, *setting), desk, task) for setting in settings]
        return max(figures, key=sum)

    own = [True] if task.product is None else [True, False]
    yield "frozen TF-IDF + LR", best(frozen, [(True,)])
    yield "had tickets lately", best(lately, [(one,) for one in own])
    yield "vote with decay", best(vote, list(product(own, (True, False))))
    if reporters_serve and not task.without_requester:

        def after_the_reporter(desk: Desk, task: Task, own: bool, fresh: bool) -> Iterator[Ranking]:
            return reporter_first(vote(desk, task, own, fresh), desk, task)

        yield "reporter, then vote", best(after_the_reporter, list(product(own, (True, False))))


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


def best_of(scores: dict[str, float], barred: str = "") -> Ranking:
    """Return the names with the highest scores, ties by name, without the one that is barred."""
    ranked = sorted(scores, key=lambda name: (-scores[name], name))
    return [name for name in ranked[: TOPS[-1] + 1] if name != barred]


def measure(rankings: Iterator[Ranking], desk: Desk, task: Task) -> list[float]:
    """Return the shares of judged tickets whose assignee was among the first one, three and five."""
    pairs = list(zip(rankings, desk.agents[task.judged].tolist(), strict=True))
    return [round(sum(agent in ranking[:top] for ranking, agent in pairs) / len(pairs), 4) for top in TOPS]
