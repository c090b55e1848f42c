"""The table of erasures: pseudonyms only, so that it says nothing of whom it is about."""

from sqlalchemy import Column, Index, Integer, String, Table

from triage.store.schema import UtcDateTime, metadata

__all__ = ["erasures"]

erasures = Table(
    "erasures",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("erasure_id", String(40), nullable=False),
    Column("erased_at", UtcDateTime, nullable=False),
    Column("revision", Integer, nullable=False),
    Index(None, "workspace", "revision"),
)
