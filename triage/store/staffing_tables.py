"""The tables of staffing: how a workspace is staffed, and the plans that it compares others with."""

from sqlalchemy import JSON, Column, Integer, String, Table

from triage.store.schema import UtcDateTime, metadata

__all__ = ["staffing_baselines", "staffing_setups"]

staffing_setups = Table(
    "staffing_setups",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("document", JSON, nullable=False),
    Column("version", Integer, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("updated_by", String(320), nullable=False),
)

staffing_baselines = Table(
    "staffing_baselines",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("setup", JSON, nullable=False),
    Column("plan", JSON, nullable=False),
    Column("snapshot_id", String(80), nullable=False),
    Column("saved_at", UtcDateTime, nullable=False),
    Column("saved_by", String(320), nullable=False),
)
