"""How far each import of a file has come. Written in the transaction that writes the rows themselves."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update

from triage.errors import ConflictError
from triage.store.database import Store
from triage.store.schema import imports
from triage.store.upsert import upsert

__all__ = ["ImportState", "advance_import", "begin_import", "finish_import", "list_imports", "restart_import"]

RUNNING, FINISHED = "running", "finished"


@dataclass(frozen=True, slots=True)
class ImportState:
    """Where one import stands.

    Parameters
    ----------
    import_id : str
        Identity.
    workspace, kind : str
        Into which workspace, which kind of table.
    file_hash : str
        SHA-256 in hex of the file and of how it is read.
    state : str
        ``running`` or ``finished``.
    rows_done : int
        Rows of the file that were read and are stored or refused.
    summary : Mapping
        What reading came to; empty until finished.
    created_at, updated_at : datetime
        When it began and last moved.
    """

    import_id: str
    workspace: str
    kind: str
    file_hash: str
    state: str
    rows_done: int
    summary: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime

    @property
    def is_finished(self) -> bool:
        """True when every row of the file is in."""
        return self.state == FINISHED


_COLUMNS = [imports.c[name] for name in ImportState.__slots__]


def begin_import(store: Store, workspace: str, kind: str, file_hash: str) -> ImportState:
    """Return where the import of this file stands, noting a new one where there is none."""
    now = datetime.now(UTC)
    with store.writing(workspace) as connection:
        query = select(*_COLUMNS).where(
            imports.c.workspace == workspace, imports.c.kind == kind, imports.c.file_hash == file_hash
        )
        row = connection.execute(query).first()
        if row is not None:
            return ImportState(*row)
        begun = ImportState(uuid.uuid4().hex, workspace, kind, file_hash, RUNNING, 0, {}, now, now)
        upsert(connection, imports, [{name: getattr(begun, name) for name in ImportState.__slots__}])
    return begun


def advance_import(store: Store, state: ImportState, *, rows_before: int, rows_done: int) -> None:
    """Note that rows are in; call it in the transaction that writes them.

    Raises
    ------
    ConflictError
        If somebody else moved this import meanwhile: the caller's transaction must not be committed.
    """
    _move(store, state, rows_before, {"rows_done": rows_done})


def finish_import(
    store: Store, state: ImportState, *, rows_before: int, rows_done: int, summary: Mapping[str, Any]
) -> None:
    """Note that every row is in; raises as :func:`advance_import`."""
    done = {"state": FINISHED, "rows_done": rows_done, "summary": dict(summary)}
    _move(store, state, rows_before, done)


def restart_import(store: Store, state: ImportState) -> ImportState:
    """Set an import back to its beginning, so that the file is read in once more.

    Raises
    ------
    ConflictError
        If somebody else moved it meanwhile.
    """
    now = datetime.now(UTC)
    again = {"state": RUNNING, "rows_done": 0, "summary": {}, "created_at": now}
    _move(store, state, state.rows_done, again)
    return ImportState(
        state.import_id, state.workspace, state.kind, state.file_hash, RUNNING, 0, {}, now, now
    )


def list_imports(store: Store, workspace: str) -> list[ImportState]:
    """Return the imports of a workspace, newest first."""
    query = select(*_COLUMNS).where(imports.c.workspace == workspace).order_by(imports.c.created_at.desc())
    with store.reading(workspace) as connection:
        return [ImportState(*row) for row in connection.execute(query)]


def _move(store: Store, state: ImportState, rows_before: int, values: dict[str, Any]) -> None:
    with store.writing(state.workspace) as connection:
        done = connection.execute(
            update(imports)
            .where(
                imports.c.workspace == state.workspace,
                imports.c.import_id == state.import_id,
                imports.c.rows_done == rows_before,
            )
            .values(**values, updated_at=datetime.now(UTC))
        )
        if done.rowcount != 1:
            raise ConflictError(
                "Got an import of a file that another process is importing into this workspace at this "
                "moment; wait for it, or end it and repeat this one."
            )
