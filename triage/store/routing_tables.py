"""The tables of routing: absences, who was given what, who handled what, and how often that changed.

What open tickets are found by is here, too.
"""

from sqlalchemy import Boolean, Column, Float, Index, Integer, String, Table, Text, and_, text

from triage.store.schema import UtcDateTime, metadata, tickets

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

_open = and_(tickets.c.resolved_at.is_(None), tickets.c.closed_at.is_(None))
Index(
    "ix_tickets_workspace_open",
    tickets.c.workspace,
    tickets.c.resolved_at,  # Null here, as the next: SQLite, without statistics, sees that it fits best.
    tickets.c.closed_at,
    tickets.c.status,
    sqlite_where=_open,
    postgresql_where=_open,
)
_changed = tickets.c.work > text("0")
Index(
    "ix_tickets_workspace_work",
    tickets.c.workspace,
    tickets.c.work,
    sqlite_where=_changed,
    postgresql_where=_changed,
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
