"""A day's volume spread over its hours.

The share of each hour (or half hour) in its day is learnt per weekday from the last sixteen weeks, drawn
towards the shape of all days where a weekday has seen few tickets. Days whose clock changes keep their
volume: the shares of the hours that exist are scaled to one. What happened earlier on the same day is not
used.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.calendar import Days, interval_starts, weekdays

Array = NDArray[np.float64]

# Chosen on the earlier origins of two real helpdesks, hour by hour: longer and more drawn towards the shape
# of all days is better there still, but would blur a helpdesk that is closed at weekends.
PROFILE_DAYS = 112
PRIOR_TICKETS_PER_SLOT = 8.0
AVERAGE_DAYS = 56


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
    return np.asarray(share / np.bincount(clock.day, weights=share)[clock.day])


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
