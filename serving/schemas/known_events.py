"""Known events, and figures put in place of the model's."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from serving.schemas.base import Input, Moment, Output, SafeText
from serving.schemas.forecasts import IntervalName
from triage.known_event import LEAST_FACTOR, MOST_FACTOR, KnownEvent
from triage.store.overrides import Override

__all__ = [
    "EventIn",
    "EventListOut",
    "EventOut",
    "EventsCsvIn",
    "OverrideIn",
    "OverrideListOut",
    "OverrideOut",
]

Day = Annotated[date, Field(strict=False, examples=["2026-04-14"])]
EXAMPLE: dict[str, Any] = {
    "kind": "release",
    "title": "Version 7",
    "first_day": "2026-04-14",
    "last_day": "2026-04-16",
    "series": "total",
    "factor": 1.4,
}
EXAMPLE_OVERRIDE: dict[str, Any] = {
    "interval": "day",
    "series": "total",
    "start": "2026-04-14T00:00:00Z",
    "value": 180.0,
    "reason": "Marketing mails 40,000 customers.",
}


class EventIn(Input):
    """An event to put on the calendar."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    kind: SafeText = Field(
        min_length=1, max_length=100, description="Its effect is learnt from earlier ones."
    )
    title: SafeText = Field(min_length=1, max_length=400)
    first_day: Day
    last_day: Day
    series: SafeText = Field("total", min_length=1, max_length=400, description="Which series it moves.")
    factor: float | None = Field(
        None, ge=LEAST_FACTOR, le=MOST_FACTOR, description="As a multiple of an ordinary day; null is learnt."
    )

    def event(self, event_id: str) -> KnownEvent:
        """Translate."""
        return KnownEvent(event_id=event_id, **self.model_dump())


class EventOut(Output):
    """An event on the calendar."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"event_id": "release-7", **EXAMPLE, "note": None}]}
    )

    event_id: str
    kind: str
    title: str
    first_day: date
    last_day: date
    series: str
    factor: float | None
    note: str | None = Field(
        description="That the newest forecast lacks the series; the event moves nothing until one has it."
    )

    @classmethod
    def of(cls, one: KnownEvent, known: Collection[str] | None) -> "EventOut":
        """Translate; ``known`` are the series of the newest forecast, None where there is none yet."""
        note = None
        if known is not None and one.series not in known:
            note = (
                f"The newest forecast has no series {one.series}: the event moves nothing until one has it."
            )
        return cls(**{name: getattr(one, name) for name in KnownEvent.__slots__}, note=note)


class EventListOut(Output):
    """The calendar, in the order of days."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"events": [{"event_id": "r7", **EXAMPLE, "note": None}]}]}
    )

    events: list[EventOut]

    @classmethod
    def of(cls, events: Sequence[KnownEvent], known: Collection[str] | None) -> "EventListOut":
        """Translate; ``known`` as for one."""
        return cls(events=[EventOut.of(one, known) for one in events])


class EventsCsvIn(Input):
    """A calendar as a CSV file."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "csv": "event_id,kind,title,first_day,last_day,series,factor\n"
                    "release-7,release,Version 7,2026-04-14,2026-04-16,total,1.4\n"
                }
            ]
        }
    )

    csv: SafeText = Field(min_length=1, max_length=1_000_000, description="With a header.")


class OverrideIn(Input):
    """A figure to put in place of the model's."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_OVERRIDE]})

    interval: IntervalName = "day"
    series: SafeText = Field("total", min_length=1, max_length=400)
    start: Moment = Field(description="When the interval begins, as in the forecast.")
    value: float = Field(ge=0, le=1e9, description="Tickets that you expect.")
    reason: SafeText = Field(min_length=1, max_length=2000)


class OverrideOut(Output):
    """A figure of a planner beside the model's."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "override_id": "5c1d",
                    **EXAMPLE_OVERRIDE,
                    "model_mean": 121.3,
                    "author": "planner",
                    "made_at": "2026-04-01T08:00:00Z",
                    "withdrawn_at": None,
                    "withdrawn_by": None,
                }
            ]
        }
    )

    override_id: str
    interval: IntervalName
    series: str
    start: datetime
    value: float
    model_mean: float = Field(description="What the forecast expected then.")
    author: str
    reason: str
    made_at: datetime
    withdrawn_at: datetime | None
    withdrawn_by: str | None

    @classmethod
    def of(cls, one: Override) -> "OverrideOut":
        """Translate."""
        return cls(**{name: getattr(one, name) for name in Override.__slots__})


class OverrideListOut(Output):
    """Overrides in the order of their intervals."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"overrides": []}]})

    overrides: list[OverrideOut]

    @classmethod
    def of(cls, overrides: Sequence[Override]) -> "OverrideListOut":
        """Translate."""
        return cls(overrides=[OverrideOut.of(one) for one in overrides])
