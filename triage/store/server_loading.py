"""Lets PostgreSQL read a table's JSON lines by itself: several times as fast as handing it row after row.

It is picky: what it refuses, such as a value that a newer version of the table would take otherwise, is left
to :mod:`triage.store.copying`, which hands over rows.
"""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, LargeBinary, Table

__all__ = ["load_by_server"]

CHUNK = 1 << 20
# Lines come as they are: neither of these two characters stands in JSON that Python wrote.
_COPY = "COPY pg_temp.triage_written FROM STDIN (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')"


def load_by_server(connection: Connection, table: Table, path: Path) -> bool:
    """Fill a table from its lines; tell whether that went well: else nothing was changed.

    Parameters
    ----------
    connection : Connection
        To PostgreSQL, within a transaction.
    table : Table
        As it is there.
    path : Path
        Of its lines: a JSON object a row; bytes are in base64.
    """
    from psycopg import Error, sql

    names = [sql.Identifier(column.name) for column in table.columns]
    values = [
        sql.SQL("decode(written.line ->> {}, 'base64')").format(sql.Literal(column.name))
        if isinstance(column.type, LargeBinary)
        else sql.SQL("read.{}").format(sql.Identifier(column.name))
        for column in table.columns
    ]
    comma = sql.SQL(", ")
    insert = sql.SQL(
        "INSERT INTO {table} ({names}) SELECT {values} FROM pg_temp.triage_written AS written,"
        " json_populate_record(NULL::{table}, written.line) AS read"
    ).format(table=sql.Identifier(table.name), names=comma.join(names), values=comma.join(values))
    driver: Any = connection.connection.driver_connection
    try:
        with connection.begin_nested(), driver.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE triage_written (line json) ON COMMIT DROP")
            with path.open("rb") as file, cursor.copy(_COPY) as copy:
                while chunk := file.read(CHUNK):
                    copy.write(chunk)
            cursor.execute(insert)
            cursor.execute("DROP TABLE pg_temp.triage_written")
    except Error:
        return False
    return True
