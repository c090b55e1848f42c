"""Moments that keep the order in which things were said, also where a clock was put back or two differ."""

from datetime import datetime, timedelta

__all__ = ["in_order"]

TICK = timedelta(microseconds=1)
"""The least that a store tells apart."""


def in_order(moment: datetime, newest: datetime | None) -> datetime:
    """Return a moment that lies after the newest one so far: as given, or just after it.

    What was said last counts, and it is found by its moment: no earlier word may win because a clock was put
    back.

    Parameters
    ----------
    moment : datetime
        As the clock says, with a zone.
    newest : datetime or None
        Of what it follows, with a zone; None: it is the first.

    Examples
    --------
    >>> noon = datetime(2026, 3, 2, 12)
    >>> in_order(noon, None) == in_order(noon, noon - timedelta(hours=1)) == noon
    True
    >>> in_order(noon - timedelta(hours=1), noon)
    datetime.datetime(2026, 3, 2, 12, 0, 0, 1)
    """
    return moment if newest is None or moment > newest else newest + TICK
