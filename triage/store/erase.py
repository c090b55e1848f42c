"""Erasing tickets: every row that tells of them goes, in one transaction, with an entry in the ledger.

Which table tells of tickets how stands here and nowhere else; a test holds it to the tables that there are.
Pages of the file that held the rows are :mod:`triage.store.compact`'s.
"""

import json
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, Text, cast, delete, or_, select, update

from triage.erasure import Erased, ErasedKind, Erasure, ErasureKeys
from triage.errors import InputError
from triage.store.database import Store
from triage.store.erasures import note_erased
from triage.store.golden_tables import golden_tickets
from triage.store.helping_tables import (
    auto_resolutions,
    knowledge_reports,
    replies,
    solved_tickets,
    suggestion_feedback,
    suggestions,
)
from triage.store.idempotency import ERASED
from triage.store.incident_erasing import erase_from_incidents
from triage.store.incident_tables import ticket_parents
from triage.store.link_tables import link_events
from triage.store.revisions import Kind, take_revision
from triage.store.routing_tables import assignments, handled
from triage.store.schema import article_links, decisions, feedback, idempotency_keys, tickets
from triage.store.sealed_search import sealed_answers_naming, sealed_of_requester
from triage.store.sealer import Sealer
from triage.store.sla_tables import outbox, sla_events, sla_outlooks, sla_pauses
from triage.store.tickets import get_tickets
from triage.ticket import Ticket

__all__ = ["BY_TICKET", "erase"]

BY_TICKET: tuple[tuple[Table, tuple[str, ...]], ...] = (
    (replies, ("ticket_id",)),
    (golden_tickets, ("ticket_id",)),
    (article_links, ("ticket_id",)),
    (link_events, ("ticket_id",)),
    (assignments, ("ticket_id",)),
    (handled, ("ticket_id",)),
    (sla_outlooks, ("ticket_id",)),
    (sla_pauses, ("ticket_id",)),
    (sla_events, ("ticket_id",)),
    (solved_tickets, ("ticket_id",)),
    (auto_resolutions, ("ticket_id",)),
    (ticket_parents, ("ticket_id", "parent_id")),
    (tickets, ("ticket_id",)),
)
"""Tables whose rows go where one of these columns names the ticket."""

_MANY = 400
"""Ids in one query: SQLite allows a limited number of bound values."""
_FEW = 50
"""Texts looked for at once in documents."""


def erase(
    store: Store,
    workspace: str,
    *,
    keys: ErasureKeys,
    text_key: Callable[[Ticket], str],
    ticket_ids: Sequence[str] = (),
    requester: str | None = None,
    remembered: bool = True,
    now: datetime | None = None,
) -> Erasure:
    """Erase tickets, and all that is stored because of them; joins this thread's transaction.

    Parameters
    ----------
    store : Store
        Where.
    workspace : str
        Whose.
    keys : ErasureKeys
        Makes the pseudonyms of the ledger.
    text_key : callable
        Returns the hash under which caches of embeddings know a ticket's text.
    ticket_ids : sequence of str, default=()
        Which; those that are not stored are remembered all the same.
    requester : str, optional
        Whose tickets besides, whatever the case, and what they were offered before they filed any.
    remembered : bool, default=True
        Whether the ledger keeps the tickets out for ever, and kept answers, messages and reports are gone
        through; False where they only became too old: these have a time of their own.
    now : datetime, optional
        The moment of the erasure; by default this one.

    Raises
    ------
    InputError
        If neither a ticket nor a requester is named.
    """
    if not any(ticket_ids) and not (requester or "").strip():
        raise InputError("Got neither a ticket nor a requester; expected one of them to be named.")
    moment, erasure_id = now or datetime.now(UTC), uuid.uuid4().hex
    with store.writing(workspace) as connection:
        revision = take_revision(connection, workspace, Kind.ERASURES)
        take_revision(connection, workspace, Kind.WORK)
        ids = list(
            dict.fromkeys(
                [*filter(None, ticket_ids), *_filed_by(connection, store.sealer, workspace, requester)]
            )
        )
        stored = get_tickets(store, workspace, ids)
        texts = sorted({text_key(past.ticket) for past in stored.values()})
        rows: Counter[str] = Counter()
        offered = _erase_suggestions(connection, workspace, ids, requester, rows)
        _erase_decisions(connection, workspace, ids, rows)
        erase_from_incidents(connection, store.sealer, workspace, ids, rows)
        for table, columns in BY_TICKET:
            for some in _parts(ids):
                named = or_(*(table.c[column].in_(some) for column in columns))
                _delete(connection, table, rows, table.c.workspace == workspace, named)
        if remembered:
            _erase_documents(connection, store.sealer, workspace, [*ids, *offered], rows)
        noted = [(ErasedKind.TEXT, key) for key in texts]
        if remembered:
            noted += [(ErasedKind.TICKET, keys.ticket(name)) for name in ids]
            noted += [(ErasedKind.REQUESTER, keys.requester(requester))] if requester else []
        note_erased(
            connection, workspace, [Erased(kind, key, erasure_id, moment, revision) for kind, key in noted]
        )
    return Erasure(erasure_id, moment, len(stored), dict(sorted(rows.items())), tuple(texts))


def _filed_by(connection: Connection, sealer: Sealer, workspace: str, requester: str | None) -> list[str]:
    if not requester:
        return []
    written = _spellings(connection, tickets, workspace, requester)
    query = select(tickets.c.ticket_id).where(
        tickets.c.workspace == workspace, tickets.c.requester.in_(written)
    )
    found = list(connection.scalars(query.order_by(tickets.c.ticket_id)))
    return found + sealed_of_requester(connection, sealer, workspace, requester)


def _spellings(connection: Connection, table: Table, workspace: str, requester: str) -> list[str]:
    """Return how a requester is written in a table: in whatever case, with whatever space around.

    Compared here, as the ledger compares: SQLite knows the lower case of ASCII alone.
    """
    wanted = requester.strip().casefold()
    written = select(table.c.requester).where(table.c.workspace == workspace, table.c.requester.is_not(None))
    return [one for one in connection.scalars(written.distinct()) if one.strip().casefold() == wanted]


def _erase_suggestions(
    connection: Connection, workspace: str, ids: Sequence[str], requester: str | None, rows: Counter[str]
) -> list[str]:
    """Delete what was offered for these tickets, or to the requester; return the suggestions' ids."""
    wanted = [
        or_(suggestions.c.ticket_id.in_(some), suggestions.c.filed_ticket_id.in_(some))
        for some in _parts(ids)
    ]
    if requester:
        written = _spellings(connection, suggestions, workspace, requester)
        wanted.append(suggestions.c.requester.in_(written))
    found: list[str] = []
    for condition in wanted:
        query = select(suggestions.c.suggestion_id).where(suggestions.c.workspace == workspace, condition)
        found += connection.scalars(query)
    for some in _parts(found):
        _delete(connection, suggestion_feedback, rows, suggestion_feedback.c.suggestion_id.in_(some))
        _delete(connection, suggestions, rows, suggestions.c.suggestion_id.in_(some))
    return found


def _erase_decisions(connection: Connection, workspace: str, ids: Sequence[str], rows: Counter[str]) -> None:
    for some in _parts(ids):
        mine = (decisions.c.workspace == workspace, decisions.c.ticket_id.in_(some))
        made = select(decisions.c.decision_id).where(*mine)
        _delete(connection, feedback, rows, feedback.c.decision_id.in_(made))
        _delete(connection, decisions, rows, *mine)


def _erase_documents(
    connection: Connection, sealer: Sealer, workspace: str, names: Sequence[str], rows: Counter[str]
) -> None:
    """Take out kept answers, messages and reports that name something erased.

    An answer's place stays taken, so that a repeated request is refused and not done anew. The report of what
    articles lack holds subjects, not all of them with an id: it goes, and the next run makes another.
    """
    for some in _parts(sealed_answers_naming(connection, sealer, workspace, names)):
        told = idempotency_keys.c.workspace == workspace, idempotency_keys.c.key.in_(some)
        _erase_answers(connection, rows, *told)
    for some in _parts(names, _FEW):
        answered = idempotency_keys.c.workspace == workspace, _names(idempotency_keys.c.response, some)
        _erase_answers(connection, rows, *answered)
        _delete(connection, outbox, rows, outbox.c.workspace == workspace, _names(outbox.c.body, some))
    _delete(connection, knowledge_reports, rows, knowledge_reports.c.workspace == workspace)


def _erase_answers(connection: Connection, rows: Counter[str], *where: ColumnElement[bool]) -> None:
    done = connection.execute(update(idempotency_keys).where(*where).values(status_code=ERASED, response={}))
    _count(rows, "idempotency_keys, changed", done.rowcount)


def _names(document: ColumnElement[Any], names: Sequence[str]) -> ColumnElement[bool]:
    told = cast(document, Text)
    return or_(*(told.contains(json.dumps(name), autoescape=True) for name in names))


def _delete(connection: Connection, table: Table, rows: Counter[str], *where: ColumnElement[bool]) -> None:
    _count(rows, table.name, connection.execute(delete(table).where(*where)).rowcount)


def _count(rows: Counter[str], name: str, count: int) -> None:
    if count > 0:
        rows[name] += count


def _parts(names: Sequence[str], size: int = _MANY) -> Iterable[Sequence[str]]:
    return (names[at : at + size] for at in range(0, len(names), size))
