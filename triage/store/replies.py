"""Replies to the tickets of a workspace, and its macros."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, delete, select

from triage.errors import NotFoundError
from triage.helping.reply import Macro, Reply
from triage.store.database import Store
from triage.store.helping_tables import macros, replies
from triage.store.solved import note_solved
from triage.store.upsert import upsert

__all__ = ["delete_macro", "list_macros", "put_macros", "put_replies", "replies_of"]

_COLUMNS = [replies.c[name] for name in Reply.__slots__]
_MANY = 500
# With every ticket that is decided: made once, since making a statement costs as much as running it.
_OF = select(*_COLUMNS).where(
    replies.c.workspace == bindparam("named"), replies.c.ticket_id.in_(bindparam("ids", expanding=True))
)


def put_replies(store: Store, workspace: str, given: Sequence[Reply]) -> None:
    """Store replies, all or none; one that is there is replaced. The ticket need not be stored yet.

    A ticket with replies is one that may be solved by them, so servers look at it anew.
    """
    rows = {
        (one.ticket_id, one.reply_id): {
            "workspace": workspace,
            **{name: getattr(one, name) for name in Reply.__slots__},
        }
        for one in given
    }
    with store.writing(workspace) as connection:
        upsert(connection, replies, [store.sealer.sealed(replies, row) for row in rows.values()])
        note_solved(connection, workspace, [one.ticket_id for one in given])


def replies_of(store: Store, workspace: str, ticket_ids: Sequence[str]) -> dict[str, list[Reply]]:
    """Return the replies of each ticket that has any, in the order in which they were sent."""
    found: dict[str, list[Reply]] = {}
    with store.reading(workspace) as connection:
        for begin in range(0, len(ticket_ids), _MANY):
            some = {"named": workspace, "ids": ticket_ids[begin : begin + _MANY]}
            for row in connection.execute(_OF, some):
                told = store.sealer.opened(replies, {"workspace": workspace, **row._mapping})
                found.setdefault(row.ticket_id, []).append(_reply(told))
    for several in found.values():
        several.sort(key=lambda one: (one.created_at or datetime.min.replace(tzinfo=UTC), one.reply_id))
    return found


def put_macros(store: Store, workspace: str, given: Sequence[Macro]) -> None:
    """Store macros, all or none; one that is there is replaced."""
    now = datetime.now(UTC)
    rows = {
        one.macro_id: {
            "workspace": workspace,
            "macro_id": one.macro_id,
            "title": one.title,
            "body": one.body,
            "updated_at": now,
        }
        for one in given
    }
    with store.writing(workspace) as connection:
        upsert(connection, macros, list(rows.values()))


def list_macros(store: Store, workspace: str) -> list[Macro]:
    """Return all macros of a workspace, by id."""
    query = (
        select(macros.c.macro_id, macros.c.title, macros.c.body)
        .where(macros.c.workspace == workspace)
        .order_by(macros.c.macro_id)
    )
    with store.reading(workspace) as connection:
        return [Macro(row.macro_id, row.title, row.body) for row in connection.execute(query)]


def delete_macro(store: Store, workspace: str, macro_id: str) -> Macro:
    """Take a macro away; return it as it was.

    Raises
    ------
    NotFoundError
        If there is none by that id.
    """
    here = (macros.c.workspace == workspace, macros.c.macro_id == macro_id)
    with store.writing(workspace) as connection:
        row = connection.execute(select(macros.c.title, macros.c.body).where(*here)).first()
        if row is None:
            raise NotFoundError(
                "Got a macro id that this workspace does not have; GET /v1/macros lists them."
            )
        connection.execute(delete(macros).where(*here))
    return Macro(macro_id, row.title, row.body)


def _reply(told: Mapping[str, Any]) -> Reply:
    return Reply(**{name: told[name] for name in Reply.__slots__})
