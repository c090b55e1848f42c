"""The tables of people who may sign in, and of the audit log. No password: digests only."""

from sqlalchemy import JSON, Column, Index, Integer, String, Table, Text, UniqueConstraint

from triage.store.schema import UtcDateTime, metadata

__all__ = ["audit_heads", "audit_log", "users"]

users = Table(
    "users",
    metadata,
    Column("user_id", String(40), primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("name", String(320), nullable=False),
    Column("role", String(40), nullable=False),
    Column("teams", JSON(none_as_null=True)),
    Column("agent", String(320)),
    Column("password_hash", String(200)),
    Column("session", Integer, nullable=False),
    Column("wrong_passwords", Integer, nullable=False),
    Column("locked_until", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("disabled_at", UtcDateTime),
    Column("last_seen_at", UtcDateTime),
    UniqueConstraint("workspace", "name"),
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(330), nullable=False),
    Column("role", String(40), nullable=False),
    Column("action", String(80), nullable=False),
    Column("object", Text),
    Column("on_behalf_of", String(320)),
    Column("before_hash", String(64)),
    Column("after_hash", String(64)),
    Column("model_version", String(100)),
    Column("request_id", String(64)),
    Column("address", String(64)),
    Column("facts", JSON, nullable=False),
    Column("prev_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index(None, "workspace", "object"),
)

audit_heads = Table(
    "audit_heads",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)
