"""What became known when: a history, its links and its articles as one line of events.

A ticket's labels become known at ``assigned_at``, else ``first_response_at``, else ``resolved_at``, else an
hour after filing (design contract); a link at its ``created_at``, else with the labels; an article when it
was last changed. Nothing is known before its ticket was filed. *Known at a moment* means strictly before
it: what happened in the same second as a filing may have come after it.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import inf, isinf, nextafter

from training.knowledge.learn import link_known_at
from triage.knowledge import Article, ArticleLink
from triage.ticket import PastTicket, Ticket

__all__ = [
    "ArticleKnown",
    "Event",
    "LabelsKnown",
    "LinkKnown",
    "RoomFreed",
    "RoomTaken",
    "Timeline",
    "as_known",
    "filed_at",
]


@dataclass(frozen=True, slots=True)
class LabelsKnown:
    """A ticket's labels became known."""

    at: float
    past: PastTicket


@dataclass(frozen=True, slots=True)
class LinkKnown:
    """It became known that people used an article for a ticket."""

    at: float
    link: ArticleLink
    ticket: Ticket

    @property
    def known_at(self) -> datetime | None:
        """The moment with a zone; None for always."""
        return None if isinf(self.at) else datetime.fromtimestamp(self.at, UTC)


@dataclass(frozen=True, slots=True)
class ArticleKnown:
    """An article came to read as it does."""

    at: float
    article: Article


@dataclass(frozen=True, slots=True)
class RoomTaken:
    """A ticket began to take its assignee's room."""

    at: float
    ticket_id: str
    agent: str
    priority: str | None


@dataclass(frozen=True, slots=True)
class RoomFreed:
    """A ticket was solved or closed."""

    at: float
    ticket_id: str


Event = LabelsKnown | LinkKnown | ArticleKnown | RoomTaken | RoomFreed
"""``at`` is POSIX time; minus infinity for what was always known."""


class Timeline:
    """A history in the order in which it became known.

    Parameters
    ----------
    history : sequence of PastTicket
        In any order, under today's names (:func:`training.labels_to_learn.with_todays_names`); tickets
        without a time of filing are left out.
    links : sequence of ArticleLink, optional
        Of these tickets; others are left out.
    articles : sequence of Article, optional
        As they read now; one without ``updated_at`` counts as always known.
    rooms : bool, default=False
        Tell also when tickets took their assignees' room: from when the labels became known to when they
        were solved, else closed. One whose end is not told takes none: it may have ended long ago.

    Attributes
    ----------
    tickets : list of PastTicket
        In order of filing.
    """

    def __init__(
        self,
        history: Sequence[PastTicket],
        links: Sequence[ArticleLink] = (),
        articles: Sequence[Article] = (),
        *,
        rooms: bool = False,
    ) -> None:
        self.tickets = sorted((past for past in history if past.ticket.created_at is not None), key=_filing)
        by_id = {past.ticket.ticket_id: past for past in self.tickets}
        events: list[Event] = [ArticleKnown(_posix(one.updated_at), one) for one in articles]
        events += [LabelsKnown(_labels_known(past), past) for past in self.tickets]
        events += [
            LinkKnown(link_known_at(link, by_id[link.ticket_id]), link, by_id[link.ticket_id].ticket)
            for link in links
            if link.ticket_id in by_id
        ]
        if rooms:
            events += [event for past in self.tickets for event in _room(past)]
        self._events = sorted(events, key=_order)
        self._times = [event.at for event in self._events]

    def filed_from(self, moment: float) -> list[PastTicket]:
        """Return the tickets filed at a moment (POSIX time) or later, in order of filing."""
        return self.tickets[bisect_left(self.tickets, moment, key=filed_at) :]

    def place(self, moment: float) -> int:
        """Return how many events were known at a moment (POSIX time)."""
        return bisect_left(self._times, moment)

    def known(self, moment: float) -> list[Event]:
        """Return all events known at a moment (POSIX time), with all that was known by then."""
        return [_as_of(event, nextafter(moment, -inf)) for event in self._events[: self.place(moment)]]

    def news(self, since: int, until: int) -> list[Event]:
        """Return the events between two places, each with what was known when it happened."""
        return [_as_of(event, event.at) for event in self._events[since:until]]


def filed_at(past: PastTicket) -> float:
    """Return the POSIX time of filing; minus infinity where it is unknown."""
    return _posix(past.ticket.created_at)


def as_known(past: PastTicket, moment: float) -> PastTicket:
    """Return a past ticket whose labels are known, without what came after a moment (POSIX time).

    Times that had not come are taken away, and with the end (``closed_at``, else ``resolved_at``) everything
    that an export holds as it was in the end: status, resolution, reopenings, reassignments.
    """

    def passed(time: datetime | None) -> datetime | None:
        return time if time is not None and time.timestamp() <= moment else None

    known = replace(
        past,
        assigned_at=passed(past.assigned_at),
        first_response_at=passed(past.first_response_at),
        resolved_at=passed(past.resolved_at),
        closed_at=passed(past.closed_at),
    )
    if passed(past.closed_at or past.resolved_at) is not None:
        return known
    return replace(known, status=None, resolution=None, reopened=None, reassignments=None)


def _as_of(event: Event, moment: float) -> Event:
    return replace(event, past=as_known(event.past, moment)) if isinstance(event, LabelsKnown) else event


def _labels_known(past: PastTicket) -> float:
    """Return when the labels became known; a clock that says it was before filing is not believed."""
    return max(_posix(past.labels_known_at), filed_at(past))


def _room(past: PastTicket) -> list[Event]:
    agent, since, until = past.labels.get("assignee"), _labels_known(past), past.resolved_at or past.closed_at
    if not agent or until is None or until.timestamp() <= since:
        return []
    name = past.ticket.ticket_id
    return [RoomTaken(since, name, agent, past.labels.get("priority")), RoomFreed(until.timestamp(), name)]


def _posix(moment: datetime | None) -> float:
    return -inf if moment is None else moment.timestamp()


def _filing(past: PastTicket) -> tuple[float, str]:
    return filed_at(past), past.ticket.ticket_id


def _order(event: Event) -> tuple[float, str, str]:
    """Order by time; what follows makes the order one that rows of a file cannot change."""
    if isinstance(event, LabelsKnown):
        return event.at, event.past.ticket.ticket_id, ""
    if isinstance(event, LinkKnown):
        return event.at, event.link.ticket_id, event.link.article_id
    if isinstance(event, RoomTaken | RoomFreed):
        return event.at, event.ticket_id, ""
    return event.at, "", event.article.article_id
