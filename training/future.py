"""Tickets whose filing time lies in the future: it is wrong, and taken at its word would end the history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from triage.ticket import PastTicket

__all__ = ["AHEAD", "MOST", "Filed", "filed_by_now", "is_in_future", "told_of_future"]

AHEAD = timedelta(days=1)
"""A time read in the wrong zone lies up to 14 hours ahead."""

MOST = 0.5
"""Share of tickets in the future above which it is the clock that is wrong, not they."""


@dataclass(frozen=True, slots=True)
class Filed:
    """A history without what cannot have been filed yet.

    Parameters
    ----------
    tickets : list of PastTicket
        Those to go by, in the order given.
    future : list of PastTicket
        Those filed after today.
    is_clock_wrong : bool
        Whether ``future`` are so many that ``tickets`` has them all the same.
    """

    tickets: list[PastTicket]
    future: list[PastTicket]
    is_clock_wrong: bool = False


def filed_by_now(tickets: Sequence[PastTicket], now: datetime | None = None) -> Filed:
    """Part a history from the tickets that were filed after today.

    One of them would make a label that is used no more look alive for years, and end the history where no
    ticket is.

    Parameters
    ----------
    tickets : sequence of PastTicket
        Those without a time stay.
    now : datetime, optional
        By default this machine's.
    """
    now = datetime.now(UTC) if now is None else now
    future = [past for past in tickets if is_in_future(past, now)]
    if len(future) > MOST * len(tickets):
        return Filed(list(tickets), future, is_clock_wrong=True)
    late = {id(past) for past in future}
    return Filed([past for past in tickets if id(past) not in late], future)


def is_in_future(past: PastTicket, now: datetime) -> bool:
    """Say whether a ticket's time of filing lies after today, by more than a zone can be wrong."""
    return past.ticket.created_at is not None and past.ticket.created_at > now + AHEAD


def told_of_future(filed: Filed) -> list[str]:
    """Return what a person should know of such tickets, nothing where there are none."""
    times = [past.ticket.created_at for past in filed.future if past.ticket.created_at is not None]
    if not times:
        return []
    count = f"{len(times):,} ticket{' is' if len(times) == 1 else 's are'} filed after today"
    count += f" (the last on {max(times):%d %B %Y})"
    if filed.is_clock_wrong:
        return [f"{count}: too many for slips, so they count. See that this machine's clock is right."]
    it = "it is" if len(times) == 1 else "they are"
    return [f"{count}: nobody can tell when, so {it} left out. Correct created_at."]
