"""An alert about volume as people see it: what, how sure, why, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

__all__ = ["Alert", "AlertKind", "AlertState", "PlannerSettings", "alert_id"]


class AlertKind(StrEnum):
    """What an alert warns of."""

    AHEAD = "ahead"
    """A day to come will probably exceed its threshold (demand spike)."""
    BURST = "burst"
    """More tickets came within hours than is probable (incident burst)."""
    CAPACITY = "capacity"
    """The work of days to come will probably take more hours than are scheduled (capacity spike)."""


class AlertState(StrEnum):
    """What people did with an alert."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    FALSE = "false"
    """It was nothing; the next limits take that into account."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert.

    Parameters
    ----------
    alert_id : str
        Follows from what it is about, so that it is raised once.
    kind : AlertKind
    series : str
        ``total``, or the label that stands out, such as ``category=vpn``; of a capacity spike ``team=`` it.
    begins_at, ends_at : datetime
        The day, the hours of the burst as far as known, or the days on which people lack.
    count : float or None
        Tickets that came; None for what is ahead.
    expected : float
        Tickets that are usual (burst) or forecast (ahead); paid hours that the worst day takes (capacity).
    threshold : float or None
        From which count on a day ahead is a spike; paid hours scheduled on the worst day (capacity).
    probability : float or None
        That a day ahead, or the worst day, exceeds its threshold.
    strength : float
        Evidence over what was needed to raise it; 1 and above.
    why : Mapping
        What explains it; values that JSON can hold. ``tickets`` of a burst may be joined by their ids and
        ``incident`` by that of a suspected incident.
    """

    alert_id: str
    kind: AlertKind
    series: str
    begins_at: datetime
    ends_at: datetime
    count: float | None
    expected: float
    threshold: float | None
    probability: float | None
    strength: float
    why: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlannerSettings:
    """What a planner sets for a workspace's alerts.

    Parameters
    ----------
    alerts_per_month : float, default 4
        How many alerts of bursts are bearable in a month in which nothing happens; 0 raises none.
    least_probability : float, default 0.5
        From which probability on a day ahead, of volume or of too few people, is told of.
    ahead_per_month : int, default 8
        At most so many days ahead are told of within thirty days, the likeliest first; 0 tells of none.
    capacity_per_month : int, default 8
        The same of shortages of people.
    """

    alerts_per_month: float = 4.0
    least_probability: float = 0.5
    ahead_per_month: int = 8
    capacity_per_month: int = 8


def alert_id(workspace: str, kind: AlertKind, series: str, begins_at: datetime) -> str:
    """Return the id of the alert about this."""
    about = "\n".join((workspace, kind.value, series, begins_at.isoformat()))
    return sha256(about.encode()).hexdigest()[:32]
