"""Suspected incidents, how far the watch has come, and which ticket is whose child."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "incidents",
        sa.Column("incident_id", sa.String(length=40), nullable=False),
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("raised_by", sa.String(length=200), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("bursts", sa.JSON(), nullable=False),
        sa.Column("spelling", sa.JSON(), nullable=False),
        sa.Column("volume", sa.Integer(), nullable=False),
        sa.Column("volume_expected", sa.Float(), nullable=False),
        sa.Column("surprise", sa.Float(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("parent_id", sa.String(length=200)),
        sa.Column("judged_at", sa.DateTime(timezone=True)),
        sa.Column("judged_by", sa.String(length=320)),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_incidents")),
    )
    op.create_index("ix_incidents_workspace_raised_at", "incidents", ["workspace", "raised_at"])
    op.create_index("ix_incidents_workspace_last_at", "incidents", ["workspace", "last_at"])
    op.create_table(
        "incident_tickets",
        sa.Column("incident_id", sa.String(length=40), nullable=False),
        sa.Column("ticket_id", sa.String(length=200), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incidents.incident_id"],
            name=op.f("fk_incident_tickets_incident_id_incidents"),
        ),
        sa.PrimaryKeyConstraint("incident_id", "ticket_id", name=op.f("pk_incident_tickets")),
    )
    op.create_table(
        "incident_watches",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("threshold", sa.Float(), nullable=False),
        sa.Column("basis", sa.JSON(), nullable=False),
        sa.Column("holder", sa.String(length=40), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", name=op.f("pk_incident_watches")),
    )
    op.create_table(
        "ticket_parents",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("ticket_id", sa.String(length=200), nullable=False),
        sa.Column("parent_id", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("incident_id", sa.String(length=40)),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("linked_by", sa.String(length=320), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "ticket_id", name=op.f("pk_ticket_parents")),
    )
    op.create_index("ix_ticket_parents_workspace_parent_id", "ticket_parents", ["workspace", "parent_id"])


def downgrade() -> None:
    op.drop_index("ix_ticket_parents_workspace_parent_id", "ticket_parents")
    op.drop_table("ticket_parents")
    op.drop_table("incident_watches")
    op.drop_table("incident_tickets")
    op.drop_index("ix_incidents_workspace_last_at", "incidents")
    op.drop_index("ix_incidents_workspace_raised_at", "incidents")
    op.drop_table("incidents")
