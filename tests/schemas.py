"""Empty PostgreSQL schemas for one test after another: migrated once, emptied between tests.

Making all tables for each test took longer than most of the tests. A schema is handed on only when a test
left it as it was given: nobody is connected to it any more, and every table, column, index, trigger and
the revision are the very same; only rows go. Otherwise it is dropped and the next test gets a new one.
"""

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url

from triage.store import open_store

LEAVING_S = 1.0
"""How long a closed connection may take to be gone on the server."""

SHAPE = text(
    "SELECT md5(coalesce(string_agg(part, ';' ORDER BY part), '')) FROM ("
    " SELECT concat_ws(',', c.oid, c.relname, c.relkind, a.attnum, a.attname, a.atttypid, a.atttypmod,"
    "  a.attnotnull, a.atthasdef) AS part"
    " FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND c.relkind = 'r'"
    " WHERE c.relnamespace = to_regnamespace(:schema)"
    " UNION ALL SELECT concat_ws(',', 'constraint', oid, conname) FROM pg_constraint"
    " WHERE connamespace = to_regnamespace(:schema)"
    " UNION ALL SELECT concat_ws(',', 'trigger', t.oid, t.tgname, t.tgenabled) FROM pg_trigger t"
    " JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = to_regnamespace(:schema)"
    " UNION ALL SELECT concat_ws(',', 'function', oid, proname) FROM pg_proc"
    " WHERE pronamespace = to_regnamespace(:schema)) parts"
)
GUESTS = text("SELECT count(*) FROM pg_stat_activity WHERE application_name = :schema")
EMPTY = """
DO $$
DECLARE
    one record;
    filled text := '';
    is_filled boolean;
BEGIN
    FOR one IN SELECT oid::regclass AS name FROM pg_class
               WHERE relnamespace = '{schema}'::regnamespace AND relkind = 'r'
               AND relname <> 'alembic_version'
    LOOP
        EXECUTE 'SELECT EXISTS (SELECT FROM ' || one.name || ')' INTO is_filled;
        IF is_filled THEN
            filled := filled || ', ' || one.name;
        END IF;
    END LOOP;
    IF filled <> '' THEN
        EXECUTE 'TRUNCATE ' || substr(filled, 3) || ' CASCADE';
    END IF;
    FOR one IN SELECT oid::regclass AS name FROM pg_class
               WHERE relnamespace = '{schema}'::regnamespace AND relkind = 'S'
    LOOP
        EXECUTE 'ALTER SEQUENCE ' || one.name || ' RESTART';
    END LOOP;
END $$
"""


class Schemas:
    """Schemas on one server.

    Parameters
    ----------
    server : str
        The URL of a PostgreSQL database.
    """

    def __init__(self, server: str) -> None:
        self._server = make_url(server)
        self._admin = create_engine(self._server)
        self._free: list[tuple[str, str]] = []

    @contextmanager
    def lend(self) -> Iterator[str]:
        """Give the URL of an empty, migrated schema, and take it back at the end of the block."""
        schema, as_made = self._free.pop() if self._free else self._make()
        try:
            yield self._url(schema)
        finally:
            with self._admin.begin() as connection:
                if self._is_left(connection, schema) and _shape(connection, schema) == as_made:
                    connection.exec_driver_sql(EMPTY.format(schema=schema))
                    self._free.append((schema, as_made))
                else:
                    connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))

    def close(self) -> None:
        """Drop what is there."""
        with self._admin.begin() as connection:
            for schema, _ in self._free:
                connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        self._admin.dispose()

    def _make(self) -> tuple[str, str]:
        schema = f"triage_test_{uuid.uuid4().hex}"
        with self._admin.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
        open_store(self._url(schema)).close()
        with self._admin.connect() as connection:
            return schema, _shape(connection, schema)

    def _is_left(self, connection: Connection, schema: str) -> bool:
        until = time.monotonic() + LEAVING_S
        while connection.execute(GUESTS, {"schema": schema}).scalar_one():
            if time.monotonic() > until:
                return False
            time.sleep(0.005)
            connection.execute(text("SELECT pg_stat_clear_snapshot()"))
        return True

    def _url(self, schema: str) -> str:
        named = f"-csearch_path={schema} -capplication_name={schema}"
        return self._server.update_query_dict({"options": named}).render_as_string(hide_password=False)


def _shape(connection: Connection, schema: str) -> str:
    """Everything that makes a schema what it is, in one word; that a table was made anew shows, too."""
    revision = connection.execute(text(f"SELECT version_num FROM {schema}.alembic_version")).scalar_one()
    return f"{revision} {connection.execute(SHAPE, {'schema': schema}).scalar_one()}"
