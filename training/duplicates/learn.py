"""Learns from links between past tickets how duplicates are told, and what chance a score stands for.

A conditional logit: of the earlier tickets that come near, the linked ones shall score highest. The chance
is calibrated on later tickets than the weights were learnt from, on all of them, linked or not.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize

from features.duplicates.index import Compared, DuplicateIndex
from features.duplicates.model import DEFAULT_MODEL, SIGNALS, DuplicateModel
from triage.duplicate import DuplicateLink
from triage.ticket import Ticket

__all__ = ["MIN_LINKS", "learn_duplicates"]

MIN_LINKS = 40
"""With fewer links the weights that come along are kept."""

PENALTY = 20.0
"""Times the squared weights of standardised signals, for the links that are usual (some hundreds). On the
fourth fifth of the duplicates of HDFS and HADOOP, recall at ten is .786 with 1, .796 with 5 and .808 with 20."""

CALIBRATED_ON = 0.3
"""Share of the links, the latest ones, that the chance is calibrated on."""

MOST_QUERIES = 2_000
CALIBRATED_NEAR = 10


@dataclass(frozen=True, slots=True, eq=False)
class _Query:
    compared: Compared
    is_linked: np.ndarray


def learn_duplicates(
    tickets: Sequence[Ticket],
    vectors: np.ndarray,
    links: Sequence[DuplicateLink],
    *,
    least_links: int = MIN_LINKS,
) -> DuplicateModel | None:
    """Learn a model from the links of a history.

    Parameters
    ----------
    tickets : sequence of Ticket
        In order of filing.
    vectors : ndarray of shape (n, dimension), float32
        Of their texts.
    links : sequence of DuplicateLink
        Between them; others are left out.
    least_links : int, default=40
        How many tickets must be duplicates of an earlier one.

    Returns
    -------
    DuplicateModel or None
        None where there are too few links.
    """
    index = DuplicateIndex.of(tickets, vectors)
    linked = linked_rows(tickets, links)
    if len(linked) < least_links:
        return None
    queries = sorted(linked)
    cut = queries[round(len(queries) * (1 - CALIBRATED_ON))]
    learnt = [_query(index, tickets, vectors, row, linked[row]) for row in queries]
    weights = _fit([one for row, one in zip(queries, learnt, strict=True) if row < cut])
    first = DuplicateModel(weights, 1.0, 0.0, 0.0, len(queries))
    later = [row for row in range(cut, len(tickets))]
    step = max(1, len(later) // MOST_QUERIES)
    judged = [_query(index, tickets, vectors, row, linked.get(row, set())) for row in later[::step]]
    slope, share, offset = _calibrate(first, judged)
    # Chances are those of weights that did not see these links; the weights kept have seen all.
    return replace(first, weights=_rescaled(_fit(learnt), weights), slope=slope, share=share, offset=offset)


def linked_rows(tickets: Sequence[Ticket], links: Sequence[DuplicateLink]) -> dict[int, set[int]]:
    """Return, for each ticket that is a duplicate of an earlier one, the rows of those."""
    row_of = {one.ticket_id: row for row, one in enumerate(tickets)}
    linked: dict[int, set[int]] = {}
    for link in links:
        rows = sorted({row_of[one] for one in (link.ticket_id, link.other) if one in row_of})
        if len(rows) == 2:
            linked.setdefault(rows[1], set()).add(rows[0])
    return linked


def _query(
    index: DuplicateIndex, tickets: Sequence[Ticket], vectors: np.ndarray, row: int, linked: set[int]
) -> _Query:
    compared = index.compare(tickets[row], vectors[row])
    return _Query(compared, np.isin(compared.rows, list(linked)))


def _fit(queries: Sequence[_Query]) -> np.ndarray:
    """Return the weights under which linked tickets are likeliest, by maximum likelihood with a penalty."""
    told = [one for one in queries if one.is_linked.any() and not one.is_linked.all()]
    if not told:
        return DEFAULT_MODEL.weights
    everything = np.concatenate([one.compared.signals for one in told])
    scale = everything.std(axis=0)
    scale[scale < 1e-9] = np.inf
    rows = [one.compared.signals / scale for one in told]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        total, slope = PENALTY * float(weights @ weights), 2 * PENALTY * weights
        for signals, one in zip(rows, told, strict=True):
            scores = signals @ weights
            odds = np.exp(scores - scores.max())
            everywhere, here = odds / odds.sum(), odds * one.is_linked
            total -= float(np.log(here.sum() / odds.sum()))
            slope = slope + signals.T @ (everywhere - here / here.sum())
        return total, slope

    found = minimize(loss, np.zeros(len(SIGNALS)), jac=True, method="L-BFGS-B")
    return np.asarray(found.x / scale)


def _calibrate(model: DuplicateModel, queries: Sequence[_Query]) -> tuple[float, float, float]:
    from sklearn.linear_model import LogisticRegression

    columns, answers = [], []
    for one in queries:
        scores = model.scores(one.compared.signals)
        if not len(scores):
            continue
        softmax = scores - scores.max()
        softmax -= np.log(np.exp(softmax).sum())
        near = np.argsort(-scores, kind="stable")[:CALIBRATED_NEAR]
        columns.append(np.column_stack([scores[near], softmax[near]]))
        answers.append(one.is_linked[near])
    answer = np.concatenate(answers)
    if not answer.any() or answer.all():
        return DEFAULT_MODEL.slope, DEFAULT_MODEL.share, DEFAULT_MODEL.offset
    fitted = LogisticRegression(C=1.0).fit(np.concatenate(columns), answer)
    slope, share = fitted.coef_[0]
    return float(slope), float(share), float(fitted.intercept_[0])


def _rescaled(weights: np.ndarray, like: np.ndarray) -> np.ndarray:
    """Bring weights to the length of those that the chances were calibrated for."""
    length = float(np.linalg.norm(weights))
    return weights if length == 0 else np.asarray(weights * (np.linalg.norm(like) / length))
