"""Row-level security on PostgreSQL: a transaction sees and writes one workspace's rows, or says why all."""

from triage.store.row_security import part_of, protect_table, unprotect_table

revision = "0015"
down_revision = "0013"
branch_labels = None
depends_on = None

OWN = (
    "agent_absences",
    "agents",
    "api_keys",
    "article_links",
    "articles",
    "assignments",
    "audit_heads",
    "audit_log",
    "auto_resolutions",
    "decisions",
    "erasures",
    "feedback",
    "handled",
    "idempotency_keys",
    "imports",
    "incident_watches",
    "incidents",
    "knowledge_reports",
    "known_events",
    "link_events",
    "macros",
    "outbox",
    "overrides",
    "planner_settings",
    "policies",
    "replies",
    "revisions",
    "runs",
    "sla_books",
    "sla_events",
    "sla_outlooks",
    "sla_pauses",
    "snapshots",
    "solved_tickets",
    "staffing_baselines",
    "staffing_setups",
    "suggestion_feedback",
    "suggestions",
    "ticket_parents",
    "tickets",
    "users",
    "volume_alerts",
    "webhook_endpoints",
    "workspaces",
)
"""Tables whose rows name their workspace."""

PARTS = {
    "incident_tickets": ("incidents", "incident_id"),
    "snapshot_rows": ("snapshots", "snapshot_id"),
}
"""Tables whose rows are a workspace's because what they are part of is."""


def upgrade() -> None:
    for table in OWN:
        protect_table(table)
    for table, (whole, key) in PARTS.items():
        protect_table(table, part_of(table, whole, key))


def downgrade() -> None:
    for table in (*PARTS, *OWN):
        unprotect_table(table)
