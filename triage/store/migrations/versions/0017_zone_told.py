"""Whether somebody said in which zone a workspace is; UTC until then. Of another zone somebody did."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("workspaces") as batch_op:
        batch_op.add_column(sa.Column("zone_told", sa.Boolean(), nullable=False, server_default=sa.false()))
    places = sa.table("workspaces", sa.column("zone", sa.String()), sa.column("zone_told", sa.Boolean()))
    op.execute(sa.update(places).where(places.c.zone != "UTC").values(zone_told=sa.true()))
    with op.batch_alter_table("workspaces") as batch_op:
        batch_op.alter_column("zone_told", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("workspaces") as batch_op:
        batch_op.drop_column("zone_told")
