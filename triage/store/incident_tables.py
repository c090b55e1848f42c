"""The tables of suspected incidents, of how far the watch has come, and of which ticket is whose child."""

from sqlalchemy import JSON, Column, Float, ForeignKey, Index, Integer, String, Table

from triage.store.schema import UtcDateTime, metadata

__all__ = ["incident_tickets", "incident_watches", "incidents", "ticket_parents"]

incidents = Table(
    "incidents",
    metadata,
    Column("incident_id", String(40), primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("raised_by", String(200), nullable=False),
    Column("raised_at", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    Column("bursts", JSON, nullable=False),
    Column("spelling", JSON, nullable=False),
    Column("volume", Integer, nullable=False),
    Column("volume_expected", Float, nullable=False),
    Column("surprise", Float, nullable=False),
    Column("state", String(20), nullable=False),
    Column("parent_id", String(200)),
    Column("judged_at", UtcDateTime),
    Column("judged_by", String(320)),
    Index(None, "workspace", "raised_at"),
    Index(None, "workspace", "last_at"),
)

incident_tickets = Table(
    "incident_tickets",
    metadata,
    Column("incident_id", String(40), ForeignKey("incidents.incident_id"), primary_key=True),
    Column("ticket_id", String(200), primary_key=True),
    Column("filed_at", UtcDateTime, nullable=False),
)

incident_watches = Table(
    "incident_watches",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("began_at", UtcDateTime, nullable=False),
    Column("looked_at", UtcDateTime, nullable=False),
    Column("threshold", Float, nullable=False),
    Column("basis", JSON, nullable=False),
    Column("holder", String(40), nullable=False),
    Column("held_until", UtcDateTime, nullable=False),
)

ticket_parents = Table(
    "ticket_parents",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("ticket_id", String(200), primary_key=True),
    Column("parent_id", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("incident_id", String(40)),
    Column("linked_at", UtcDateTime, nullable=False),
    Column("linked_by", String(320), nullable=False),
    Index(None, "workspace", "parent_id"),
)
