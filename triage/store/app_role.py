"""The PostgreSQL role that servers and workers connect as: it works with rows and changes no table.

Made by the tables' owner. It owns the job queue's schema, in which the queue's library makes its tables.
"""

import re
from typing import Any

from sqlalchemy import Connection, text

from triage.errors import ConfigurationError, ConflictError, InputError
from triage.store.database import Store
from triage.store.every_table import metadata
from triage.store.migrating import demand_owner
from triage.store.worker_slots import count_workers, schema_name

__all__ = ["make_role"]

PLAIN = re.compile(r"[a-z_][a-z0-9_]{0,62}")
ROWS = "SELECT, INSERT, UPDATE, DELETE"
VERSIONS = "alembic_version"


def make_role(store: Store, role: str, password: str | None = None) -> bool:
    """Let a role work with a store's rows, making it where there is none; return whether it was made.

    Doing it again is harmless, and gives what newer tables need.

    Parameters
    ----------
    store : Store
        On PostgreSQL, migrated, opened as the tables' owner.
    role : str
        Its name: lower-case letters, digits, underscores.
    password : str or None, default=None
        Is set when given; only its SCRAM digest is sent. Without one the server's own rules let it in.

    Raises
    ------
    ConfigurationError
        If the store is on SQLite, or opened as somebody who does not own its tables.
    InputError
        If the name cannot be one.
    ConflictError
        If there is such a role and the policies would not bind it, or a worker lives whose job queue would
        have to change hands.
    """
    if store.engine.dialect.name != "postgresql":
        raise ConfigurationError("Got a store on SQLite, which has no roles; expected one on PostgreSQL.")
    if not PLAIN.fullmatch(role):
        raise InputError(f"Got the role {role!r}; expected lower-case letters, digits and underscores.")
    schema, workers = schema_name(store), count_workers(store)
    with store.engine.begin() as connection:
        demand_owner(connection)
        is_new = _make(connection, role)
        if password is not None:
            _set_password(connection, role, password)
        _grant(connection, schema, role)
        _give_queue(connection, f"{schema}_jobs", role, workers)
    return is_new


def _make(connection: Connection, role: str) -> bool:
    query = text(
        "SELECT rolsuper OR rolbypassrls OR pg_has_role(rolname, (SELECT relowner FROM pg_class "
        "WHERE oid = to_regclass('tickets')), 'USAGE') FROM pg_roles WHERE rolname = :role"
    )
    is_unbound = connection.execute(query, {"role": role}).scalar()
    if is_unbound:
        raise ConflictError(
            f"Got the role {role!r}, a superuser, one with BYPASSRLS or an owner of the tables; expected one "
            "that row-level security holds. Choose another name."
        )
    if is_unbound is None:
        connection.execute(text(f'CREATE ROLE "{role}" LOGIN'))
    return is_unbound is None


def _set_password(connection: Connection, role: str, password: str) -> None:
    driver: Any = connection.connection.driver_connection
    digest = driver.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    # A digest has no quotes: base64, digits, $ and :.
    connection.exec_driver_sql(f"ALTER ROLE \"{role}\" PASSWORD '{digest}'")


def _grant(connection: Connection, schema: str, role: str) -> None:
    names = ", ".join(f'"{schema}"."{name}"' for name in sorted(metadata.tables))
    for grant in (
        f'GRANT USAGE ON SCHEMA "{schema}" TO "{role}"',
        f'GRANT {ROWS} ON {names} TO "{role}"',
        f'GRANT SELECT ON "{schema}"."{VERSIONS}" TO "{role}"',
        # What later migrations make, and a restore makes anew.
        f'ALTER DEFAULT PRIVILEGES IN SCHEMA "{schema}" GRANT {ROWS} ON TABLES TO "{role}"',
    ):
        connection.exec_driver_sql(grant)


def _give_queue(connection: Connection, schema: str, role: str, workers: int) -> None:
    owner = connection.execute(
        text("SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = :schema"), {"schema": schema}
    ).scalar()
    if owner == role:
        return
    if owner is not None:
        if workers:
            raise ConflictError(
                f"Got {workers} workers that live while their job queue is {owner}'s; expected none, since "
                f"it becomes {role}'s. Stop them first: what waits stands in the store and is not lost."
            )
        connection.exec_driver_sql(f'DROP SCHEMA "{schema}" CASCADE')
    if not connection.execute(text("SELECT pg_has_role(:role, 'MEMBER')"), {"role": role}).scalar():
        connection.exec_driver_sql(f'GRANT "{role}" TO CURRENT_USER')
    connection.exec_driver_sql(f'CREATE SCHEMA "{schema}" AUTHORIZATION "{role}"')
