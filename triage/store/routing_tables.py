"""The tables of routing: absences, who was given what, who handled what, and how often that changed."""

from sqlalchemy import Boolean, Column, Float, Index, Integer, String, Table, Text

from triage.store.schema import UtcDateTime, metadata

__all__ = ["agent_absences", "assignments", "handled", "revisions"]

agent_absences = Table(
    "agent_absences",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("agent", String(320), primary_key=True),
    Column("absence_id", String(64), primary_key=True),
    Column("uid", Text),
    Column("starts_at", UtcDateTime),
    Column("ends_at", UtcDateTime),
    Column("is_from_calendar", Boolean, nullable=False),
)

assignments = Table(
    "assignments",
    metadata,
    Column("assignment_id", String(40), primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("ticket_id", String(200), nullable=False),
    Column("agent", String(320)),
    Column("team", String(200)),
    Column("assigned_at", UtcDateTime, nullable=False),
    Column("assigned_by", String(320), nullable=False),
    Column("reason", String(100)),
    Column("affinity", Float),
    Column("detail", Text, nullable=False, default=""),
    Column("ended_at", UtcDateTime),
    Index(None, "workspace", "ticket_id", "assigned_at"),
    Index(None, "workspace", "assigned_at"),
)
Index(
    "ix_assignments_workspace_going_on",
    assignments.c.workspace,
    assignments.c.ticket_id,
    sqlite_where=assignments.c.ended_at.is_(None),
    postgresql_where=assignments.c.ended_at.is_(None),
)

handled = Table(
    "handled",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("ticket_id", String(200), nullable=False),
    Column("agent", String(320), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "workspace", "at"),
)

revisions = Table(
    "revisions",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("revision", Integer, nullable=False),
)
