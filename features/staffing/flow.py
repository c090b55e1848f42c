"""Work flows to teams that may do it: the cheapest way that their hours allow, else evenly.

A small linear program for each local day, solved by HiGHS (scipy). What only one team may do goes there.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["split_day"]

Array = NDArray[np.float64]

_NOT_DONE = 1_000.0
"""Work that no hours are left for costs this many times the dearest hour: it is the last resort."""
_EVENNESS = 1e-3
"""What the busiest team's load counts beside the dearest hour: it decides between ways that cost the same."""


def split_day(hours: Array, allowed: NDArray[np.bool_], cost: Array, room: Array) -> Array:
    """Share out one day's work.

    Parameters
    ----------
    hours : array, shape (streams,)
        Paid hours that each stream of work takes.
    allowed : array of bool, shape (streams, teams)
        Who may do what; each stream at least one.
    cost : array, shape (teams,)
        Of a paid hour.
    room : array, shape (teams,)
        Paid hours that each team has at most; infinite where there is no limit.

    Returns
    -------
    array, shape (streams, teams)
        Shares; each row sums to 1. What no room is left for is spread over those who may do it.
    """
    even = np.where(allowed, 1.0, 0.0) / np.maximum(allowed.sum(axis=1, keepdims=True), 1)
    is_shared = allowed.sum(axis=1) > 1
    if not is_shared.any() or not hours[is_shared].any():
        return np.asarray(even)
    from scipy.optimize import linprog

    pairs = np.argwhere(allowed)
    streams, teams = allowed.shape
    n = len(pairs)
    # Variables: hours of each pair, hours not done of each stream, load of the busiest team.
    dearest = max(float(cost.max()), 1.0)
    goal = np.concatenate([cost[pairs[:, 1]], np.full(streams, _NOT_DONE * dearest), [0.0]])
    of_stream = np.zeros((streams, n + streams + 1))
    of_stream[pairs[:, 0], np.arange(n)] = 1.0
    of_stream[np.arange(streams), n + np.arange(streams)] = 1.0
    of_team = np.zeros((teams, n + streams + 1))
    of_team[pairs[:, 1], np.arange(n)] = 1.0
    is_limited = np.isfinite(room)
    size = np.where(is_limited, room, room[is_limited].max() if is_limited.any() else 1.0)
    size = np.maximum(size, 1e-9)
    busy = of_team.copy()
    busy[:, -1] = -size
    goal[-1] = _EVENNESS * dearest * float(size.sum())
    found = linprog(
        goal,
        A_ub=np.vstack([of_team[is_limited], busy]),
        b_ub=np.concatenate([room[is_limited], np.zeros(teams)]),
        A_eq=of_stream,
        b_eq=hours,
        method="highs",
    )
    if found.x is None:
        return np.asarray(even)
    given = np.zeros(allowed.shape)
    given[pairs[:, 0], pairs[:, 1]] = found.x[:n]
    given += even * np.maximum(found.x[n : n + streams], 0.0)[:, None]
    total = given.sum(axis=1, keepdims=True)
    return np.asarray(np.where(total > 1e-12, given / np.where(total > 1e-12, total, 1.0), even))
