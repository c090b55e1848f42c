"""How improbable hours must be, so that alerts stay within the planner's number a month.

The limits are solved twice and the stricter pair holds: on invented weeks that follow the baseline exactly,
and on the series' own past, where hours do what no formula says. Past bursts that people took as such, and
those that nobody could overlook, do not count there; those that people marked false do.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from triage.spikes.baseline import HOURS_A_WEEK, Baseline
from triage.spikes.burst import REFRACTORY_H, Limits, bursts, evidence

__all__ = ["HOURS_A_MONTH", "solve_limits"]

HOURS_A_MONTH = 730.5
INVENTED_WEEKS = 156
SEED = 20_160
LEAST = Limits(cusum=4.0, total=2.5)
"""Below this nothing is an alarm, whatever the budget."""
_STEPS = 18

CLEAR = 1.6
"""Past bursts of so many times the evidence needed were bursts, and say nothing about false alarms."""

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


def solve_limits(
    counts: Array,
    base: Baseline,
    per_month: float,
    ignored: Flags | None = None,
    false: Flags | None = None,
) -> Limits:
    """Return the limits at which a series raises at most so many alerts a month when nothing happens.

    Parameters
    ----------
    counts : array, shape (n,)
        Tickets by hour.
    base : Baseline
    per_month : float
        Alerts a month, above 0.
    ignored : array of bool, shape (n,), optional
        Hours of true bursts.
    false : array of bool, shape (n,), optional
        Hours of bursts that people marked false: they count however strong they were.
    """
    known = np.isfinite(base.mean)
    if not known.any():
        return Limits(np.inf, np.inf)
    week = Baseline(base.mean[known][-HOURS_A_WEEK:], base.k[known][-HOURS_A_WEEK:])
    drawn = np.random.default_rng(SEED)
    many = (len(week.mean), INVENTED_WEEKS)
    rate = week.mean[:, None] * drawn.gamma(week.k[:, None], 1.0 / week.k[:, None], many)
    invented = drawn.poisson(rate).astype(float)
    allowed = per_month * many[0] * many[1] / HOURS_A_MONTH
    by_formula = _solve(invented, week, allowed)
    clear = np.zeros(len(counts), dtype=bool) if ignored is None else ignored.copy()
    plain = Limits(CLEAR * by_formula.cusum, CLEAR * by_formula.total)
    for one in bursts(counts, base, plain):
        clear[max(0, one.begin - REFRACTORY_H) : one.end + REFRACTORY_H] = True
    if false is not None:
        clear &= ~false
    seen = np.where(clear & known, base.mean, counts)
    allowed = per_month * float(known.sum()) / HOURS_A_MONTH
    by_past = _solve(seen[:, None], base, allowed)
    return Limits(max(by_formula.cusum, by_past.cusum), max(by_formula.total, by_past.total))


def _solve(counts: Array, base: Baseline, allowed: float) -> Limits:
    """Return the loosest limits, in one proportion to each other, with at most so many alarms."""
    score, _, z = evidence(counts, base, cusum_limit=LEAST.cusum * 8)
    # Each detector alone would use up half the budget at these; together they share many alarms.
    alone = Limits(_cut(score, allowed / 2, LEAST.cusum), _cut(z, allowed / 2, LEAST.total))
    low, high = 0.5, 1.5
    for _ in range(_STEPS):
        middle = (low + high) / 2
        strength = np.maximum(score / (alone.cusum * middle), z / (alone.total * middle))
        if _episodes(strength >= 1.0) <= allowed:
            high = middle
        else:
            low = middle
    return Limits(max(LEAST.cusum, alone.cusum * high), max(LEAST.total, alone.total * high))


def _cut(score: Array, allowed: float, least: float) -> float:
    low, high = least, max(float(score.max()) * 1.05, least * 1.05)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if _episodes(score >= middle) <= allowed:
            high = middle
        else:
            low = middle
    return high


def _episodes(alarm: NDArray[np.bool_]) -> int:
    """Count alarms, those less than `REFRACTORY_H` after another as one; each column is a run of its own."""
    count = 0
    for column in alarm.T:
        at = np.flatnonzero(column)
        if len(at):
            count += 1 + int((np.diff(at) > REFRACTORY_H).sum())
    return count
