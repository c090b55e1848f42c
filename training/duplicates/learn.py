"""Learns from links between past tickets how duplicates are told, and what chance a score stands for.

A conditional logit: of the earlier tickets that come near, the linked ones shall score highest. The chance
is calibrated on later tickets than the weights were learnt from, on all of them, linked or not. A workspace's
few links teach only how much likelier or less likely repeats are there than the model that comes along says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from features.duplicates.index import DuplicateIndex
from features.duplicates.model import DEFAULT_MODEL, SIGNALS, DuplicateModel, evidence
from features.log_odds_line import fit_line
from triage.duplicate import DuplicateLink
from triage.ticket import Ticket

__all__ = ["MIN_LINKS", "LinkedHistory", "learn_duplicates", "linked_rows"]

MIN_LINKS = 40
"""With fewer links the weights that come along are kept."""

PENALTY = 20.0
"""Times the squared distance of standardised weights from where they begin. On the fourth fifth of the
duplicates of HDFS and HADOOP, recall at ten is .786 with 1, .796 with 5 and .808 with 20."""

CALIBRATED_ON = 0.3
"""Share of the links, the latest ones, that the chance is calibrated on."""

MOST_OTHERS = 500
"""Tickets that repeat none, each standing for several, that the chance is calibrated on."""

CALIBRATED_NEAR = 10

PRIOR_CASES = 50.0
"""How many even cases weigh as much as the chances of the model that comes along (docs/log.md)."""


@dataclass(frozen=True, slots=True, eq=False)
class LinkedHistory:
    """Tickets in order of filing, their vectors of shape (n, dimension), and links between them."""

    tickets: Sequence[Ticket]
    vectors: np.ndarray
    links: Sequence[DuplicateLink]


@dataclass(frozen=True, slots=True, eq=False)
class _Query:
    signals: np.ndarray
    is_linked: np.ndarray
    weight: float


def learn_duplicates(
    histories: Sequence[LinkedHistory],
    *,
    least_links: int = MIN_LINKS,
    begin: DuplicateModel | None = DEFAULT_MODEL,
) -> DuplicateModel | None:
    """Learn a model from the links of histories that are compared each for itself.

    Parameters
    ----------
    histories : sequence of LinkedHistory
        Usually one.
    least_links : int, default=40
        How many tickets must be duplicates of an earlier one.
    begin : DuplicateModel or None, default=DEFAULT_MODEL
        Where the weights begin and, with few links, stay near; None for zero.

    Returns
    -------
    DuplicateModel or None
        None where there are too few links.
    """
    linked = [linked_rows(one.tickets, one.links) for one in histories]
    links = sum(len(one) for one in linked)
    if links < least_links:
        return None
    start = None if begin is None else begin.weights
    earlier: list[_Query] = []
    later: list[_Query] = []
    judged: list[_Query] = []
    for history, rows in zip(histories, linked, strict=True):
        index = DuplicateIndex.of(history.tickets, history.vectors)
        queries = sorted(rows)
        cut = queries[round(len(queries) * (1 - CALIBRATED_ON))] if queries else len(history.tickets)
        earlier += [_query(index, history, row, rows) for row in queries if row < cut]
        later += [_query(index, history, row, rows) for row in queries if row >= cut]
        others = [row for row in range(cut, len(history.tickets)) if row not in rows]
        some = others[:: max(1, len(others) // MOST_OTHERS)]
        weight = len(others) / max(len(some), 1)
        judged += [_query(index, history, row, rows, weight) for row in some]
    first = _fit(earlier, start)
    if begin is None:
        calibration = _calibrate(first, later + judged)
    else:
        calibration = _adjusted(begin.calibration, first, later + judged)
    # The chance is that of weights that did not see these links; the weights kept have seen all.
    return DuplicateModel(_rescaled(_fit(earlier + later, start), first), calibration, links)


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
    index: DuplicateIndex,
    history: LinkedHistory,
    row: int,
    linked: Mapping[int, set[int]],
    weight: float = 1.0,
) -> _Query:
    compared = index.compare(history.tickets[row], history.vectors[row])
    return _Query(compared.signals, np.isin(compared.rows, list(linked.get(row, ()))), weight)


def _fit(queries: Sequence[_Query], start: np.ndarray | None) -> np.ndarray:
    """Return the weights under which linked tickets are likeliest, by maximum likelihood with a penalty."""
    begin = np.zeros(len(SIGNALS)) if start is None else start
    told = [one for one in queries if one.is_linked.any() and not one.is_linked.all()]
    if not told:
        return begin
    scale = np.concatenate([one.signals for one in told]).std(axis=0)
    scale[scale < 1e-9] = 1.0
    rows = [one.signals / scale for one in told]
    middle = begin * scale

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        away = weights - middle
        total, slope = PENALTY * float(away @ away), 2 * PENALTY * away
        for signals, one in zip(rows, told, strict=True):
            scores = signals @ weights
            odds = np.exp(scores - scores.max())
            here = odds * one.is_linked
            total -= float(np.log(here.sum() / odds.sum()))
            slope = slope + signals.T @ (odds / odds.sum() - here / here.sum())
        return total, slope

    found = minimize(loss, middle, jac=True, method="L-BFGS-B")
    return np.asarray(found.x / scale)


def _calibrate(weights: np.ndarray, queries: Sequence[_Query]) -> np.ndarray:
    columns, answers, counts = [], [], []
    for one in queries:
        told = evidence(one.signals, weights)
        near = np.argsort(-told[:, 0], kind="stable")[:CALIBRATED_NEAR]
        columns.append(told[near])
        answers.append(one.is_linked[near])
        counts.append(np.full(len(near), one.weight))
    answer = np.concatenate(answers)
    if not answer.any() or answer.all():
        return DEFAULT_MODEL.calibration
    logit = LogisticRegression(C=1.0, max_iter=1_000)
    fitted = logit.fit(np.concatenate(columns)[:, :3], answer, sample_weight=np.concatenate(counts))
    return np.array([*fitted.coef_[0], fitted.intercept_[0]])


def _adjusted(calibration: np.ndarray, weights: np.ndarray, queries: Sequence[_Query]) -> np.ndarray:
    """Hold a calibration to how often the likeliest earlier ticket of each of these was linked."""
    log_odds, linked, counts = [], [], []
    for one in queries:
        if not len(one.signals):
            continue
        told = evidence(one.signals, weights)
        best = int(told[:, 0].argmax())
        log_odds.append(float(told[best] @ calibration))
        linked.append(bool(one.is_linked[best]))
        counts.append(one.weight)
    if not any(linked):
        return calibration
    shift, slope = fit_line(log_odds, linked, prior_cases=PRIOR_CASES, weights=np.array(counts))
    return np.asarray(slope * calibration + np.array([0.0, 0.0, 0.0, shift]))


def _rescaled(weights: np.ndarray, like: np.ndarray) -> np.ndarray:
    """Bring weights to the length of those that the chances were calibrated for."""
    length = float(np.linalg.norm(weights))
    return weights if length == 0 else np.asarray(weights * (np.linalg.norm(like) / length))
