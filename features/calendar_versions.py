"""Of an event that stands in a calendar file more than once, which version counts (RFC 5545 and 5546)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

__all__ = ["StandingEvent", "latest_versions"]


@dataclass(frozen=True, slots=True)
class StandingEvent:
    """An event as it stands in a file.

    Parameters
    ----------
    line : int
        Where it begins, from 1.
    uid : str
        Its identity; empty where it has none: then it is one of its own.
    component : icalendar.Event
        As parsed.
    start, end : date
        Days, or times with the zone that they name.
    occurrence : datetime or None
        In UTC: which time of a repeated event it stands for; None: it is the event itself.
    version : tuple of (int, datetime, int)
        SEQUENCE, time of the last change, line: the greater the later.
    """

    line: int
    uid: str
    component: Any
    start: date
    end: date
    occurrence: datetime | None
    version: tuple[int, datetime, int]

    @property
    def is_cancelled(self) -> bool:
        """Whether it says that the event does not take place."""
        return str(self.component.get("STATUS", "")).strip().upper() == "CANCELLED"


def latest_versions(
    events: Iterable[StandingEvent],
) -> tuple[list[StandingEvent], list[tuple[StandingEvent, str, str]]]:
    """Tell what counts from what does not.

    Parameters
    ----------
    events : iterable of StandingEvent
        In the order of the file.

    Returns
    -------
    kept : list of StandingEvent
        The latest version of each, without what was cancelled.
    gone : list of (event, reason, detail)
        The others: ``superseded`` or ``cancelled``.
    """
    latest: dict[tuple[str, datetime | None], StandingEvent] = {}
    gone: list[tuple[StandingEvent, str, str]] = []
    for one in events:
        # Without an identity nothing is another version of it.
        key = (one.uid or f"line {one.line}", one.occurrence)
        other = latest.get(key)
        if other is None or other.version < one.version:
            latest[key] = one
        if other is not None:
            older, newer = (one, other) if other.version > one.version else (other, one)
            gone.append((older, "superseded", f"Line {newer.line} has a later version of it."))
    kept = []
    for (uid, occurrence), one in latest.items():
        whole = latest.get((uid, None))
        # Cancelling the event cancels its times, but for those that were changed later.
        if whole is not None and whole.is_cancelled and whole.version[0] >= one.version[0]:
            gone.append((one, "cancelled", f"Line {whole.line} says that the event was cancelled."))
        elif one.is_cancelled:
            what = "event" if occurrence is None else "time"
            gone.append((one, "cancelled", f"It says that the {what} was cancelled."))
        else:
            kept.append(one)
    return kept, gone
