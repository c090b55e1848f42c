"""A day's volume spread over its hours.

The share of each hour (or half hour) in its day is learnt per weekday from the last sixteen weeks, drawn
towards the shape of all days where a weekday has seen few tickets. Days whose clock changes keep their
volume: the shares of the hours that exist are scaled to one. Intervals are as wide as forecasts by the hour
were off at past origins. What happened earlier on the same day is `reforecast`'s matter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.calendar import Days, interval_starts, weekdays
from training.forecasting.glm import MOST_SCATTER, scatter
from training.forecasting.intervals import SHIFT_LEVELS, Spread, weighted_quantiles

Array = NDArray[np.float64]

# Chosen on the earlier origins of two real helpdesks, hour by hour: longer and more drawn towards the shape
# of all days is better there still, but would blur a helpdesk that is closed at weekends.
PROFILE_DAYS = 112
PRIOR_TICKETS_PER_SLOT = 8.0
AVERAGE_DAYS = 56
HALF_LIFE_ORIGINS = 8.0
"""Weeks after which residuals count half."""
FULL_INTERVALS = 500.0
"""Past intervals from which on their residuals are fully believed."""
MOST_TRUST = 0.5
LEAST_MEAN = 1e-3
SCORED_DAYS = 7
"""Of each past origin, so many days are looked at."""


@dataclass(frozen=True)
class Clock:
    """The intervals of some consecutive local days.

    Parameters
    ----------
    starts : array of datetime64[s], shape (n,), UTC
    day : array of int, shape (n,)
        Which of the days each interval belongs to.
    slot : array of int, shape (n,)
        Its place on the wall clock.
    weekday : array of int, shape (n,)
        Monday 0 to Sunday 6.
    """

    starts: NDArray[np.datetime64]
    day: NDArray[np.intp]
    slot: NDArray[np.intp]
    weekday: NDArray[np.intp]

    def between(self, first: int, last: int) -> Clock:
        """Return the intervals from number ``first`` to before number ``last``."""
        cut = slice(first, last)
        return Clock(self.starts[cut], self.day[cut], self.slot[cut], self.weekday[cut])

    def until(self, last: int) -> Clock:
        """Return the intervals before number ``last``."""
        return self.between(0, last)


def clock_of(days: Days, interval: str, zone: str) -> Clock:
    """Cut ``days`` into intervals."""
    starts, day, slot = interval_starts(days, interval, zone)
    return Clock(starts, day, slot, weekdays(days)[day])


def profile(y: Array, clock: Clock, n_slots: int) -> Array:
    """Return the share of each slot in its day, shape (7, n_slots); each row sums to one.

    Parameters
    ----------
    y : array, shape (n,)
        Counts of the intervals of ``clock``; the last sixteen weeks of them are used.
    clock : Clock
    n_slots : int
        Slots on an ordinary day.
    """
    recent = clock.day > clock.day[-1] - PROFILE_DAYS
    counts = np.zeros((7, n_slots))
    np.add.at(counts, (clock.weekday[recent], clock.slot[recent]), y[recent])
    # One pseudo-ticket spread evenly keeps a never-used slot possible.
    shape = counts.sum(axis=0) + 1.0 / n_slots
    shape /= shape.sum()
    prior = PRIOR_TICKETS_PER_SLOT * n_slots
    return np.asarray((counts + prior * shape) / (counts.sum(axis=1, keepdims=True) + prior))


def shares_of(clock: Clock, slots: Array) -> Array:
    """Return the share of each interval in its day, shape (n,); the shares of a day sum to one.

    Parameters
    ----------
    clock : Clock
        Whole days.
    slots : array, shape (7, n_slots)
        See `profile`.
    """
    share = slots[clock.weekday, clock.slot]
    first = int(clock.day[0])
    return np.asarray(share / np.bincount(clock.day - first, weights=share)[clock.day - first])


def slot_average(y: Array, clock: Clock, ahead: Clock) -> Array:
    """Return the mean of the same hour of the week in the last eight weeks, for each interval ahead.

    Where an hour of the week has not been seen yet, the mean of that hour on all days.
    """
    recent = clock.day > clock.day[-1] - AVERAGE_DAYS
    n_slots = int(max(clock.slot.max(), ahead.slot.max())) + 1
    shape = (7, n_slots)
    total, seen = np.zeros(shape), np.zeros(shape)
    np.add.at(total, (clock.weekday[recent], clock.slot[recent]), y[recent])
    np.add.at(seen, (clock.weekday[recent], clock.slot[recent]), 1.0)
    any_day = total.sum(axis=0) / np.maximum(seen.sum(axis=0), 1.0)
    mean = np.where(seen > 0, total / np.maximum(seen, 1.0), any_day)
    return np.asarray(mean[ahead.weekday, ahead.slot])


def share_dispersion(y: Array, clock: Clock, slots: Array) -> float:
    """Return how far intervals scatter about their share of the day: variance over mean, pooled, at least 1.

    Residuals of the last sixteen weeks about (day's count x share). The shares were learnt on the same weeks,
    w of them, so the variance ahead is (w + 1) / (w - 1) times what is seen.
    """
    recent = clock.day > clock.day[-1] - PROFILE_DAYS
    by_day = np.bincount(clock.day, weights=y)
    expected = (by_day[clock.day] * shares_of(clock, slots))[recent]
    if expected.sum() == 0.0:
        return 1.0
    weeks = max(2.0, len(np.unique(clock.day[recent])) / 7)
    pooled = float(((y[recent] - expected) ** 2).sum() / expected.sum())
    return max(1.0, pooled * (weeks + 1) / (weeks - 1))


def hour_spread(
    seen: list[tuple[Array, Array]],
    about: float,
    share: Array,
    day: Spread,
    at: NDArray[np.intp],
    mean: Array,
) -> Spread:
    """Return the spread of intervals ahead, from how far off past forecasts by the interval were.

    The native variance of a count that is share s of its day is a m + b m^2: a and b are fitted to the
    squared residuals, each measured in its mean, and b is no less than the level variance of the day. The
    conformal view takes the residuals of the intervals that were forecast about as much (thirds of them, by
    their mean).

    Parameters
    ----------
    seen : list of (array, array)
        Counts and forecasts of past intervals, latest origin last.
    about : float
        Scatter of intervals about their share of the day (`share_dispersion`): all there is to go by before
        there are past forecasts.
    share : array, shape (n,)
        Of each interval ahead in its day.
    day : Spread
        Of the days ahead.
    at : array of int, shape (n,)
        The day ahead that each interval is in.
    mean : array, shape (n,)
        Forecast of each interval ahead.
    """
    level = day.level_variance[at]
    plain = about + share * (day.dispersion[at] - 1.0)
    if not seen:
        return Spread.native(plain, level)
    came, said = (np.concatenate([pair[i] for pair in seen]) for i in (0, 1))
    weight = np.concatenate(
        [np.full(len(pair[0]), 0.5 ** (age / HALF_LIFE_ORIGINS)) for age, pair in enumerate(reversed(seen))][
            ::-1
        ]
    )
    said = np.maximum(said, LEAST_MEAN)
    a, b = _variance_of(came, said, weight)
    trust = min(1.0, float(weight.sum()) / FULL_INTERVALS)
    native_a = trust * a + (1.0 - trust) * plain
    shifts = np.zeros((len(mean), len(SHIFT_LEVELS)))
    cuts = np.quantile(said, (1 / 3, 2 / 3))
    third, ahead = np.searchsorted(cuts, said), np.searchsorted(cuts, mean)
    residual = np.sqrt(came) - np.sqrt(said)
    for i in range(3):
        if (third == i).any() and (ahead == i).any():
            shifts[ahead == i] = weighted_quantiles(residual[third == i], weight[third == i])
    # Thirds that nothing fell into have no residuals to go by.
    known = np.array([(third == i).any() for i in range(3)])
    return Spread(native_a, np.maximum(trust * b, level), shifts, MOST_TRUST * trust * known[ahead])


def _variance_of(came: Array, said: Array, weight: Array) -> tuple[float, float]:
    """Fit (y - m)^2 / m = a + b m by weighted least squares, a at least 1 and b at least 0."""
    square = (came - said) ** 2 / said
    square = np.minimum(square, MOST_SCATTER * float(scatter(square, weight)))
    a = float(np.average(square, weights=weight))
    middle = float(np.average(said, weights=weight))
    spread = float(np.average((said - middle) ** 2, weights=weight))
    b = float(np.average((square - a) * (said - middle), weights=weight)) / spread if spread > 0 else 0.0
    b = min(max(b, 0.0), max(a - 1.0, 0.0) / middle)
    return max(1.0, a - b * middle), b
