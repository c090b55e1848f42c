"""Bringing tables to the newest migration: once, whoever comes first. Knows no product table.

Alembic is imported when there is something to change: a store that is up to date, as most are, opens without.
"""

import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from triage.errors import ConfigurationError
from triage.store.scope import Across, confine

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

__all__ = [
    "MIGRATING",
    "demand_owner",
    "migrate_tables",
    "migration_config",
    "migration_scripts",
    "newest_revision",
    "revision_of",
]

MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATING = "SELECT pg_advisory_xact_lock(7214901)"
ONE_AT_A_TIME = threading.Lock()
"""Alembic keeps what it works on in variables of its module."""
CLEARED = 1
"""SQLite's ``user_version`` of a file in which nothing was ever deleted without being overwritten."""
MAY_MIGRATE = """
    SELECT has_schema_privilege(current_schema(), 'CREATE')
       AND (to_regclass('alembic_version') IS NULL
            OR (SELECT pg_has_role(relowner, 'USAGE') FROM pg_class
                 WHERE oid = to_regclass('alembic_version')))
"""


@cache
def newest_revision() -> str:
    """Return the newest migration that this version knows: their files bear their numbers."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def revision_of(connection: Connection) -> str | None:
    """Return the migration that a database stands at, None for one without tables."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    stands: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return stands


def migration_config() -> "Config":
    """Return what Alembic needs to find the migrations; its connection is the caller's to set."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


@cache
def migration_scripts() -> "ScriptDirectory":
    """Return the migrations that this version knows; their files are read once in a process."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(migration_config())


def demand_owner(connection: Connection) -> None:
    """See to it that who connects to PostgreSQL may change the tables, or make them where there are none.

    Raises
    ------
    ConfigurationError
        If not.
    """
    if connection.dialect.name == "postgresql" and not connection.scalar(text(MAY_MIGRATE)):
        raise ConfigurationError(
            "Got tables that have to be changed and a role that may not; expected their owner. Run `triage "
            "store migrate`, or what you ran, with the owner's $TRIAGE_STORE, then start again."
        )


def migrate_tables(engine: Engine) -> None:
    """Bring a database to the newest migration; several processes, and threads, may do so at once.

    Raises
    ------
    ConfigurationError
        If the tables are old and the role that connects may not change them.
    """
    with engine.connect() as connection:
        stands = revision_of(connection)
        if stands == newest_revision():
            return
        demand_owner(connection)
    with ONE_AT_A_TIME, engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text(MIGRATING))
        else:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            if stands is None:
                connection.exec_driver_sql(f"PRAGMA user_version={CLEARED}")
        confine(connection, Across.MIGRATION)
        from alembic import command

        config = migration_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
