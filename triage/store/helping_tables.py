"""The tables of helping: replies, macros, solved tickets, what was suggested and what people said of it."""

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from triage.store.schema import UtcDateTime, metadata

__all__ = [
    "auto_resolutions",
    "knowledge_reports",
    "macros",
    "replies",
    "solved_tickets",
    "suggestion_feedback",
    "suggestions",
]

replies = Table(
    "replies",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("ticket_id", String(200), primary_key=True),
    Column("reply_id", String(200), primary_key=True),
    Column("created_at", UtcDateTime),
    Column("agent", String(320)),
    Column("body", Text, nullable=False),
    Column("by_requester", Boolean, nullable=False),
    Column("is_solution", Boolean, nullable=False),
    Column("helpful", Integer, nullable=False),
    Column("unhelpful", Integer, nullable=False),
)

macros = Table(
    "macros",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("macro_id", String(200), primary_key=True),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

solved_tickets = Table(
    "solved_tickets",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("ticket_id", String(200), primary_key=True),
    Column("revision", Integer, nullable=False),
    Index(None, "workspace", "revision"),
)

suggestions = Table(
    "suggestions",
    metadata,
    Column("suggestion_id", String(40), primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("audience", String(20), nullable=False),
    Column("ticket_id", String(200)),
    Column("requester", String(320)),
    Column("text_hash", String(64), nullable=False),
    Column("items", JSON, nullable=False),
    Column("chance", Float),
    Column("created_at", UtcDateTime, nullable=False),
    Column("filed_ticket_id", String(200)),
    Column("filed_at", UtcDateTime),
    Column("matched_by", String(20)),
    Index(None, "workspace", "created_at"),
    Index(None, "workspace", "ticket_id"),
    Index(None, "workspace", "requester", "created_at"),
)

suggestion_feedback = Table(
    "suggestion_feedback",
    metadata,
    Column("feedback_id", String(40), primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("suggestion_id", String(40), ForeignKey("suggestions.suggestion_id"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("item_id", String(200), nullable=False),
    Column("rank", Integer, nullable=False),
    Column("verdict", String(20), nullable=False),
    Column("actor", String(320), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "workspace", "created_at"),
    Index(None, "workspace", "suggestion_id"),
)

auto_resolutions = Table(
    "auto_resolutions",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("ticket_id", String(200), primary_key=True),
    Column("article_id", String(200), nullable=False),
    Column("chance", Float, nullable=False),
    Column("is_shadow", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("helped", Boolean),
    Column("answered_at", UtcDateTime),
)

knowledge_reports = Table(
    "knowledge_reports",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("document", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)
