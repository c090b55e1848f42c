"""The clock of one promise: it starts, stands still while the requester is waited for, and runs out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.sla.calendar import BusinessCalendar

__all__ = ["Pause", "due_at", "spent"]


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which the requester was waited for; ``ended_at`` is None while it goes on."""

    started_at: datetime
    ended_at: datetime | None = None


def due_at(
    calendar: BusinessCalendar,
    started_at: datetime,
    target: timedelta,
    *,
    pauses: Sequence[Pause] = (),
    now: datetime,
) -> datetime:
    """Return when a target runs out, in UTC.

    Parameters
    ----------
    calendar : BusinessCalendar
        In whose time the target is.
    started_at : datetime
        When the clock started, with a zone.
    target : timedelta
        Business time that is allowed.
    pauses : sequence of Pause, optional
        In any order; they may overlap.
    now : datetime
        A pause that goes on is counted as if it ended now, so that the moment moves on with the clock.
    """
    due = calendar.add(started_at, target)
    for since, until in _merged(pauses, started_at, now):
        if since >= due:
            break
        # What ran out in the pause is given back after it.
        due = calendar.add(due, calendar.between(since, until))
    return due


def spent(
    calendar: BusinessCalendar, started_at: datetime, until: datetime, *, pauses: Sequence[Pause] = ()
) -> timedelta:
    """Return how much business time a clock has counted by a moment, pauses left out."""
    paused = sum(
        (calendar.between(since, min(end, until)) for since, end in _merged(pauses, started_at, until)),
        timedelta(0),
    )
    return calendar.between(started_at, until) - paused


def _merged(pauses: Iterable[Pause], since: datetime, now: datetime) -> list[tuple[datetime, datetime]]:
    """Return pauses in order as disjoint spans, cut at the clock's start."""
    spans = sorted((max(one.started_at, since), one.ended_at or now) for one in pauses)
    found: list[tuple[datetime, datetime]] = []
    for start, end in spans:
        if end <= start:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found
