"""Finding what an erasure means in encrypted columns: opened one by one, no query sees into them."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, select

from triage.store.schema import idempotency_keys, tickets
from triage.store.sealed_form import is_sealed
from triage.store.sealer import Sealer

__all__ = ["sealed_answers_naming", "sealed_of_requester"]


def sealed_of_requester(connection: Connection, sealer: Sealer, workspace: str, requester: str) -> list[str]:
    """Return the ids of tickets whose requester is stored encrypted and is this one, whatever the case.

    Takes some ten microseconds for each ticket of the workspace whose requester is.
    """
    query = (
        select(tickets.c.workspace, tickets.c.ticket_id, tickets.c.requester)
        .where(tickets.c.workspace == workspace, is_sealed(tickets.c.requester))
        .order_by(tickets.c.ticket_id)
    )
    wanted = requester.strip().casefold()
    opened = (sealer.opened(tickets, row._mapping) for row in connection.execute(query))
    return [one["ticket_id"] for one in opened if one["requester"].strip().casefold() == wanted]


def sealed_answers_naming(
    connection: Connection, sealer: Sealer, workspace: str, names: Sequence[str]
) -> list[str]:
    """Return the keys of requests whose encrypted answers hold one of these texts, as a whole JSON string."""
    if not names:
        return []
    query = select(idempotency_keys).where(
        idempotency_keys.c.workspace == workspace, is_sealed(idempotency_keys.c.response)
    )
    wanted = set(names)
    opened = (sealer.opened(idempotency_keys, row._mapping) for row in connection.execute(query))
    return [one["key"] for one in opened if not wanted.isdisjoint(_texts(one["response"]))]


def _texts(document: Any) -> Iterator[str]:
    """Give every text in a document, names of its parts too."""
    if isinstance(document, str):
        yield document
    elif isinstance(document, dict):
        for name, value in document.items():
            yield name
            yield from _texts(value)
    elif isinstance(document, list):
        for value in document:
            yield from _texts(value)
