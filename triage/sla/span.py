"""Spans of time as people write them (``4h``, ``30m``, ``1h30m``), and as they say them."""

import re
from datetime import timedelta
from typing import Any

from triage.errors import ConfigurationError

__all__ = ["parse_span", "say_span", "write_span"]

_SPAN = re.compile(r"(?:(\d+(?:\.\d+)?)\s*h)?\s*(?:(\d+)\s*m(?:in)?)?")
LONGEST = timedelta(hours=100_000)


def parse_span(given: Any, where: str) -> timedelta:
    """Read a span of business time.

    Days are refused: is one eight hours or twenty-four?

    Parameters
    ----------
    given : object
        ``4h``, ``1.5h``, ``30m`` or ``1h30m``.
    where : str
        What the message calls it.

    Raises
    ------
    ConfigurationError
        For anything else, or for none at all.

    Examples
    --------
    >>> parse_span("1h30m", "response")
    datetime.timedelta(seconds=5400)
    """
    match = _SPAN.fullmatch(given.strip().lower()) if isinstance(given, str) else None
    hours, minutes = match.groups() if match else (None, None)
    span = timedelta(hours=min(float(hours or 0), 1e6), minutes=min(int(minutes or 0), 10**8))
    if not timedelta(0) < span <= LONGEST:
        raise ConfigurationError(
            f"Got {where}={given!r}; expected business hours and minutes such as '4h', '30m' or '1h30m'."
        )
    return span


def write_span(span: timedelta) -> str:
    """Return a span as :func:`parse_span` reads it, to the minute."""
    hours, minutes = divmod(round(span / timedelta(minutes=1)), 60)
    return f"{hours}h{minutes}m" if hours and minutes else f"{hours}h" if hours else f"{minutes}m"


def say_span(span: timedelta) -> str:
    """Return a span for people, by the unit that says most.

    Examples
    --------
    >>> say_span(timedelta(minutes=95)), say_span(timedelta(hours=30)), say_span(timedelta(days=2))
    ('95 minutes', '30 hours', '2 days')
    """
    if span >= timedelta(days=2):
        return f"{span / timedelta(days=1):.0f} days"
    if span >= timedelta(hours=2):
        return f"{span / timedelta(hours=1):.0f} hours"
    minutes = int(span / timedelta(minutes=1))
    return f"{minutes} minute{'' if minutes == 1 else 's'}"
