"""Deferred work: tickets and mail, done in turn, each by its deadline. Hours of work, not single tickets.

What arrives in an interval can be done in it or later; what is not done is carried over; the oldest comes
first. Intervals are those in which people work: a caller adds what arrives in closed ones to the next.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage.errors import InputError

__all__ = ["Worked", "constant_capacity", "level_capacity", "work_off"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Worked:
    """What became of work under a capacity; each of shape (paths, n).

    Parameters
    ----------
    backlog : array of float
        Hours of work open at the end of each interval.
    late : array of float
        Of the hours that arrived in an interval, those not done by their deadline. What was open at the
        start counts with the first interval; what is due after the last counts as late if it is open then
        only where ``strict`` was asked for.
    oldest : array of int
        Interval in which the oldest open work arrived, -1: open since the start, n: nothing is open.
    missed : array of bool
        Whether some work that fell due in the interval was not done by its end.
    """

    backlog: Array
    late: Array
    oldest: NDArray[np.intp]
    missed: NDArray[np.bool_]


def constant_capacity(work: Array, deadline: int, *, backlog: float = 0.0) -> float:
    """Return the least constant capacity that keeps every deadline and does all the work in the end.

    max over s <= t of (H_s + ... + H_t) / (t - s + 1 + T), the backlog added where s is the first; never
    below the mean, or the backlog grows for ever.

    Parameters
    ----------
    work : array, shape (n,)
        H, hours that arrive in each interval.
    deadline : int
        T, whole intervals that work may take beyond its own.
    backlog : float, default=0
        Hours open at the start.

    Examples
    --------
    >>> round(constant_capacity(np.array([10.0, 30.0, 10.0]), 0), 2)
    30.0
    >>> round(constant_capacity(np.array([10.0, 30.0, 10.0]), 1), 2)
    16.67
    """
    if len(work) == 0 or deadline < 0 or backlog < 0:
        raise InputError(
            f"Got {len(work)} intervals, deadline {deadline}, backlog {backlog}; expected one interval or "
            "more, a deadline and a backlog of 0 or more."
        )
    n = len(work)
    total = np.concatenate([[-backlog], np.cumsum(work)])
    best = (total[-1] - total[0]) / n
    for first in range(n):
        spans = np.arange(first, n) - first + 1 + deadline
        best = max(best, float(((total[first + 1 :] - total[first]) / spans).max()))
    return float(best)


def level_capacity(
    work: Array, due: NDArray[np.intp], hours: Array, *, backlog: Array | None = None
) -> Array:
    """Return the most even capacity that keeps every deadline, interval by interval.

    The taut string between what has arrived (nothing is done before it is there) and what is due: of all
    capacities that keep the deadlines and do all the work by the end it has the lowest peak, and the lowest
    sum of any convex cost (Yao, Demers, Shenker 1995). With no slack it is the work itself.

    Parameters
    ----------
    work : array, shape (n,)
        Hours that arrive in each interval.
    due : array of int, shape (n,)
        Last interval in which they may be done, not before their own and never falling; beyond the last one:
        by its end.
    hours : array, shape (n,)
        How long each interval is open; above 0. Capacity is even per hour.
    backlog : array, shape (n,), optional
        Hours open at the start, by the interval in which they are due.

    Returns
    -------
    array, shape (n,)
        Hours of work to be done in each.
    """
    n = len(work)
    last = np.minimum(due, n - 1)
    if n == 0 or (np.diff(due) < 0).any() or (due < np.arange(n)).any() or (hours <= 0).any():
        raise InputError(
            "Got deadlines that fall, or lie before the work, or intervals that are never open; expected "
            "deadlines in the order of the work, each in its own interval or later, and open intervals."
        )
    at_start = np.zeros(n) if backlog is None else backlog
    upper = np.cumsum(work) + at_start.sum()
    lower = np.minimum(np.cumsum(np.bincount(last, weights=work, minlength=n) + at_start), upper)
    lower[-1] = upper[-1]
    clock = np.concatenate([[0.0], np.cumsum(hours)])
    done = _taut(clock, np.concatenate([[0.0], lower]), np.concatenate([[0.0], upper]))
    return np.asarray(np.maximum(np.diff(done), 0.0))


def _taut(x: Array, low: Array, high: Array) -> Array:
    """Return the shortest line from the first point to the last that keeps between two walls."""
    # Plain floats: single look-ups in arrays cost ten times as much.
    xs, lows, highs = x.tolist(), low.tolist(), high.tolist()
    n = len(xs)
    line = [0.0] * n
    at, level = 0, lows[0]
    line[0] = level
    while at < n - 1:
        least, most = -np.inf, np.inf
        least_at = most_at = at
        turn = n - 1
        slope = 0.0
        for k in range(at + 1, n):
            span = xs[k] - xs[at]
            to_low, to_high = (lows[k] - level) / span, (highs[k] - level) / span
            if to_low > most:
                turn, slope = most_at, most
                break
            if to_high < least:
                turn, slope = least_at, least
                break
            if to_low >= least:
                least, least_at = to_low, k
            if to_high <= most:
                most, most_at = to_high, k
        else:
            # Both walls meet at the end, so the last point was reached.
            slope = least
        for k in range(at + 1, turn + 1):
            line[k] = level + slope * (xs[k] - xs[at])
        at, level = turn, line[turn]
    return np.array(line)


def work_off(
    work: Array,
    capacity: Array,
    due: NDArray[np.intp],
    *,
    backlog: Array | None = None,
    strict: bool = True,
) -> Worked:
    """Work through paths of work in turn.

    Parameters
    ----------
    work : array, shape (paths, n)
        Hours that arrive.
    capacity : array, shape (n,) or (paths, n)
        Hours that can be done in each interval; what is not needed is lost.
    due : array of int, shape (n,)
        Last interval in which the work of each may be done; n or more: after the last one.
    backlog : array, shape (n,), optional
        Hours open at the start, by the interval in which they are due; done before all else.
    strict : bool, default=True
        Whether work that is open at the end counts as late though its deadline lies beyond.
    """
    paths, n = work.shape
    at_start = np.zeros(n) if backlog is None else backlog
    given = at_start.sum() + np.cumsum(work, axis=1)
    open_hours = np.empty((paths, n))
    level = np.full(paths, at_start.sum())
    room = np.broadcast_to(capacity, (paths, n))
    for t in range(n):
        level = np.maximum(0.0, level + work[:, t] - room[:, t])
        open_hours[:, t] = level
    # A hair's breadth, so that sums of floats do not make work late.
    slack = 1e-9 * np.maximum(1.0, given[:, -1:])
    done = given - open_hours + slack
    before = np.concatenate([np.full((paths, 1), at_start.sum()), given[:, :-1]], axis=1)
    by_then = done[:, np.minimum(due, n - 1)]
    is_judged = (due < n) | strict
    late = np.where(is_judged, np.minimum(work, np.maximum(0.0, given - np.maximum(by_then, before))), 0.0)
    start_due = np.cumsum(at_start)
    start_before = np.concatenate([[0.0], start_due[:-1]])
    start_late = np.maximum(0.0, at_start - np.maximum(0.0, done - start_before))
    own_late = late.copy()
    late[:, 0] += start_late.sum(axis=1)
    rows = zip(given, done, strict=True)
    oldest = np.stack([np.searchsorted(row, until, side="right") for row, until in rows])
    oldest = np.where(open_hours <= slack, n, np.where(done < at_start.sum(), -1, oldest))
    missed = start_late > slack
    for i in np.flatnonzero(due < n):
        missed[:, due[i]] |= own_late[:, i] > slack[:, 0]
    return Worked(open_hours, late, oldest.astype(np.intp), missed)
