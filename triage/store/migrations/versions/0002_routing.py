"""Routing: what agents can do, absences, who was given what."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("agents", schema=None) as batch_op:
        # Agents that are there already get the defaults; the store always writes every column.
        batch_op.add_column(sa.Column("skill_levels", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("languages", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("zone", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("teams", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.create_table(
        "agent_absences",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("agent", sa.String(length=320), nullable=False),
        sa.Column("absence_id", sa.String(length=64), nullable=False),
        sa.Column("uid", sa.Text(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_from_calendar", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "agent", "absence_id", name=op.f("pk_agent_absences")),
    )
    op.create_table(
        "assignments",
        sa.Column("assignment_id", sa.String(length=40), nullable=False),
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("ticket_id", sa.String(length=200), nullable=False),
        sa.Column("agent", sa.String(length=320), nullable=True),
        sa.Column("team", sa.String(length=200), nullable=True),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assigned_by", sa.String(length=320), nullable=False),
        sa.Column("reason", sa.String(length=100), nullable=True),
        sa.Column("affinity", sa.Float(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("assignment_id", name=op.f("pk_assignments")),
    )
    with op.batch_alter_table("assignments", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_assignments_workspace_ticket_id_assigned_at"),
            ["workspace", "ticket_id", "assigned_at"],
        )
        batch_op.create_index(
            batch_op.f("ix_assignments_workspace_assigned_at"), ["workspace", "assigned_at"]
        )
    op.create_index(
        "ix_tickets_workspace_open",
        "tickets",
        ["workspace", "status"],
        sqlite_where=sa.text("resolved_at IS NULL AND closed_at IS NULL"),
        postgresql_where=sa.text("resolved_at IS NULL AND closed_at IS NULL"),
    )
    op.create_index("ix_tickets_workspace_assigned_at", "tickets", ["workspace", "assigned_at"])


def downgrade() -> None:
    op.drop_index("ix_tickets_workspace_assigned_at", "tickets")
    op.drop_index("ix_tickets_workspace_open", "tickets")
    op.drop_table("assignments")
    op.drop_table("agent_absences")
    with op.batch_alter_table("agents", schema=None) as batch_op:
        for name in ("active", "teams", "zone", "languages", "skill_levels"):
            batch_op.drop_column(name)
