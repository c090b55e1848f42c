"""Tickets whose time cannot be right: filed after now, or alone more than a year before all others.

One of them would stretch a history over years in which nothing came. They are left out, and it is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Strays", "find_strays", "say_after_now", "say_strays"]

GAP_DAYS = 366
"""A quiet of more than a year parts a history."""
MOST_STRAYS = 3
STRAY_SHARE = 0.001
"""What lies before it is stray when it is so few tickets, or so small a share of all ..."""
TIMES_AS_MANY = 20
"""... and so many times as many came afterwards."""


@dataclass(frozen=True, slots=True)
class Strays:
    """Tickets long before all others.

    Parameters
    ----------
    tickets : float
    first, last : numpy.datetime64
        Between which they were filed.
    begin : numpy.datetime64
        Where the history begins without them.
    """

    tickets: float
    first: np.datetime64
    last: np.datetime64
    begin: np.datetime64


def find_strays(starts: NDArray[np.datetime64], tickets: NDArray[np.float64]) -> Strays | None:
    """Return the few tickets that lie more than a year before all others, None where there are none.

    Parameters
    ----------
    starts : array of datetime64[s], shape (n,)
        Intervals in which something came, ascending.
    tickets : array, shape (n,)
    """
    before = np.cumsum(tickets)[:-1]
    most = max(MOST_STRAYS, STRAY_SHARE * float(tickets.sum()))
    parted = np.diff(starts) > np.timedelta64(GAP_DAYS, "D")
    is_stray = parted & (before <= most) & (TIMES_AS_MANY * before <= tickets.sum() - before)
    if not is_stray.any():
        return None
    at = int(np.flatnonzero(is_stray)[-1])
    return Strays(float(before[at]), starts[0], starts[at], starts[at + 1])


def say_strays(found: Strays) -> str:
    """Say in a sentence what was left out at the beginning."""
    when = _day(found.first)
    if found.tickets != 1 and _day(found.last) != when:
        when = f"{when} to {_day(found.last)}"
    return f"{_tickets(found.tickets)} of {when}, more than a year before all others: left out."


def say_after_now(tickets: float, last: np.datetime64) -> str:
    """Say in a sentence how many were filed after now, and the last of them when."""
    which = "on" if tickets == 1 else "the last on"
    return f"{_tickets(tickets)} filed after now ({which} {_day(last)}): left out."


def _tickets(many: float) -> str:
    return "1 ticket" if many == 1 else f"{many:,.0f} tickets"


def _day(moment: np.datetime64) -> str:
    day: Any = moment.astype("datetime64[D]").item()
    return f"{day.day} {day:%b %Y}"
