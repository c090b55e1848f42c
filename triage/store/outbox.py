"""Messages on their way to webhook endpoints: kept until delivered or given up. Sends nothing itself.

A message's id follows from event and endpoint, so that it is put out once; it is also what a receiver
tells repetitions by.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from triage.errors import NotFoundError
from triage.store.database import Store
from triage.store.scope import Across
from triage.store.sealer import Sealer
from triage.store.sla_tables import outbox, webhook_endpoints

__all__ = [
    "Endpoint",
    "Message",
    "add_endpoint",
    "claim_messages",
    "close_message",
    "disable_endpoint",
    "list_endpoints",
    "list_messages",
    "postpone_message",
    "put_messages",
    "replay_message",
]

LEASE = timedelta(minutes=5)
"""A message that is being sent is left alone by other workers for so long."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where messages of a workspace go; ``disabled_at`` is None while they do."""

    endpoint_id: str
    workspace: str
    url: str
    created_at: datetime
    disabled_at: datetime | None = None
    disabled_because: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one endpoint; ``next_attempt_at`` is None when it was delivered or given up."""

    message_id: str
    workspace: str
    endpoint_id: str
    kind: str
    body: Mapping[str, Any]
    created_at: datetime
    attempts: int
    next_attempt_at: datetime | None
    delivered_at: datetime | None
    given_up_at: datetime | None
    problem: str | None


_ENDPOINT = [webhook_endpoints.c[name] for name in Endpoint.__slots__]
_MESSAGE = [outbox.c[name] for name in Message.__slots__]


def add_endpoint(store: Store, workspace: str, url: str, *, now: datetime | None = None) -> Endpoint:
    """Add an endpoint; it gets the messages that are put out from now on."""
    made = Endpoint(uuid.uuid4().hex, workspace, url, now or datetime.now(UTC))
    with store.writing(workspace) as connection:
        row = {name: getattr(made, name) for name in Endpoint.__slots__}
        connection.execute(webhook_endpoints.insert().values(store.sealer.sealed(webhook_endpoints, row)))
    return made


def list_endpoints(store: Store, workspace: str, *, only_enabled: bool = False) -> list[Endpoint]:
    """Return the endpoints of a workspace, oldest first."""
    query = select(*_ENDPOINT).where(webhook_endpoints.c.workspace == workspace)
    if only_enabled:
        query = query.where(webhook_endpoints.c.disabled_at.is_(None))
    ordered = query.order_by(webhook_endpoints.c.created_at, webhook_endpoints.c.endpoint_id)
    with store.reading(workspace) as connection:
        return [_endpoint(store.sealer, row) for row in connection.execute(ordered)]


def disable_endpoint(
    store: Store, workspace: str, endpoint_id: str, because: str, *, now: datetime | None = None
) -> None:
    """Send nothing more to an endpoint; what waits for it is given up.

    Raises
    ------
    NotFoundError
        If the workspace has no such endpoint.
    """
    moment = now or datetime.now(UTC)
    with store.writing(workspace) as connection:
        done = connection.execute(
            update(webhook_endpoints)
            .where(webhook_endpoints.c.workspace == workspace, webhook_endpoints.c.endpoint_id == endpoint_id)
            .values(disabled_at=moment, disabled_because=because[:400])
        )
        if not done.rowcount:
            raise NotFoundError(
                f"Got endpoint {endpoint_id!r}; expected one of workspace {workspace!r}. "
                "List them: triage sla endpoints."
            )
        connection.execute(
            update(outbox)
            .where(
                outbox.c.workspace == workspace,
                outbox.c.endpoint_id == endpoint_id,
                outbox.c.next_attempt_at.is_not(None),
            )
            .values(next_attempt_at=None, given_up_at=moment, problem=because[:400])
        )


def put_messages(
    store: Store, workspace: str, messages: Sequence[tuple[str, str, Mapping[str, Any]]], *, now: datetime
) -> int:
    """Put messages out to every enabled endpoint of a workspace; return how many are new.

    Parameters
    ----------
    store : Store
        Where to.
    workspace : str
        Whose they are.
    messages : sequence of (str, str, Mapping)
        What each is about (its id), its kind, and its body as JSON.
    now : datetime
        When they are put out, and may be sent.
    """
    with store.writing(workspace) as connection:
        endpoints = list_endpoints(store, workspace, only_enabled=True)
        rows = {
            f"{about}-{one.endpoint_id}": {
                "message_id": f"{about}-{one.endpoint_id}",
                "workspace": workspace,
                "endpoint_id": one.endpoint_id,
                "kind": kind,
                "body": dict(body),
                "created_at": now,
                "attempts": 0,
                "next_attempt_at": now,
            }
            for one in endpoints
            for about, kind, body in messages
        }
        known = set()
        for name in rows:  # few: an event is raised once
            mine = outbox.c.workspace == workspace, outbox.c.message_id == name
            if connection.scalar(select(outbox.c.message_id).where(*mine)):
                known.add(name)
        new = [row for name, row in rows.items() if name not in known]
        if new:
            connection.execute(outbox.insert(), new)
    return len(new)


def claim_messages(store: Store, *, now: datetime, limit: int = 50) -> list[tuple[Message, Endpoint]]:
    """Take messages whose time has come, earliest first; other workers leave them alone for a while.

    A worker that dies after sending sends again when the lease is over: the id tells the receiver.
    """
    found = []
    with store.writing(Across.CHORES) as connection:
        query = (
            select(*_MESSAGE, *_ENDPOINT)
            .join(webhook_endpoints, webhook_endpoints.c.endpoint_id == outbox.c.endpoint_id)
            .where(outbox.c.next_attempt_at <= now)
            .order_by(outbox.c.next_attempt_at, outbox.c.message_id)
            .limit(limit)
            .with_for_update(of=outbox, skip_locked=True)
        )
        for row in connection.execute(query).all():
            message, endpoint = Message(*row[: len(_MESSAGE)]), _endpoint(store.sealer, row[len(_MESSAGE) :])
            connection.execute(
                update(outbox)
                .where(outbox.c.message_id == message.message_id)
                .values(next_attempt_at=now + LEASE)
            )
            found.append((message, endpoint))
    return found


def close_message(store: Store, message_id: str, *, now: datetime, problem: str | None = None) -> None:
    """End a message: delivered, or given up because of a problem."""
    ended = {"delivered_at": now} if problem is None else {"given_up_at": now}
    with store.writing(Across.CHORES) as connection:
        connection.execute(
            update(outbox)
            .where(outbox.c.message_id == message_id)
            .values(next_attempt_at=None, problem=problem, attempts=outbox.c.attempts + 1, **ended)
        )


def postpone_message(store: Store, message_id: str, until: datetime, problem: str) -> None:
    """Note a failed attempt and when to try again."""
    with store.writing(Across.CHORES) as connection:
        connection.execute(
            update(outbox)
            .where(outbox.c.message_id == message_id)
            .values(next_attempt_at=until, problem=problem[:400], attempts=outbox.c.attempts + 1)
        )


def replay_message(store: Store, workspace: str, message_id: str, *, now: datetime | None = None) -> None:
    """Send a message again, whatever became of it.

    Raises
    ------
    NotFoundError
        If the workspace has no such message.
    """
    with store.writing(workspace) as connection:
        done = connection.execute(
            update(outbox)
            .where(outbox.c.workspace == workspace, outbox.c.message_id == message_id)
            .values(next_attempt_at=now or datetime.now(UTC), delivered_at=None, given_up_at=None, attempts=0)
        )
        if not done.rowcount:
            raise NotFoundError(f"Got message {message_id!r}; expected one of workspace {workspace!r}.")


def list_messages(store: Store, workspace: str, *, limit: int = 100) -> list[Message]:
    """Return the messages of a workspace, newest first."""
    query = select(*_MESSAGE).where(outbox.c.workspace == workspace)
    newest = query.order_by(outbox.c.created_at.desc(), outbox.c.message_id).limit(limit)
    with store.reading(workspace) as connection:
        return [Message(*row) for row in connection.execute(newest)]


def _endpoint(sealer: Sealer, row: Sequence[Any]) -> Endpoint:
    told = dict(zip(Endpoint.__slots__, row, strict=True))
    return Endpoint(**sealer.opened(webhook_endpoints, told))
