"""Who handled which ticket, event by event, and how often a workspace's agents and work changed."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ROWS = 10_000
DONE = ("canceled", "cancelled", "closed", "done", "rejected", "resolved", "solved")


def upgrade() -> None:
    handled = op.create_table(
        "handled",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ticket_id", sa.String(length=200), nullable=False),
        sa.Column("agent", sa.String(length=320), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "revision", "place", name=op.f("pk_handled")),
    )
    op.create_index("ix_handled_workspace_at", "handled", ["workspace", "at"])
    revisions = op.create_table(
        "revisions",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "kind", name=op.f("pk_revisions")),
    )
    _read_in(op.get_bind(), handled, revisions)


def _read_in(connection: sa.Connection, handled: sa.Table, revisions: sa.Table) -> None:
    """Take what the tickets that are stored already tell as the first revision."""
    moments = [
        sa.column(f"{name}_at", sa.DateTime(timezone=True))
        for name in ("created", "assigned", "first_response", "resolved", "closed", "updated")
    ]
    tickets = sa.table(
        "tickets",
        sa.column("workspace", sa.String()),
        sa.column("ticket_id", sa.String()),
        sa.column("labels", sa.JSON()),
        sa.column("status", sa.String()),
        *moments,
    )
    places: dict[str, int] = {}
    after = ("", "")
    while True:
        here = sa.or_(
            tickets.c.workspace > after[0],
            sa.and_(tickets.c.workspace == after[0], tickets.c.ticket_id > after[1]),
        )
        query = sa.select(tickets).where(here).order_by(tickets.c.workspace, tickets.c.ticket_id)
        rows = connection.execute(query.limit(ROWS)).all()
        events = []
        for row in rows:
            agent = row.labels.get("assignee")
            if not agent:
                continue
            at = row.assigned_at or row.first_response_at or row.resolved_at or row.created_at
            is_done = row.resolved_at or row.closed_at or row.status is None or row.status.lower() in DONE
            place = places[row.workspace] = places.get(row.workspace, -1) + 1
            events.append(
                {
                    "workspace": row.workspace,
                    "revision": 1,
                    "place": place,
                    "ticket_id": row.ticket_id,
                    "agent": agent,
                    "kind": "resolved" if is_done else "assigned",
                    "at": _with_zone(at or row.updated_at),
                }
            )
        if events:
            connection.execute(sa.insert(handled), events)
        if len(rows) < ROWS:
            break
        after = (rows[-1].workspace, rows[-1].ticket_id)
    if places:
        first = [{"workspace": one, "kind": "work", "revision": 1} for one in places]
        connection.execute(sa.insert(revisions), first)


def _with_zone(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def downgrade() -> None:
    op.drop_table("revisions")
    op.drop_index("ix_handled_workspace_at", "handled")
    op.drop_table("handled")
