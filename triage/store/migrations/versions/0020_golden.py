"""Tickets that are kept back from every training, with their values of then."""

import sqlalchemy as sa
from alembic import op

from triage.store.row_security import protect_table, unprotect_table

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "golden_tickets",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("ticket_id", sa.String(length=200), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "ticket_id", name=op.f("pk_golden_tickets")),
    )
    protect_table("golden_tickets")


def downgrade() -> None:
    op.execute("DELETE FROM revisions WHERE kind = 'golden'")  # Which earlier versions do not know.
    unprotect_table("golden_tickets")
    op.drop_table("golden_tickets")
