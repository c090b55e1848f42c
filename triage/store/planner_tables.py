"""The tables of planners: alerts of volume and what became of them, settings, known events, overrides."""

from sqlalchemy import JSON, Column, Float, Index, String, Table

from triage.store.schema import UtcDateTime, metadata

__all__ = ["known_events", "overrides", "planner_settings", "volume_alerts"]

volume_alerts = Table(
    "volume_alerts",
    metadata,
    Column("alert_id", String(40), primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("series", String(400), nullable=False),
    Column("begins_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("count", Float),
    Column("expected", Float, nullable=False),
    Column("threshold", Float),
    Column("probability", Float),
    Column("strength", Float, nullable=False),
    Column("why", JSON, nullable=False),
    Column("raised_at", UtcDateTime, nullable=False),
    Column("state", String(20), nullable=False),
    Column("state_at", UtcDateTime),
    Column("state_by", String(320)),
    Column("snoozed_until", UtcDateTime),
    Index(None, "workspace", "raised_at"),
)

planner_settings = Table(
    "planner_settings",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("document", JSON, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("updated_by", String(320), nullable=False),
)

known_events = Table(
    "known_events",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("event_id", String(40), primary_key=True),
    Column("kind", String(100), nullable=False),
    Column("title", String(400), nullable=False),
    Column("first_day", String(10), nullable=False),
    Column("last_day", String(10), nullable=False),
    Column("series", String(400), nullable=False),
    Column("factor", Float),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("changed_by", String(320), nullable=False),
    Index(None, "workspace", "first_day"),
)

overrides = Table(
    "overrides",
    metadata,
    Column("override_id", String(40), primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("interval", String(10), nullable=False),
    Column("series", String(400), nullable=False),
    Column("start", UtcDateTime, nullable=False),
    Column("value", Float, nullable=False),
    Column("model_mean", Float, nullable=False),
    Column("author", String(320), nullable=False),
    Column("reason", String(2000), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("withdrawn_at", UtcDateTime),
    Column("withdrawn_by", String(320)),
    Index(None, "workspace", "start"),
)
