"""A known event: a release, a campaign, a migration that will bring more tickets, or fewer, for some days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from triage.errors import InputError

__all__ = ["LEAST_FACTOR", "MOST_DAYS", "MOST_FACTOR", "KnownEvent"]

LEAST_FACTOR, MOST_FACTOR = 0.05, 20.0
MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class KnownEvent:
    """An event on the calendar.

    Parameters
    ----------
    event_id : str
        Identity in the workspace.
    kind : str
        What it is one of, such as ``release``: its effect is learnt from earlier events of the kind.
    title : str
    first_day, last_day : date
        Both included, in the workspace's zone.
    series : str, default ``total``
        Which series it moves; the total moves every one.
    factor : float or None, default=None
        What the planner expects, as a multiple of an ordinary day: 1.5 is half as many again. What was seen
        at earlier events of the kind counts with it. None expects nothing until something was seen.

    Raises
    ------
    InputError
        If the days are the wrong way round or too many, or the factor is out of bounds.
    """

    event_id: str
    kind: str
    title: str
    first_day: date
    last_day: date
    series: str = "total"
    factor: float | None = None

    def __post_init__(self) -> None:
        if not 0 <= (self.last_day - self.first_day).days < MOST_DAYS:
            raise InputError(
                f"Got an event whose last day is before the first, or more than {MOST_DAYS} days of it; "
                "expected the days in order; correct them."
            )
        if self.factor is not None and not LEAST_FACTOR <= self.factor <= MOST_FACTOR:
            raise InputError(
                f"Got a factor out of bounds; expected {LEAST_FACTOR:g} to {MOST_FACTOR:g}, 1 being an "
                "ordinary day; leave it out to learn it from earlier events."
            )
