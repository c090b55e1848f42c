"""Which tickets changed hands since a count of the work in hand, and indexes of open and changed ones."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

OPEN = sa.text("resolved_at IS NULL AND closed_at IS NULL")
STAMPED = sa.text("work > 0")
GOING_ON = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.add_column("tickets", sa.Column("work", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.drop_index("ix_tickets_workspace_open", "tickets")
    op.create_index(
        "ix_tickets_workspace_open",
        "tickets",
        ["workspace", "resolved_at", "closed_at", "status"],
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index(
        "ix_tickets_workspace_work",
        "tickets",
        ["workspace", "work"],
        sqlite_where=STAMPED,
        postgresql_where=STAMPED,
    )
    op.create_index(
        "ix_assignments_workspace_going_on",
        "assignments",
        ["workspace", "ticket_id"],
        sqlite_where=GOING_ON,
        postgresql_where=GOING_ON,
    )
    op.create_index("ix_tickets_workspace_updated_at", "tickets", ["workspace", "updated_at"])


def downgrade() -> None:
    op.drop_index("ix_tickets_workspace_updated_at", "tickets")
    op.drop_index("ix_assignments_workspace_going_on", "assignments")
    op.drop_index("ix_tickets_workspace_work", "tickets")
    op.drop_index("ix_tickets_workspace_open", "tickets")
    op.create_index(
        "ix_tickets_workspace_open",
        "tickets",
        ["workspace", "status"],
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.drop_column("tickets", "work")
