"""Events of promises that were raised: each once, kept for the console and for whoever asks later."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select, update

from triage.errors import NotFoundError
from triage.sla.events import SlaEvent
from triage.sla.policy import StepKind, Target
from triage.store.database import Store
from triage.store.sla_tables import sla_events

__all__ = ["Notice", "count_unseen", "list_notices", "mark_seen", "raise_events"]

_MANY = 500
Among = Callable[[Collection[str]], set[str]]


@dataclass(frozen=True, slots=True)
class Notice:
    """An event as it was raised; ``seen_at`` and ``seen_by`` are None until somebody has seen it."""

    event: SlaEvent
    raised_at: datetime
    seen_at: datetime | None
    seen_by: str | None


def raise_events(
    store: Store, workspace: str, events: Sequence[SlaEvent], *, now: datetime
) -> list[SlaEvent]:
    """Keep the events that were not raised before, and return them."""
    with store.writing(workspace) as connection:
        known: set[str] = set()
        ids = [one.event_id for one in events]
        for at in range(0, len(ids), _MANY):
            query = select(sla_events.c.event_id).where(
                sla_events.c.workspace == workspace, sla_events.c.event_id.in_(ids[at : at + _MANY])
            )
            known.update(connection.scalars(query))
        new = [one for one in events if one.event_id not in known]
        if new:
            connection.execute(sla_events.insert(), [_to_row(workspace, one, now) for one in new])
    return new


def list_notices(
    store: Store,
    workspace: str,
    *,
    only_unseen: bool = False,
    ticket_id: str | None = None,
    recipient: str | None = None,
    limit: int = 100,
    among: Among | None = None,
) -> list[Notice]:
    """Return what was raised in a workspace, of one ticket or for one recipient only, newest first.

    ``among`` returns which of some tickets the asker sees: what others raised is left out. By default all.
    """
    query = select(sla_events).where(sla_events.c.workspace == workspace)
    if only_unseen:
        query = query.where(sla_events.c.seen_at.is_(None))
    if ticket_id is not None:
        query = query.where(sla_events.c.ticket_id == ticket_id)
    if recipient is not None:
        query = query.where(sla_events.c.recipient == recipient)
    newest = query.order_by(
        sla_events.c.raised_at.desc(), sla_events.c.fell_due_at.desc(), sla_events.c.event_id
    )
    if among is None:
        newest = newest.limit(limit)
    with store.reading(workspace) as connection:
        notices = [_from_row(row) for row in connection.execute(newest)]
    if among is None:
        return notices
    shown = among({one.event.ticket_id for one in notices})
    return [one for one in notices if one.event.ticket_id in shown][:limit]


def count_unseen(store: Store, workspace: str, among: Among | None = None) -> int:
    """Return how many notices of a workspace, of tickets that the asker sees, nobody has seen."""
    query = (
        select(sla_events.c.ticket_id, func.count().label("notices"))
        .where(sla_events.c.workspace == workspace, sla_events.c.seen_at.is_(None))
        .group_by(sla_events.c.ticket_id)
    )
    with store.reading(workspace) as connection:
        counts = {row.ticket_id: int(row.notices) for row in connection.execute(query)}
    shown = set(counts) if among is None else among(counts)
    return sum(count for name, count in counts.items() if name in shown)


def mark_seen(
    store: Store,
    workspace: str,
    event_ids: Sequence[str],
    actor: str,
    *,
    now: datetime,
    among: Among | None = None,
) -> tuple[int, list[Notice]]:
    """Note who has seen events first, of all or of none.

    Parameters
    ----------
    store : Store
        Where.
    workspace : str
        Whose events.
    event_ids : sequence of str
        At most 500.
    actor : str
        Who has seen them.
    now : datetime
        When.
    among : callable, optional
        Returns which of some tickets the asker sees: what others raised is answered as what is not there.

    Returns
    -------
    int
        How many were unseen.
    list of Notice
        All of them as they stand now, in the order given, each once.

    Raises
    ------
    NotFoundError
        If the workspace has no event by one of the ids.
    """
    ids = list(dict.fromkeys(event_ids))
    here = sla_events.c.workspace == workspace, sla_events.c.event_id.in_(ids)
    with store.writing(workspace) as connection:
        done = connection.execute(
            update(sla_events).where(*here, sla_events.c.seen_at.is_(None)).values(seen_at=now, seen_by=actor)
        )
        found = {row.event_id: _from_row(row) for row in connection.execute(select(sla_events).where(*here))}
        if among is not None:
            shown = among({one.event.ticket_id for one in found.values()})
            found = {name: one for name, one in found.items() if one.event.ticket_id in shown}
        if len(found) < len(ids):
            raise NotFoundError(
                f"Got {len(ids) - len(found)} of {len(ids)} notices that this workspace does not have; "
                "GET /v1/sla/notices lists them."
            )
        return int(done.rowcount), [found[one] for one in ids]


def _to_row(workspace: str, one: SlaEvent, now: datetime) -> dict[str, Any]:
    return {
        "event_id": one.event_id,
        "workspace": workspace,
        "ticket_id": one.ticket_id,
        "policy": one.policy,
        "target": one.target.value,
        "kind": one.kind.value,
        "share": one.share,
        "addressee": one.to,
        "recipient": one.recipient,
        "fell_due_at": one.fell_due_at,
        "due_at": one.due_at,
        "raised_at": now,
    }


def _from_row(row: Row[Any]) -> Notice:
    event = SlaEvent(
        row.event_id,
        row.ticket_id,
        row.policy,
        Target(row.target),
        StepKind(row.kind),
        row.share,
        row.addressee,
        row.recipient,
        row.fell_due_at,
        row.due_at,
    )
    return Notice(event, row.raised_at, row.seen_at, row.seen_by)
