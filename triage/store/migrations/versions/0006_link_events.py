"""Which article was used or dismissed for which ticket, event by event, so that servers can follow."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "link_events",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ticket_id", sa.String(length=200), nullable=False),
        sa.Column("article_id", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("known_at", sa.DateTime(timezone=True)),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "revision", "place", name=op.f("pk_link_events")),
    )
    # The links that stand already are the first revision.
    op.execute(
        "INSERT INTO link_events "
        "(workspace, revision, place, ticket_id, article_id, kind, known_at, noted_at) "
        "SELECT workspace, 1, ROW_NUMBER() OVER (PARTITION BY workspace ORDER BY ticket_id, article_id) - 1, "
        "ticket_id, article_id, 'used', created_at, CURRENT_TIMESTAMP FROM article_links"
    )
    op.execute(
        "INSERT INTO revisions (workspace, kind, revision) "
        "SELECT DISTINCT workspace, 'links', 1 FROM article_links"
    )


def downgrade() -> None:
    op.execute("DELETE FROM revisions WHERE kind = 'links'")
    op.drop_table("link_events")
