"""When the last hours are improbably many: two detectors side by side.

A CUSUM of the likelihood ratio "twice as many" against "as usual", which gathers evidence hour by hour, and
the sum of three hours, which sees a steep burst at once. Both know that counts scatter more than a
Poisson's (negative binomial). How much is too much, `budget` says. Formulas: the project's forecasting
reference, section 4.9; the tail of the sum is that of a normal on the variance-stabilised scale.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage.spikes.baseline import Baseline

__all__ = ["REFRACTORY_H", "Burst", "Limits", "bursts", "evidence"]

RATIO = 2.0
"""The CUSUM waits for twice as many as usual."""
SUM_HOURS = 3
REFRACTORY_H = 6
"""Alarms less than so many hours apart are one burst."""
FEWEST_TICKETS = 5
"""Fewer tickets than this in three hours are no burst, however quiet it usually is."""
LEAST_EXCESS = 0.05
"""Nor are less than so many more than usual, in three hours, as a share of an ordinary day's tickets."""
MOST_EVIDENCE = 60.0
LEAST_SIZE = 0.8

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on the evidence is an alarm.

    Parameters
    ----------
    cusum : float
        Natural logarithm of a likelihood ratio.
    total : float
        Standard deviations of the sum of three hours.
    """

    cusum: float
    total: float


@dataclass(frozen=True, slots=True)
class Burst:
    """Hours that had improbably many tickets.

    Parameters
    ----------
    begin, found, end : int
        Numbers of hours: where the evidence began, the first alarm, the hour after the last alarm.
    count, expected : float
        Tickets from ``begin`` to ``end``, and what is usual.
    strength : float
        The most evidence, over its limit; at least 1.
    """

    begin: int
    found: int
    end: int
    count: float
    expected: float
    strength: float


def evidence(counts: Array, base: Baseline, cusum_limit: float = MOST_EVIDENCE) -> tuple[Array, Array, Array]:
    """Return the CUSUM of each hour, where it began, and how far the sum of three hours stands out.

    Parameters
    ----------
    counts : array, shape (n,) or (n, many)
        Tickets by hour; several runs beside each other are watched at once.
    base : Baseline
        Hours without one are not looked at.
    cusum_limit : float
        At which the CUSUM begins anew, as after an alarm.
    """
    mean = base.mean if counts.ndim == 1 else base.mean[:, None]
    k = base.k if counts.ndim == 1 else base.k[:, None]
    known = np.isfinite(mean)
    safe = np.where(known, mean, 1.0)
    more = RATIO * safe
    gain = counts * (np.log(more / (k + more)) - np.log(safe / (k + safe))) + k * np.log(
        (k + safe) / (k + more)
    )
    gain = np.where(known, gain, 0.0)
    score, began = np.zeros(counts.shape), np.zeros(counts.shape)
    running, since = np.zeros(counts.shape[1:]), np.zeros(counts.shape[1:])
    for hour in range(len(counts)):
        running = np.maximum(0.0, running + gain[hour])
        since = np.where(running > 0.0, since, hour + 1)
        score[hour], began[hour] = running, since
        running = np.where(running >= cusum_limit, 0.0, running)
    seen, expected = _sum(np.where(known, counts, 0.0)), _sum(np.where(known, safe, 0.0))
    # Neighbouring hours scatter together: of independent ones the size would be twice this.
    extra = _sum(np.where(known, safe**2 / k, 0.0))
    size = np.maximum(LEAST_SIZE, 0.5 * expected**2 / np.maximum(extra, 1e-9))
    z = 2.0 * np.sqrt(size) * (_stable(seen, size) - _stable(expected, size))
    z = np.where(_sum(np.broadcast_to(known, counts.shape).astype(float)) >= SUM_HOURS, z, 0.0)
    day = _sum(np.where(known, safe, 0.0), 24)
    enough = (seen >= FEWEST_TICKETS) & (seen - expected >= LEAST_EXCESS * day)
    return np.where(enough, score, 0.0), began, np.where(enough, z, 0.0)


def bursts(counts: Array, base: Baseline, limits: Limits) -> list[Burst]:
    """Return the bursts of a series, earliest first.

    Parameters
    ----------
    counts : array, shape (n,)
        Tickets by hour.
    base : Baseline
    limits : Limits
    """
    score, began, z = evidence(counts, base, limits.cusum)
    strength = np.maximum(score / limits.cusum, z / limits.total)
    alarms = np.flatnonzero(strength >= 1.0)
    found: list[Burst] = []
    for group in np.split(alarms, np.flatnonzero(np.diff(alarms) > REFRACTORY_H) + 1):
        if len(group) == 0:
            continue
        first, last = int(group[0]), int(group[-1])
        begin = int(began[first]) if score[first] > 0 else first - SUM_HOURS + 1
        begin = max(0, min(begin, first), first - 24)
        hours = slice(begin, last + 1)
        usual = float(np.nansum(base.mean[hours]))
        found.append(
            Burst(begin, first, last + 1, float(counts[hours].sum()), usual, float(strength[group].max()))
        )
    return found


def _sum(values: Array, hours: int = SUM_HOURS) -> Array:
    """Return the sum of the last hours, fewer at the start."""
    total = np.cumsum(values, axis=0)
    earlier = np.concatenate([np.zeros((hours, *values.shape[1:])), total])[: len(total)]
    return np.asarray(total - earlier)


def _stable(values: Array, size: Array) -> Array:
    """Return counts on the scale on which a negative binomial scatters evenly (variance 1 / 4 size)."""
    return np.asarray(np.arcsinh(np.sqrt((values + 0.375) / size)))
