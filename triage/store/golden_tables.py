"""The table of golden tickets."""

from sqlalchemy import JSON, Column, Integer, String, Table

from triage.store.schema import UtcDateTime, metadata

__all__ = ["golden_tickets"]

golden_tickets = Table(
    "golden_tickets",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("ticket_id", String(200), primary_key=True),
    Column("labels", JSON, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("frozen_at", UtcDateTime, nullable=False),
)
