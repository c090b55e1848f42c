"""The tables of promises of time: books, outlooks, pauses, events, and messages that tell of them."""

from sqlalchemy import JSON, Column, Float, ForeignKey, Index, Integer, String, Table

from triage.store.schema import UtcDateTime, metadata
from triage.store.sealed_text import sealed_text

__all__ = ["outbox", "sla_books", "sla_events", "sla_outlooks", "sla_pauses", "webhook_endpoints"]

sla_books = Table(
    "sla_books",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("document", JSON, nullable=False),
    Column("version", Integer, nullable=False),
    Column("in_force_from", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("updated_by", String(320), nullable=False),
)

sla_outlooks = Table(
    "sla_outlooks",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("ticket_id", String(200), primary_key=True),
    Column("field_values", JSON, nullable=False),
    Column("resolution_hours", JSON, nullable=False),
    Column("breach", Float),
    Column("reassignment", Float),
    Column("made_at", UtcDateTime, nullable=False),
)

sla_pauses = Table(
    "sla_pauses",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("ticket_id", String(200), primary_key=True),
    Column("started_at", UtcDateTime, primary_key=True),
    Column("ended_at", UtcDateTime),
)

sla_events = Table(
    "sla_events",
    metadata,
    Column("event_id", String(40), primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("ticket_id", String(200), nullable=False),
    Column("policy", String(200), nullable=False),
    Column("target", String(20), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("share", Float, nullable=False),
    Column("addressee", String(320), nullable=False),
    Column("recipient", String(320)),
    Column("fell_due_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("raised_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime),
    Column("seen_by", String(320)),
    Index(None, "workspace", "raised_at"),
    Index(None, "workspace", "ticket_id"),
)

webhook_endpoints = Table(
    "webhook_endpoints",
    metadata,
    Column("endpoint_id", String(40), primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("url", sealed_text(2000), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("disabled_at", UtcDateTime),
    Column("disabled_because", String(400)),
    Index(None, "workspace"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("message_id", String(90), primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("endpoint_id", String(40), ForeignKey("webhook_endpoints.endpoint_id"), nullable=False),
    Column("kind", String(60), nullable=False),
    Column("body", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", UtcDateTime),
    Column("delivered_at", UtcDateTime),
    Column("given_up_at", UtcDateTime),
    Column("problem", String(400)),
    Index(None, "next_attempt_at"),
)
