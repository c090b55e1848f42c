"""Doing a request once, however often it is sent: the first answer is kept and given again.

The answer is kept in the transaction of the effect, so that a crash leaves both or neither. Follows
the IETF draft "The Idempotency-Key HTTP Header Field" (draft-ietf-httpapi-idempotency-key-header).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from triage.errors import ConflictError, InputError
from triage.store.database import Store
from triage.store.schema import idempotency_keys
from triage.store.scope import Across

__all__ = ["ERASED", "KEPT_FOR", "Reply", "earlier_reply", "forget_replies", "run_once"]

KEPT_FOR = timedelta(hours=24)
ERASED = 410
"""Stands for the status of an answer that told of a ticket which was erased since; no more of it is kept."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: its HTTP status, its JSON, and whether it was given before."""

    status_code: int
    document: Mapping[str, Any]
    replayed: bool = False


def earlier_reply(store: Store, workspace: str, key: str, request_hash: str) -> Reply | None:
    """Return the answer that was given to this request before, None when it is new.

    Raises
    ------
    InputError
        If the key was used for another request.
    ConflictError
        If the answer told of a ticket that was erased since.
    """
    with store.reading(workspace) as connection:
        row = connection.execute(
            select(idempotency_keys).where(
                idempotency_keys.c.workspace == workspace, idempotency_keys.c.key == key
            )
        ).first()
    if row is None:
        return None
    if row.status_code == ERASED:
        raise ConflictError(
            "Got a request that was answered before, with something that was erased since; expected it not "
            "to be sent again. Use a key of its own for a request that shall be done anew."
        )
    if row.request_hash != request_hash:
        raise InputError(
            "Got an Idempotency-Key that was used for another request; expected the same request again, "
            "or a key of its own for each request."
        )
    return Reply(
        row.status_code, store.sealer.opened(idempotency_keys, row._mapping)["response"], replayed=True
    )


def run_once(store: Store, workspace: str, key: str, request_hash: str, effect: Callable[[], Reply]) -> Reply:
    """Do the effect and keep its answer in one transaction, or give the answer of the first time.

    Parameters
    ----------
    store : Store
        Everything that the effect writes goes through ``store.writing(workspace)`` in this thread.
    workspace, key : str
        Name the request.
    request_hash : str
        SHA-256 in hex over what was asked.
    effect : callable
        Does it and returns the answer; when it raises, nothing is kept and the key stays free.

    Raises
    ------
    InputError
        If the key was used for another request.
    """
    with store.writing(workspace) as connection:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        claim = {
            "workspace": workspace,
            "key": key,
            "request_hash": request_hash,
            "status_code": 0,
            "response": {},
            "created_at": datetime.now(UTC),
        }
        # Of two requests at once the second waits here until the first has committed or failed.
        claimed = connection.execute(
            dialect.insert(idempotency_keys)
            .values(claim)
            .on_conflict_do_nothing()
            .returning(idempotency_keys.c.key)
        ).first()
        earlier = None if claimed else earlier_reply(store, workspace, key, request_hash)
        if earlier is not None:
            return earlier
        reply = effect()
        told = {"workspace": workspace, "key": key, "response": dict(reply.document)}
        kept = store.sealer.sealed(idempotency_keys, told)["response"]
        connection.execute(
            update(idempotency_keys)
            .where(idempotency_keys.c.workspace == workspace, idempotency_keys.c.key == key)
            .values(status_code=reply.status_code, response=kept)
        )
        return reply


def forget_replies(store: Store, before: datetime) -> int:
    """Delete answers kept from before a moment; return how many."""
    with store.writing(Across.CHORES) as connection:
        done = connection.execute(delete(idempotency_keys).where(idempotency_keys.c.created_at < before))
        return int(done.rowcount)
