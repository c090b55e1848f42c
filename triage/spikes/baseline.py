"""How many tickets an hour usually brings, and how far hours scatter.

The mean is that of the same hour of the week over eight weeks, drawn a little towards the same hour on all
days of its kind (Monday to Friday, weekend), times how busy the last days were. Hours of past bursts are
left out, so that an outage does not raise the bar for the next. Needs no more than counts; holidays look
like quiet days, which raise no alarm. See the project's forecasting reference, section 4.9.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["HOURS_A_WEEK", "WEEKS", "Baseline", "usual"]

HOURS_A_WEEK = 168
WEEKS = 8
KIND_WEEKS = 4.0
"""The mean of the same hour on days of its kind counts as much as so many weeks."""
KIND_HALF_LIFE_DAYS = 10.0
"""What became usual lately, at this hour, shows there first."""
LEVEL_HALF_LIFE_H = 18.0
LEVEL_PRIOR_TICKETS = 60.0
"""How busy the last days were is drawn towards as usual by so many tickets."""
LEAST_LEVEL, MOST_LEVEL = 0.9, 3.0
"""A quiet day is no reason to expect few; a surge of days is one to expect many."""
QUIET_DAY = 0.5
"""A day with less than this share of its usual tickets was a holiday; later means leave it out."""
LEAST_MEAN = 0.05
"""An hour that never had a ticket still expects one a day."""
MOST_K = 200.0
"""Hours that scatter like a Poisson's: v = m + m^2 / k is then close to m."""
LEAST_K = 0.3

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Baseline:
    """What the hours of a series usually bring.

    Parameters
    ----------
    mean : array, shape (n,)
        Expected count of each hour, from the hours before it alone; not a number in the first week.
    k : array, shape (n,)
        Negative-binomial size: v = m + m^2 / k.
    """

    mean: Array
    k: Array

    def since(self, first: int) -> Baseline:
        """Return the baseline of the hours from number ``first`` on."""
        return Baseline(self.mean[first:], self.k[first:])


def usual(counts: Array, weekday: NDArray[np.intp], flagged: Flags | None = None) -> Baseline:
    """Return the baseline of every hour of a series.

    Parameters
    ----------
    counts : array, shape (n,)
        Tickets of consecutive hours.
    weekday : array of int, shape (n,)
        Monday 0 to Sunday 6, in the helpdesk's zone.
    flagged : array of bool, shape (n,), optional
        Hours of past bursts: not looked at.
    """
    n = len(counts)
    kept = np.ones(n, dtype=bool) if flagged is None else ~flagged
    weekend = weekday >= 5
    seen = np.where(kept, counts, 0.0)
    mean = np.full(n, np.nan)
    for begin in range(HOURS_A_WEEK, n, 24):
        hours = np.arange(begin, min(begin + 24, n))
        mean[hours] = _by_hour(seen, kept, weekend, hours)
        if len(hours) == 24 and counts[hours].sum() < QUIET_DAY * mean[hours].sum():
            kept[hours] = False
    known = np.isfinite(mean)
    base = np.where(known, np.maximum(mean, LEAST_MEAN), np.nan)
    level = _level(seen, np.where(kept & known, base, 0.0))
    expected = base * level
    usable = known & kept
    return Baseline(expected, _size(counts[usable], expected[usable], expected))


def _by_hour(seen: Array, kept: Flags, weekend: Flags, hours: NDArray[np.intp]) -> Array:
    """Return the mean of these hours of one day, from the weeks before."""
    weeks = np.arange(1, WEEKS + 1)
    back = hours[:, None] - HOURS_A_WEEK * weeks
    there = (back >= 0) & kept[np.maximum(back, 0)]
    same = (np.where(there, seen[np.maximum(back, 0)], 0.0)).sum(axis=1)
    days = np.arange(1, min(7 * WEEKS, int(hours[0]) // 24) + 1)
    before = hours[:, None] - 24 * days
    inside = before >= 0
    at = np.maximum(before, 0)
    alike = inside & kept[at] & (weekend[at] == weekend[hours][:, None])
    weight = np.where(alike, 0.5 ** (days / KIND_HALF_LIFE_DAYS), 0.0)
    kind = (weight * seen[at]).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-9)
    return np.asarray((same + KIND_WEEKS * kind) / (there.sum(axis=1) + KIND_WEEKS))


def _level(seen: Array, base: Array) -> Array:
    """Return how busy the hours before each hour were, against usual."""
    keep = 0.5 ** (1 / LEVEL_HALF_LIFE_H)
    above = below = 0.0
    found = np.ones(len(seen))
    for hour, (count, expected) in enumerate(zip(seen, base, strict=True)):
        found[hour] = (above + LEVEL_PRIOR_TICKETS) / (below + LEVEL_PRIOR_TICKETS)
        if expected > 0.0:
            above, below = keep * above + count, keep * below + expected
    return np.clip(found, LEAST_LEVEL, MOST_LEVEL)


def _size(counts: Array, mean: Array, asked: Array) -> Array:
    """Return k for the means that are asked for.

    (y - m)^2 / m is fitted by a + b m, so that v = a m + b m^2 and 1/k = (a - 1) / m + b; no hour counts
    above nine times the typical one.
    """
    safe = np.where(np.isfinite(asked), asked, 1.0)
    if len(counts) == 0:
        return np.full(len(asked), MOST_K)
    square = (counts - mean) ** 2 / mean
    typical = square.mean()
    for _ in range(3):
        typical = np.minimum(square, 9.0 * typical).mean()
    square = np.minimum(square, 9.0 * typical)
    # Hours are weighed by what they bring: it is in busy ones that bursts are looked for.
    middle = np.average(mean, weights=mean)
    spread = np.average((mean - middle) ** 2, weights=mean)
    slope = np.average((square - np.average(square, weights=mean)) * (mean - middle), weights=mean)
    b = max(0.0, float(slope / spread)) if spread > 0 else 0.0
    b = min(b, max(0.0, float(np.average(square, weights=mean)) - 1.0) / middle)
    a = max(1.0, float(np.average(square, weights=mean)) - b * middle)
    return np.asarray(np.clip(1.0 / np.maximum((a - 1.0) / safe + b, 1e-9), LEAST_K, MOST_K))
