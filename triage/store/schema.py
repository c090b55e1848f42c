"""The tables. Every row belongs to a workspace; times are UTC; JSON columns hold small mappings.

No table holds a secret in the clear: ``api_keys`` holds digests, and what must be read again is encrypted
(:mod:`triage.store.sealer`). ``decisions`` hold no ticket text.
"""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from triage.store.sealed_text import sealed_text
from triage.store.utc_moment import UtcDateTime

__all__ = [
    "UtcDateTime",
    "agents",
    "api_keys",
    "article_links",
    "articles",
    "decisions",
    "feedback",
    "idempotency_keys",
    "imports",
    "metadata",
    "policies",
    "runs",
    "snapshot_rows",
    "snapshots",
    "tickets",
    "workspaces",
]


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

workspaces = Table(
    "workspaces",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("country", String(8)),
    Column("made_up", Boolean, nullable=False, default=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("zone_told", Boolean, nullable=False, default=False),
)

tickets = Table(
    "tickets",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("ticket_id", String(200), primary_key=True),
    Column("created_at", UtcDateTime),
    Column("subject", Text, nullable=False, default=""),
    Column("body", Text, nullable=False, default=""),
    Column("requester", sealed_text(320)),
    Column("organization", sealed_text(320)),
    Column("channel", String(100)),
    Column("product", String(200)),
    Column("language", String(35)),
    Column("tags", JSON, nullable=False, default=list),
    Column("custom", JSON, nullable=False, default=dict),
    Column("labels", JSON, nullable=False, default=dict),
    Column("status", String(100)),
    Column("resolution", Text),
    Column("assigned_at", UtcDateTime),
    Column("first_response_at", UtcDateTime),
    Column("resolved_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Column("reopened", Integer),
    Column("reassignments", Integer),
    Column("made_sla", Boolean),
    Column("source", String(40), nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    # At which revision of the work in hand who has it, or whether anybody, was last written.
    Column("work", Integer, nullable=False, default=0, server_default=text("0")),
    Index(None, "workspace", "created_at"),
    Index(None, "workspace", "assigned_at"),
    Index(None, "workspace", "updated_at"),
)

articles = Table(
    "articles",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("article_id", String(200), primary_key=True),
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False, default=""),
    Column("body", Text, nullable=False, default=""),
    Column("url", Text),
    Column("topics", JSON, nullable=False, default=list),
    Column("products", JSON, nullable=False, default=list),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("withdrawn_at", UtcDateTime),
    Column("content_hash", String(64), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("embedding", LargeBinary),
    Column("embedding_key", String(160)),
    Column("public", Boolean, nullable=False, default=False, server_default=false()),
    Index(None, "workspace", "revision"),
)

article_links = Table(
    "article_links",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("ticket_id", String(200), primary_key=True),
    Column("article_id", String(200), primary_key=True),
    Column("created_at", UtcDateTime),
    Column("agent", String(320)),
)

agents = Table(
    "agents",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("agent", String(320), primary_key=True),
    Column("team", String(200)),
    Column("skills", JSON, nullable=False, default=list),
    Column("capacity", Float),
    Column("shift", String(400)),
    Column("absent_from", UtcDateTime),
    Column("absent_to", UtcDateTime),
    Column("seniority", String(100)),
    Column("skill_levels", JSON, nullable=False, default=dict),
    Column("languages", JSON, nullable=False, default=list),
    Column("zone", String(64)),
    Column("teams", JSON, nullable=False, default=list),
    Column("active", Boolean, nullable=False, default=True),
    Column("updated_at", UtcDateTime, nullable=False),
)

decisions = Table(
    "decisions",
    metadata,
    Column("decision_id", String(40), primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("ticket_id", String(200), nullable=False),
    Column("text_hash", String(64), nullable=False),
    Column("model_version", String(100)),
    Column("document", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "workspace", "created_at"),
    Index(None, "workspace", "ticket_id"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("feedback_id", String(40), primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("decision_id", String(40), ForeignKey("decisions.decision_id"), nullable=False),
    Column("field", String(40), nullable=False),
    Column("verdict", String(20), nullable=False),
    Column("value", String(400)),
    Column("actor", String(320), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "workspace", "decision_id"),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("key_id", String(40), primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("name", String(200), nullable=False),
    Column("role", String(40), nullable=False),
    Column("secret_hash", String(64), nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
    Column("last_used_at", UtcDateTime),
    Column("scopes", JSON(none_as_null=True)),
    Column("teams", JSON(none_as_null=True)),
    Column("succeeds", String(40)),
    Column("per_minute", Integer),
)

policies = Table(
    "policies",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("document", JSON, nullable=False),
    Column("version", Integer, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("updated_by", String(320), nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("run_id", String(40), primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("stage", String(200), nullable=False, default=""),
    Column("progress", Float, nullable=False, default=0.0),
    Column("parameters", JSON, nullable=False),
    Column("result", JSON),
    Column("problem", JSON),
    Column("requested_by", String(320), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    Column("updated_at", UtcDateTime, nullable=False),
    Index(None, "workspace", "created_at"),
)

snapshots = Table(
    "snapshots",
    metadata,
    Column("snapshot_id", String(40), primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("interval", String(10), nullable=False),
    Column("horizon", Integer, nullable=False),
    Column("origin", UtcDateTime, nullable=False),
    Column("basis", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "workspace", "interval", "created_at"),
)

snapshot_rows = Table(
    "snapshot_rows",
    metadata,
    Column("snapshot_id", String(40), ForeignKey("snapshots.snapshot_id"), primary_key=True),
    Column("series", String(400), primary_key=True),
    Column("start", UtcDateTime, primary_key=True),
    *[
        Column(name, Float, nullable=False)
        for name in (
            "mean",
            "q05",
            "q10",
            "q20",
            "q50",
            "q80",
            "q90",
            "q95",
            "spike_threshold",
            "spike_probability",
        )
    ],
)

imports = Table(
    "imports",
    metadata,
    Column("import_id", String(40), primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("file_hash", String(64), nullable=False),
    Column("state", String(20), nullable=False),
    Column("rows_done", Integer, nullable=False),
    Column("summary", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    UniqueConstraint("workspace", "kind", "file_hash"),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("request_hash", String(64), nullable=False),
    Column("status_code", Integer, nullable=False),
    Column("response", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)
