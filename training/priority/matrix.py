"""Finds the matrix by which a helpdesk made priorities of impact and urgency, and who broke it."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from training.bounds import lower_bound
from triage.priority import PRIORITIES, PriorityMatrix
from triage.scale import scale_of
from triage.ticket import PastTicket

__all__ = ["CellFacts", "FoundMatrix", "find_matrix"]

FEWEST = 50
"""Tickets with all three values below which nothing is said of a matrix."""

FOLLOWED = 0.8
"""Share of tickets, as a lower bound, that must have their cell's priority."""

EXPLAINED = 0.5
"""Of the tickets that always naming the commonest priority gets wrong, the share that cells must get right
(Goodman and Kruskal 1954, lambda): a helpdesk where nearly all is "normal" follows any matrix otherwise."""

SURE = 0.5
"""Lower bound of a cell's agreement below which its neighbours may overrule it."""

Triple = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class CellFacts:
    """One cell of the matrix: how many tickets it had, how many of them its priority, and a lower bound."""

    impact: str
    urgency: str
    priority: str
    tickets: int
    agreement: float
    at_least: float


@dataclass(frozen=True, slots=True)
class FoundMatrix:
    """A matrix as the history shows it.

    Parameters
    ----------
    matrix : PriorityMatrix
        The commonest priority of each cell; cells without tickets are filled in.
    cells : tuple of CellFacts
        Those with tickets, gravest first.
    tickets : int
        Tickets with all three values.
    agreement, at_least : float
        Share of them with their cell's priority, and its lower bound (one-sided, 95 %).
    majority : float
        Share of the commonest priority.
    breaking : tuple of str
        Ids of the tickets with another priority, in the order given.
    """

    matrix: PriorityMatrix
    cells: tuple[CellFacts, ...]
    tickets: int
    agreement: float
    at_least: float
    majority: float
    breaking: tuple[str, ...]

    @property
    def is_followed(self) -> bool:
        """Whether priority follows from impact and urgency in this history."""
        explained = (self.agreement - self.majority) / (1 - self.majority) if self.majority < 1 else 0.0
        return self.at_least >= FOLLOWED and explained >= EXPLAINED


def find_matrix(tickets: Sequence[PastTicket]) -> FoundMatrix | None:
    """Find the matrix of a history.

    Parameters
    ----------
    tickets : sequence of PastTicket
        Those with impact, urgency and priority count.

    Returns
    -------
    FoundMatrix or None
        None where fewer than 50 tickets have all three, or one of them does not vary, or the priorities are
        not on a scale. Whether the matrix is followed is another question: see ``is_followed``.
    """
    rows = [
        (past.ticket.ticket_id, (past.labels["impact"], past.labels["urgency"], past.labels["priority"]))
        for past in tickets
        if all(past.labels.get(name) for name in ("impact", "urgency", "priority"))
    ]
    if len(rows) < FEWEST:
        return None
    triples = [triple for _, triple in rows]
    present = {one[2] for one in triples}
    priorities = PRIORITIES if present <= set(PRIORITIES) else scale_of(present)
    if priorities is None or len(present) < 2:
        return None
    impacts, urgencies = _order(triples, 0, priorities), _order(triples, 1, priorities)
    if min(len(impacts), len(urgencies)) < 2:
        return None
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for impact, urgency, priority in triples:
        counts[impact, urgency][priority] += 1
    facts = {cell: _facts(cell, counter, priorities) for cell, counter in counts.items()}
    matrix = _filled(impacts, urgencies, priorities, facts)
    breaking = tuple(name for name, (i, u, priority) in rows if matrix.cells[i, u] != priority)
    kept = len(rows) - len(breaking)
    return FoundMatrix(
        matrix,
        tuple(facts[cell] for cell in product(impacts[::-1], urgencies[::-1]) if cell in facts),
        len(rows),
        kept / len(rows),
        lower_bound(kept, len(rows)),
        Counter(one[2] for one in triples).most_common(1)[0][1] / len(rows),
        breaking,
    )


def _order(triples: Sequence[Triple], axis: int, priorities: Sequence[str]) -> tuple[str, ...]:
    """Return the labels of an axis, least first: by what they say, turned round where the priorities say so.

    Numbers alone may count up or down, and names may say nothing: then the mean priority decides.
    """
    place = {one: at for at, one in enumerate(priorities)}
    of: dict[str, list[int]] = defaultdict(list)
    for triple in triples:
        of[triple[axis]].append(place[triple[2]])
    mean = {label: sum(found) / len(found) for label, found in of.items()}
    by_mean = tuple(sorted(mean, key=lambda one: (mean[one], one)))
    told = scale_of(of)
    if told is None:
        return by_mean
    return told if _rises(triples, axis, told, place) else told[::-1]


def _rises(triples: Sequence[Triple], axis: int, told: Sequence[str], place: Mapping[str, int]) -> bool:
    """Return whether priority rises along the labels, compared where the other axis is the same.

    Over all tickets it may fall although each row rises, when some cells had none (Simpson's paradox).
    """
    of: dict[tuple[str, str], list[int]] = defaultdict(list)
    for triple in triples:
        of[triple[1 - axis], triple[axis]].append(place[triple[2]])
    mean = {cell: sum(found) / len(found) for cell, found in of.items()}
    rise = 0.0
    for other in sorted({cell[0] for cell in mean}):
        there = [mean[other, label] for label in told if (other, label) in mean]
        rise += there[-1] - there[0]
    return rise >= 0


def _facts(cell: tuple[str, str], counter: Counter[str], priorities: Sequence[str]) -> CellFacts:
    # Of equally common ones the graver: to be late costs more than to be early.
    best = max(counter, key=lambda one: (counter[one], priorities.index(one)))
    total = counter.total()
    return CellFacts(*cell, best, total, counter[best] / total, lower_bound(counter[best], total))


def _filled(
    impacts: tuple[str, ...],
    urgencies: tuple[str, ...],
    priorities: tuple[str, ...],
    facts: dict[tuple[str, str], CellFacts],
) -> PriorityMatrix:
    """Fill cells that no ticket showed, or too few to be sure, so that more never means less.

    A cell lies between the gravest priority of the cells below it on both scales and the mildest of those
    above; in the middle, the graver of two.
    """
    place = {one: at for at, one in enumerate(priorities)}
    at_i = {one: at for at, one in enumerate(impacts)}
    at_u = {one: at for at, one in enumerate(urgencies)}
    sure = {cell: place[one.priority] for cell, one in facts.items() if one.at_least >= SURE}
    cells, filled = {}, set()
    for i, u in product(impacts, urgencies):
        if (i, u) in sure:
            cells[i, u] = priorities[sure[i, u]]
            continue
        below = [p for (a, b), p in sure.items() if at_i[a] <= at_i[i] and at_u[b] <= at_u[u]]
        above = [p for (a, b), p in sure.items() if at_i[a] >= at_i[i] and at_u[b] >= at_u[u]]
        low, high = max(below, default=0), min(above, default=len(priorities) - 1)
        shown = facts.get((i, u))
        if shown is not None and (low <= place[shown.priority] <= high or low > high):
            cells[i, u] = shown.priority
            continue
        cells[i, u] = priorities[(low + high + 1) // 2]
        filled.add((i, u))
    return PriorityMatrix(impacts, urgencies, cells, priorities, frozenset(filled))
