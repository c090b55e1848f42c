"""The table of what became of articles for tickets, event by event."""

from sqlalchemy import Column, Integer, String, Table

from triage.store.schema import UtcDateTime, metadata

__all__ = ["link_events"]

link_events = Table(
    "link_events",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("ticket_id", String(200), nullable=False),
    Column("article_id", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("known_at", UtcDateTime),
    Column("noted_at", UtcDateTime, nullable=False),
)
