"""A suspected incident: look-alike tickets that arrived together, with their words and their growth.

Whether there is one is decided in :mod:`triage.incident_watch`; the numbers come from
:mod:`features.word_bursts`.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

__all__ = ["Incident", "IncidentState", "Member", "Sighting", "Volume", "WordBurst", "growth"]


class IncidentState(StrEnum):
    """What people said of an incident: nothing yet, that it is one, or that it is none."""

    SUSPECTED = "suspected"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class WordBurst:
    """A word that more people use at this moment than usual.

    Parameters
    ----------
    word : str
        As it is counted, in small letters and without a plural ending.
    tickets : int
        How many requesters used it within the span.
    expected : float
        How many usually do, the most of what several usual rates say.
    surprise : float
        Minus the decimal logarithm of the probability of so many or more: 5 is once in 100,000.
    hours : float
        Length of the span.
    """

    word: str
    tickets: int
    expected: float
    surprise: float
    hours: float

    @property
    def ratio(self) -> float:
        """How many times as often as usual."""
        return self.tickets / max(self.expected, 1e-9)


@dataclass(frozen=True, slots=True)
class Volume:
    """All tickets of the last 24 hours, and how many are usual for these hours of the week."""

    tickets: int
    expected: float


@dataclass(frozen=True, slots=True)
class Sighting:
    """A ticket as the watch sees it.

    Parameters
    ----------
    ticket_id : str
        Which.
    filed_at : datetime
        With a zone.
    words : Mapping of str to str
        The words that tell what it is about, each with the form in which the ticket has it.
    bursts : tuple of WordBurst
        Those of its words that burst, most surprising first; words that tell nothing may be among them.
    product : str, default=""
        What it is about, as filed.
    crowd : WordBurst or None, default=None
        That far more tickets than usual come of this product (its ``word``), or in all (empty).
    """

    ticket_id: str
    filed_at: datetime
    words: Mapping[str, str]
    bursts: tuple[WordBurst, ...] = ()
    product: str = ""
    crowd: WordBurst | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A ticket of an incident."""

    ticket_id: str
    filed_at: datetime


@dataclass(frozen=True, slots=True)
class Incident:
    """Tickets that are suspected to have one cause.

    Parameters
    ----------
    incident_id : str
        Follows from the workspace and the ticket that it was raised by.
    raised_by : str
        The ticket with which it became too improbable to be chance.
    raised_at : datetime
        When that ticket was filed.
    bursts : tuple of WordBurst
        Its words, most telling first.
    spelling : Mapping of str to str
        How people write each of them.
    members : tuple of Member
        Its tickets, in order of filing.
    volume : Volume
        All tickets of the 24 hours before it was raised.
    surprise : float
        The most surprising moment so far, see :class:`WordBurst`.
    state : IncidentState, default=SUSPECTED
        What people said.
    parent_id : str or None, default=None
        The ticket that its others are children of, once accepted.
    judged_at : datetime or None, default=None
        When somebody accepted or dismissed it.
    judged_by : str or None, default=None
        Who.
    """

    incident_id: str
    raised_by: str
    raised_at: datetime
    bursts: tuple[WordBurst, ...]
    spelling: Mapping[str, str]
    members: tuple[Member, ...]
    volume: Volume
    surprise: float
    state: IncidentState = IncidentState.SUSPECTED
    parent_id: str | None = None
    judged_at: datetime | None = None
    judged_by: str | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """Its words as people write them, most telling first."""
        return tuple(self.spelling.get(one.word, one.word) for one in self.bursts)

    @property
    def first_at(self) -> datetime:
        """When its first ticket was filed."""
        return self.members[0].filed_at

    @property
    def last_at(self) -> datetime:
        """When its newest ticket was filed."""
        return self.members[-1].filed_at


def growth(incident: Incident, step: timedelta = timedelta(hours=1)) -> list[tuple[datetime, int]]:
    """Return how many tickets it got in each step from the first to the last, those without any too."""
    seconds = step.total_seconds()
    counts = Counter(int(one.filed_at.timestamp() // seconds) for one in incident.members)
    zone = incident.first_at.tzinfo
    return [
        (datetime.fromtimestamp(at * seconds, zone), counts[at]) for at in range(min(counts), max(counts) + 1)
    ]
