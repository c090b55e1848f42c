"""Replies, macros, solved tickets, what was suggested and said of it, and which articles anybody may read."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def _workspace() -> sa.Column[str]:
    return sa.Column("workspace", sa.String(length=64), nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    # Not public unless somebody says so: an article may be meant for agents only.
    op.add_column("articles", sa.Column("public", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "replies",
        _workspace(),
        sa.Column("ticket_id", sa.String(length=200), nullable=False),
        sa.Column("reply_id", sa.String(length=200), nullable=False),
        _moment("created_at", nullable=True),
        sa.Column("agent", sa.String(length=320)),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("by_requester", sa.Boolean(), nullable=False),
        sa.Column("is_solution", sa.Boolean(), nullable=False),
        sa.Column("helpful", sa.Integer(), nullable=False),
        sa.Column("unhelpful", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "ticket_id", "reply_id", name=op.f("pk_replies")),
    )
    op.create_table(
        "macros",
        _workspace(),
        sa.Column("macro_id", sa.String(length=200), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        _moment("updated_at"),
        sa.PrimaryKeyConstraint("workspace", "macro_id", name=op.f("pk_macros")),
    )
    op.create_table(
        "solved_tickets",
        _workspace(),
        sa.Column("ticket_id", sa.String(length=200), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "ticket_id", name=op.f("pk_solved_tickets")),
    )
    op.create_index("ix_solved_tickets_workspace_revision", "solved_tickets", ["workspace", "revision"])
    op.create_table(
        "suggestions",
        sa.Column("suggestion_id", sa.String(length=40), nullable=False),
        _workspace(),
        sa.Column("audience", sa.String(length=20), nullable=False),
        sa.Column("ticket_id", sa.String(length=200)),
        sa.Column("requester", sa.String(length=320)),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("chance", sa.Float()),
        _moment("created_at"),
        sa.Column("filed_ticket_id", sa.String(length=200)),
        _moment("filed_at", nullable=True),
        sa.Column("matched_by", sa.String(length=20)),
        sa.PrimaryKeyConstraint("suggestion_id", name=op.f("pk_suggestions")),
    )
    op.create_index("ix_suggestions_workspace_created_at", "suggestions", ["workspace", "created_at"])
    op.create_index("ix_suggestions_workspace_ticket_id", "suggestions", ["workspace", "ticket_id"])
    op.create_index(
        "ix_suggestions_workspace_requester_created_at",
        "suggestions",
        ["workspace", "requester", "created_at"],
    )
    op.create_table(
        "suggestion_feedback",
        sa.Column("feedback_id", sa.String(length=40), nullable=False),
        _workspace(),
        sa.Column("suggestion_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("item_id", sa.String(length=200), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("actor", sa.String(length=320), nullable=False),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("feedback_id", name=op.f("pk_suggestion_feedback")),
        sa.ForeignKeyConstraint(
            ["suggestion_id"],
            ["suggestions.suggestion_id"],
            name=op.f("fk_suggestion_feedback_suggestion_id_suggestions"),
        ),
    )
    op.create_index(
        "ix_suggestion_feedback_workspace_created_at", "suggestion_feedback", ["workspace", "created_at"]
    )
    op.create_index(
        "ix_suggestion_feedback_workspace_suggestion_id",
        "suggestion_feedback",
        ["workspace", "suggestion_id"],
    )
    op.create_table(
        "auto_resolutions",
        _workspace(),
        sa.Column("ticket_id", sa.String(length=200), nullable=False),
        sa.Column("article_id", sa.String(length=200), nullable=False),
        sa.Column("chance", sa.Float(), nullable=False),
        sa.Column("is_shadow", sa.Boolean(), nullable=False),
        _moment("created_at"),
        _moment("expires_at"),
        sa.Column("helped", sa.Boolean()),
        _moment("answered_at", nullable=True),
        sa.PrimaryKeyConstraint("workspace", "ticket_id", name=op.f("pk_auto_resolutions")),
    )
    op.create_table(
        "knowledge_reports",
        _workspace(),
        sa.Column("document", sa.JSON(), nullable=False),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("workspace", name=op.f("pk_knowledge_reports")),
    )
    _take_in_what_is_solved(op.get_bind())


def _take_in_what_is_solved(connection: sa.Connection) -> None:
    """Take the tickets that have a resolution already as the first revision."""
    connection.execute(
        sa.text(
            "INSERT INTO solved_tickets (workspace, ticket_id, revision) "
            "SELECT workspace, ticket_id, 1 FROM tickets WHERE resolution IS NOT NULL AND resolution <> ''"
        )
    )
    connection.execute(
        sa.text(
            "INSERT INTO revisions (workspace, kind, revision) "
            "SELECT DISTINCT workspace, 'solutions', 1 FROM solved_tickets"
        )
    )


def downgrade() -> None:
    op.drop_table("knowledge_reports")
    op.drop_table("auto_resolutions")
    op.drop_index("ix_suggestion_feedback_workspace_suggestion_id", "suggestion_feedback")
    op.drop_index("ix_suggestion_feedback_workspace_created_at", "suggestion_feedback")
    op.drop_table("suggestion_feedback")
    op.drop_index("ix_suggestions_workspace_requester_created_at", "suggestions")
    op.drop_index("ix_suggestions_workspace_ticket_id", "suggestions")
    op.drop_index("ix_suggestions_workspace_created_at", "suggestions")
    op.drop_table("suggestions")
    op.drop_index("ix_solved_tickets_workspace_revision", "solved_tickets")
    op.drop_table("solved_tickets")
    op.drop_table("macros")
    op.drop_table("replies")
    op.execute("DELETE FROM revisions WHERE kind = 'solutions'")
    op.drop_column("articles", "public")
