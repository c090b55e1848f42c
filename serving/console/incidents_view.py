"""A suspected incident as a card: words, figures and growth in words and bars. No decisions here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from serving.console import wording
from serving.console.visit import Visit
from serving.incident_view import IncidentView, view_incident, view_incidents
from triage.incident import Incident, IncidentState
from triage.store import Store

__all__ = ["Bar", "IncidentCard", "card_of", "cards_of"]

WIDTH, HEIGHT = 240.0, 48.0
STEP_NAMES = {
    timedelta(hours=1): "hour",
    timedelta(hours=6): "six hours",
    timedelta(days=1): "day",
    timedelta(days=7): "week",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the growth, in the units of its drawing, and what it stands for."""

    x: float
    y: float
    width: float
    height: float
    title: str


@dataclass(frozen=True, slots=True)
class IncidentCard:
    """What the page shows of one incident."""

    view: IncidentView
    zone: ZoneInfo
    bars: tuple[Bar, ...]

    @property
    def incident(self) -> Incident:
        """The incident itself."""
        return self.view.incident

    @property
    def title(self) -> str:
        """Its three most telling words."""
        return ", ".join(self.incident.words[:3])

    @property
    def is_open(self) -> bool:
        """Whether nobody has said yet what it is."""
        return self.incident.state is IncidentState.SUSPECTED

    @property
    def facts(self) -> str:
        """Say in one sentence why it was raised."""
        top = self.incident.bursts[0]
        usual = "hardly anybody" if top.expected < 0.5 else f"about {top.expected:.0f}"
        hours = "a day" if top.hours >= 24 else f"{top.hours:.0f} hours"
        return (
            f"{wording.count(top.tickets)} people used “{self.incident.words[0]}” within {hours}; "
            f"usually {usual} {'does' if top.expected < 0.5 else 'do'} in these hours of the week."
        )

    @property
    def volume(self) -> str:
        """Say how many tickets there were in all."""
        volume = self.incident.volume
        return (
            f"{wording.count(volume.tickets)} tickets of all kinds in the 24 hours before, "
            f"usually {wording.count(volume.expected)}."
        )

    @property
    def growth(self) -> str:
        """Say what the bars show, for those who cannot see them."""
        most = max(self.view.growth, key=lambda point: point[1])
        return (
            f"Tickets by the {STEP_NAMES[self.view.step]}, from {self.clock(self.incident.first_at)} to "
            f"{self.clock(self.incident.last_at)}; at most {most[1]}, from {self.clock(most[0])}"
        )

    @property
    def judged(self) -> str:
        """Say who judged it and when; empty while nobody has."""
        one = self.incident
        if one.judged_at is None:
            return ""
        verb = "Accepted" if one.state is IncidentState.ACCEPTED else "Dismissed"
        return f"{verb} by {one.judged_by}, {self.clock(one.judged_at)}."

    def clock(self, moment: datetime) -> str:
        """Say a moment in the workspace's zone."""
        local = moment.astimezone(self.zone)
        return f"{wording.day(local)}, {local:%H:%M}"


def cards_of(store: Store, visit: Visit, incidents: Sequence[Incident]) -> list[IncidentCard]:
    """Make cards, in the order given."""
    zone = ZoneInfo(visit.workspace.zone) if visit.workspace else ZoneInfo("UTC")
    views = view_incidents(store, visit.caller.workspace, incidents)
    return [IncidentCard(view, zone, _bars(view, zone)) for view in views]


def card_of(store: Store, visit: Visit, incident: Incident) -> IncidentCard:
    """Make one card."""
    zone = ZoneInfo(visit.workspace.zone) if visit.workspace else ZoneInfo("UTC")
    view = view_incident(store, visit.caller.workspace, incident)
    return IncidentCard(view, zone, _bars(view, zone))


def _bars(view: IncidentView, zone: ZoneInfo) -> tuple[Bar, ...]:
    most = max(count for _, count in view.growth)
    slot = WIDTH / max(len(view.growth), 12)
    return tuple(
        Bar(
            round(order * slot, 2),
            round(HEIGHT * (1 - count / most), 2),
            round(max(slot - 1, 0.75 * slot), 2),
            round(HEIGHT * count / most, 2),
            f"{start.astimezone(UTC).astimezone(zone):%a %d %b, %H:%M}: {count}",
        )
        for order, (start, count) in enumerate(view.growth)
    )
