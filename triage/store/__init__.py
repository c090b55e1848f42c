"""The one database layer: SQLite by default, PostgreSQL by URL; the only place that speaks SQL."""

from triage.store.database import Store, open_store

__all__ = ["Store", "open_store"]
