"""Planners: alerts of volume, their settings, known events, overrides of forecasts."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "volume_alerts",
        sa.Column("alert_id", sa.String(length=40), nullable=False),
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("series", sa.String(length=400), nullable=False),
        sa.Column("begins_at", WHEN, nullable=False),
        sa.Column("ends_at", WHEN, nullable=False),
        sa.Column("count", sa.Float(), nullable=True),
        sa.Column("expected", sa.Float(), nullable=False),
        sa.Column("threshold", sa.Float(), nullable=True),
        sa.Column("probability", sa.Float(), nullable=True),
        sa.Column("strength", sa.Float(), nullable=False),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.Column("raised_at", WHEN, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("state_at", WHEN, nullable=True),
        sa.Column("state_by", sa.String(length=320), nullable=True),
        sa.Column("snoozed_until", WHEN, nullable=True),
        sa.PrimaryKeyConstraint("alert_id", name=op.f("pk_volume_alerts")),
    )
    op.create_index("ix_volume_alerts_workspace_raised_at", "volume_alerts", ["workspace", "raised_at"])
    op.create_table(
        "planner_settings",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("updated_at", WHEN, nullable=False),
        sa.Column("updated_by", sa.String(length=320), nullable=False),
        sa.PrimaryKeyConstraint("workspace", name=op.f("pk_planner_settings")),
    )
    op.create_table(
        "known_events",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("event_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=100), nullable=False),
        sa.Column("title", sa.String(length=400), nullable=False),
        sa.Column("first_day", sa.String(length=10), nullable=False),
        sa.Column("last_day", sa.String(length=10), nullable=False),
        sa.Column("series", sa.String(length=400), nullable=False),
        sa.Column("factor", sa.Float(), nullable=True),
        sa.Column("changed_at", WHEN, nullable=False),
        sa.Column("changed_by", sa.String(length=320), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "event_id", name=op.f("pk_known_events")),
    )
    op.create_index("ix_known_events_workspace_first_day", "known_events", ["workspace", "first_day"])
    op.create_table(
        "overrides",
        sa.Column("override_id", sa.String(length=40), nullable=False),
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("interval", sa.String(length=10), nullable=False),
        sa.Column("series", sa.String(length=400), nullable=False),
        sa.Column("start", WHEN, nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("model_mean", sa.Float(), nullable=False),
        sa.Column("author", sa.String(length=320), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("made_at", WHEN, nullable=False),
        sa.Column("withdrawn_at", WHEN, nullable=True),
        sa.Column("withdrawn_by", sa.String(length=320), nullable=True),
        sa.PrimaryKeyConstraint("override_id", name=op.f("pk_overrides")),
    )
    op.create_index("ix_overrides_workspace_start", "overrides", ["workspace", "start"])


def downgrade() -> None:
    for name in ("overrides", "known_events", "planner_settings", "volume_alerts"):
        op.drop_table(name)
