"""A table goes into the store, chunk by chunk; one that was cut off goes on where it stood.

Each chunk's rows and the count of rows done are one transaction, so killing the process at any point
and repeating the import gives the store that an undisturbed import gives. Where refused rows go, how
many rows were replaced and the like do not depend on interruptions either: the file is read from its
beginning again, and only what is stored already is not written again.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from features.ticket_redaction import TicketRedaction
from training.erased import without_erased
from training.future import is_in_future
from training.history.columns import Kind
from training.history.loose_links import note_loose_links
from training.history.mapping import Mapping
from training.history.records import Record
from training.history.table import CHUNK_ROWS, Table
from triage.agent_rows import AgentRow, merge_rows
from triage.errors import HistoryError
from triage.helping.reply import Macro, Reply
from triage.knowledge import Article, ArticleLink
from triage.store import Store
from triage.store.agents import update_agents
from triage.store.articles import put_articles
from triage.store.imports import ImportState, advance_import, begin_import, finish_import, restart_import
from triage.store.links import put_links
from triage.store.redaction_terms import people_to_redact
from triage.store.replies import put_macros, put_replies
from triage.store.tickets import put_tickets
from triage.store.workspaces import ensure_zone, find_workspace
from triage.ticket import PastTicket

__all__ = ["ImportResult", "import_table"]

_AGENT_ROWS = 1_000_000
"""The rows of one agent may lie anywhere in the table, so agents are taken all at once."""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import came to.

    Parameters
    ----------
    workspace, kind, import_id : str
        Into which workspace, which kind of table, and the identity of this import.
    was_finished : bool
        True when this very file had been imported before and nothing was done.
    resumed_from : int
        Rows that an earlier, interrupted run had stored.
    summary : dict
        Counts and notes, see :class:`training.history.summary.RowSummary`.
    """

    workspace: str
    kind: str
    import_id: str
    was_finished: bool
    resumed_from: int
    summary: dict[str, Any]


def import_table(
    store: Store,
    path: Path | str,
    kind: str = "history",
    *,
    workspace: str = "default",
    source: str | None = None,
    mapping: Mapping | Path | None = None,
    zone: str | None = None,
    rejects: Path | None = None,
    again: bool = False,
    chunk_rows: int = CHUNK_ROWS,
    progress: Callable[[float], None] | None = None,
    key: bytes | None = None,
) -> ImportResult:
    """Import a table into a workspace, making the workspace where there is none.

    Parameters
    ----------
    store : Store
        Where to.
    path : Path or str
        CSV, JSON lines or Parquet.
    kind : str, default="history"
        ``history``, ``articles``, ``links``, ``agents``, ``replies`` or ``macros``. Of agents that are
        there, what the table has no column for stays.
    workspace : str, default="default"
        Whose rows they become.
    source : str or None, default=None
        Where tickets come from; None takes the built-in mapping's name, else ``history``.
    mapping : Mapping, Path or None, default=None
        See :func:`training.history.read_table`.
    zone : str or None, default=None
        Zone of times that carry none; None takes the workspace's. It becomes the workspace's where nobody
        said one before, and must be that one from then on; a mapping's ``zone`` is of its file alone.
    rejects : Path or None, default=None
        Where refused rows go.
    again : bool, default=False
        Read in once more a file whose import is finished.
    chunk_rows : int, default=20_000
        Rows in one transaction; agents are one, however many.
    progress : callable or None, default=None
        Called after each chunk with the share of the file that is done.
    key : bytes or None, default=None
        The signing key, by which rows of erased tickets are known and left out; None takes this
        installation's where something was erased.

    Raises
    ------
    HistoryError
        If the file cannot be read as such a table, or the kind is unknown.
    ConflictError
        If another process is importing the same file into the same workspace, or the workspace is in
        another zone.
    """
    if kind not in KINDS:
        raise HistoryError(f"Got the kind of table {kind!r}; expected one of {', '.join(KINDS)}.")
    known = find_workspace(store, workspace)
    table = Table(
        path,
        cast(Kind, kind),
        mapping=mapping,
        zone=zone or (known.zone if known is not None else "UTC"),
        rejects=rejects,
        chunk_rows=chunk_rows if kind != "agents" else _AGENT_ROWS,
        # What is in the store is counted and learnt from as tickets; a mapping's ignore leaves marks unread.
        without_spam=True,
    )
    ensure_zone(store, workspace, zone)
    state = begin_import(store, workspace, kind, _file_hash(table))
    if state.is_finished:
        if not again:
            return ImportResult(workspace, kind, state.import_id, True, 0, dict(state.summary))
        state = restart_import(store, state)
    write = _put_agents_of(table) if kind == "agents" else _WRITERS[kind]
    _write_chunks(store, table, state, write, source or table.mapping.name or "history", progress, key)
    return ImportResult(workspace, kind, state.import_id, False, state.rows_done, table.summary.as_dict())


def _write_chunks(
    store: Store,
    table: Table,
    state: ImportState,
    write: "Writer",
    source: str,
    progress: Callable[[float], None] | None,
    key: bytes | None,
) -> None:
    done, now = state.rows_done, datetime.now(UTC)
    for records in table:
        table.summary.counts["future"] += sum(
            isinstance(one, PastTicket) and is_in_future(one, now) for one in records
        )
        places = {id(one): line for one, line in zip(records, table.lines, strict=True)}
        if table.summary.read > done:
            with store.writing(state.workspace):
                kept = without_erased(records, store, state.workspace, key)
                table.summary.counts["erased"] += len(records) - len(kept)
                write(store, state.workspace, kept, source, state.created_at)
                advance_import(store, state, rows_before=done, rows_done=table.summary.read)
            done = table.summary.read
        else:
            kept = records if table.kind != "links" else without_erased(records, store, state.workspace, key)
        note_loose_links(store, state.workspace, [(places[id(one)], one) for one in kept], table.summary)
        if progress is not None:
            progress(table.progress)
    summary = table.summary
    finish_import(store, state, rows_before=done, rows_done=summary.read, summary=summary.as_dict())


def _file_hash(table: Table) -> str:
    """Name the file's bytes and how they are read: another mapping or zone is another import."""
    digest = hashlib.sha256()
    with table.path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    how = {"mapping": asdict(table.mapping), "zone": table.zone, "kind": table.kind}
    digest.update(json.dumps(how, sort_keys=True, default=list).encode())
    return digest.hexdigest()


Writer = Callable[[Store, str, list[Record], str, datetime], None]


def _put_tickets(store: Store, workspace: str, records: list[Record], source: str, moment: datetime) -> None:
    people, past = people_to_redact(store, workspace), cast(list[PastTicket], records)
    if people is not None:
        form = TicketRedaction(people)
        past = [form.past(one) for one in past]
    put_tickets(store, workspace, past, source=source, updated_at=moment)


def _put_articles(store: Store, workspace: str, records: list[Record], source: str, moment: datetime) -> None:
    put_articles(store, workspace, cast(list[Article], records), updated_at=moment)


def _put_links(store: Store, workspace: str, records: list[Record], source: str, moment: datetime) -> None:
    put_links(store, workspace, cast(list[ArticleLink], records))


def _put_agents_of(table: Table) -> Writer:
    """Return the writer of an agents table: what it has no column for stays."""

    def put(store: Store, workspace: str, records: list[Record], source: str, moment: datetime) -> None:
        rows = merge_rows(cast(list[AgentRow], records))
        update_agents(store, workspace, rows, table.summary.columns, updated_at=moment)

    return put


def _put_replies(store: Store, workspace: str, records: list[Record], source: str, moment: datetime) -> None:
    people, sent = people_to_redact(store, workspace), cast(list[Reply], records)
    if people is not None:
        form = TicketRedaction(people)
        sent = [replace(one, body=form.text(one.body)) for one in sent]
    put_replies(store, workspace, sent)


def _put_macros(store: Store, workspace: str, records: list[Record], source: str, moment: datetime) -> None:
    put_macros(store, workspace, cast(list[Macro], records))


_WRITERS: dict[str, Writer] = {
    "history": _put_tickets,
    "articles": _put_articles,
    "links": _put_links,
    "replies": _put_replies,
    "macros": _put_macros,
}
KINDS = (*_WRITERS, "agents")
