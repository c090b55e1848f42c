"""What was expected of a ticket's time when it was decided, and the values that its promise goes by."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sla_outlooks",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("ticket_id", sa.String(length=200), nullable=False),
        sa.Column("field_values", sa.JSON(), nullable=False),
        sa.Column("resolution_hours", sa.JSON(), nullable=False),
        sa.Column("breach", sa.Float(), nullable=True),
        sa.Column("reassignment", sa.Float(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "ticket_id", name=op.f("pk_sla_outlooks")),
    )


def downgrade() -> None:
    op.drop_table("sla_outlooks")
