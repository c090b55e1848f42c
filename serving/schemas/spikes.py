"""Alerts of volume, and what a planner sets for them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field

from serving.schemas.base import Input, Moment, Output
from triage.spikes.alert import PlannerSettings
from triage.spikes.said import say
from triage.store.volume_alerts import StoredAlert

__all__ = [
    "AlertKindName",
    "AlertListOut",
    "AlertOut",
    "AlertSettingsIn",
    "AlertSettingsOut",
    "AlertStateIn",
    "AlertStateName",
]

AlertKindName = Literal["ahead", "burst", "capacity"]
AlertStateName = Literal["open", "acknowledged", "snoozed", "false"]
EXAMPLE_SETTINGS: dict[str, Any] = {
    "alerts_per_month": 4.0,
    "least_probability": 0.5,
    "ahead_per_month": 8,
    "capacity_per_month": 8,
}
EXAMPLE: dict[str, Any] = {
    "alert_id": "3f2a9c0d7b5e4a1c8d6f0e9b2a4c6d8e",
    "kind": "burst",
    "series": "category=vpn",
    "begins_at": "2026-03-03T09:00:00Z",
    "ends_at": "2026-03-03T12:00:00Z",
    "count": 48.0,
    "expected": 14.2,
    "threshold": None,
    "probability": None,
    "strength": 2.3,
    "why": {"too_many": [{"series": "category=vpn", "tickets": 33.8}]},
    "said": "48 tickets of vpn in 3 hours, where 14 are usual.",
    "raised_at": "2026-03-03T10:05:00Z",
    "state": "open",
    "state_at": None,
    "state_by": None,
    "snoozed_until": None,
}


class AlertOut(Output):
    """An alert, what explains it, and what became of it."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    alert_id: str
    kind: AlertKindName = Field(
        description="`ahead`: a day will probably exceed its threshold; `burst`: too many within hours; "
        "`capacity`: the work of a team's days ahead will probably take more than is scheduled."
    )
    series: str
    begins_at: datetime
    ends_at: datetime
    count: float | None = Field(description="Tickets that came; null for what is ahead.")
    expected: float = Field(
        description="Tickets that are usual, or forecast for a day ahead; `capacity`: hours that the worst "
        "day takes."
    )
    threshold: float | None = Field(
        description="From this count on a day ahead is a spike; `capacity`: hours scheduled on the worst day."
    )
    probability: float | None = Field(description="That a day ahead is a spike, of tickets or of work.")
    strength: float = Field(description="Evidence over what was needed; 1 and above.")
    why: dict[str, Any] = Field(description="What explains it.")
    said: str = Field(description="The same in words.")
    raised_at: datetime
    state: AlertStateName
    state_at: datetime | None
    state_by: str | None
    snoozed_until: datetime | None

    @classmethod
    def of(cls, one: StoredAlert) -> "AlertOut":
        """Translate."""
        alert = one.alert
        return cls(
            **{
                name: getattr(alert, name) for name in ("alert_id", "series", "begins_at", "ends_at", "count")
            },
            **{name: getattr(alert, name) for name in ("expected", "threshold", "probability", "strength")},
            kind=alert.kind.value,
            why=dict(alert.why),
            said=say(alert),
            raised_at=one.raised_at,
            state=one.state.value,
            state_at=one.state_at,
            state_by=one.state_by,
            snoozed_until=one.snoozed_until,
        )


class AlertListOut(Output):
    """Alerts, newest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"alerts": [EXAMPLE]}]})

    alerts: list[AlertOut]

    @classmethod
    def of(cls, alerts: Sequence[StoredAlert]) -> "AlertListOut":
        """Translate."""
        return cls(alerts=[AlertOut.of(one) for one in alerts])


class AlertStateIn(Input):
    """What somebody did with an alert."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"state": "acknowledged", "until": None}]})

    state: AlertStateName = Field(
        description="`false` says that nothing was the matter; later limits take that into account."
    )
    until: Moment | None = Field(None, description="How long an alert is snoozed; needed with `snoozed`.")


class AlertSettingsIn(Input):
    """What a planner sets for alerts."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_SETTINGS]})

    alerts_per_month: float = Field(
        4.0, ge=0, le=100, description="Alerts of bursts in a month when nothing happens; 0 raises none."
    )
    least_probability: float = Field(0.5, ge=0.05, le=0.99, description="From which a day ahead is told of.")
    ahead_per_month: int = Field(8, ge=0, le=100, description="Days ahead told of in thirty days, at most.")
    capacity_per_month: int = Field(
        8, ge=0, le=100, description="Shortages of people told of in thirty days, at most."
    )

    def settings(self) -> PlannerSettings:
        """Translate."""
        return PlannerSettings(**self.model_dump())


class AlertSettingsOut(Output):
    """What a planner set for alerts."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_SETTINGS]})

    alerts_per_month: float
    least_probability: float
    ahead_per_month: int
    capacity_per_month: int

    @classmethod
    def of(cls, settings: PlannerSettings) -> "AlertSettingsOut":
        """Translate."""
        return cls(
            alerts_per_month=settings.alerts_per_month,
            least_probability=settings.least_probability,
            ahead_per_month=settings.ahead_per_month,
            capacity_per_month=settings.capacity_per_month,
        )
