"""Pages that held deleted rows: overwritten, so that nobody reads from the file what the tables lost.

SQLite overwrites what it deletes (``secure_delete``, set for every connection); what is left is its log, and
what versions of triage before this one deleted. PostgreSQL keeps dead rows until tables are rewritten.
"""

import contextlib
import time
from typing import Any

from sqlalchemy import text

from triage.store.database import Store
from triage.store.migrating import CLEARED

__all__ = ["clear_log", "clear_pages"]

TRIES, REST_S = 20, 0.1
TEXTS = (
    "tickets",
    "replies",
    "decisions",
    "feedback",
    "suggestions",
    "suggestion_feedback",
    "idempotency_keys",
    "outbox",
    "incidents",
    "knowledge_reports",
    "webhook_endpoints",
)


def clear_log(store: Store) -> bool:
    """Write SQLite's log into the file and empty it; tell whether nothing of what was deleted is left there.

    Quick; False while another process reads on what it began to read before, or on PostgreSQL: then
    :func:`clear_pages`, or the next checkpoint, does it.
    """
    if store.engine.dialect.name != "sqlite":
        return False
    for _ in range(TRIES):
        with contextlib.closing(store.engine.raw_connection()) as raw:
            driver: Any = raw.driver_connection
            (is_busy, _, _) = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if not is_busy:
                return bool(driver.execute("PRAGMA user_version").fetchone()[0] >= CLEARED)
        time.sleep(REST_S)
    return False


def clear_pages(store: Store) -> None:
    """Rewrite what held texts: takes as long as copying it, and others cannot write meanwhile.

    SQLite: the whole file. PostgreSQL: the tables with texts, each locked while it is rewritten.
    """
    if store.engine.dialect.name == "postgresql":
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for name in TEXTS:
                connection.execute(text(f"VACUUM FULL {name}"))
        return
    with contextlib.closing(store.engine.raw_connection()) as raw:
        driver: Any = raw.driver_connection
        driver.execute("VACUUM")
        driver.execute(f"PRAGMA user_version={CLEARED}")
    clear_log(store)
