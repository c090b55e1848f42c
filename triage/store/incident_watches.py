"""How far the watch for incidents has come in each workspace, and which process watches now.

One process watches a workspace at a time: it holds a lease that it renews with every look. So nothing is
raised twice, however many workers there are; one that dies is replaced when its lease runs out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from triage.store.database import Store
from triage.store.incident_tables import incident_watches
from triage.store.upsert import upsert

__all__ = ["LEASE", "StoredWatch", "end_look", "read_watch", "set_threshold", "take_watch"]

LEASE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class StoredWatch:
    """Tickets filed from ``began_at`` to ``looked_at`` were judged; ``threshold`` is learnt in training.

    ``basis`` says what the threshold rests on.
    """

    workspace: str
    began_at: datetime
    looked_at: datetime
    threshold: float
    basis: Mapping[str, Any]
    holder: str
    held_until: datetime


_COLUMNS = [incident_watches.c[name] for name in StoredWatch.__slots__]


def read_watch(store: Store, workspace: str) -> StoredWatch | None:
    """Return how far the watch has come; None where nobody has looked yet."""
    with store.reading(workspace) as connection:
        query = select(*_COLUMNS).where(incident_watches.c.workspace == workspace)
        row = connection.execute(query).first()
    return None if row is None else StoredWatch(*row)


def take_watch(
    store: Store, workspace: str, holder: str, *, threshold: float, now: datetime
) -> StoredWatch | None:
    """Take or renew the watch over a workspace; None while another process holds it.

    Where nobody has looked before, watching begins now: tickets filed earlier only say what is usual.
    """
    with store.writing(workspace) as connection:
        query = select(*_COLUMNS).where(incident_watches.c.workspace == workspace).with_for_update()
        row = connection.execute(query).first()
        stands = None if row is None else StoredWatch(*row)
        if stands is not None and stands.holder != holder and stands.held_until > now:
            return None
        if stands is None:
            stands = StoredWatch(workspace, now, now, threshold, {}, holder, now + LEASE)
            upsert(
                connection,
                incident_watches,
                [{name: getattr(stands, name) for name in StoredWatch.__slots__}],
            )
            return stands
        connection.execute(
            update(incident_watches)
            .where(incident_watches.c.workspace == workspace)
            .values(holder=holder, held_until=now + LEASE)
        )
    return replace(stands, holder=holder, held_until=now + LEASE)


def end_look(store: Store, held: StoredWatch, *, now: datetime) -> bool:
    """Note that tickets until now were judged; False where the lease was lost, then nothing may be kept.

    To be called in the transaction that keeps what was found.
    """
    with store.writing(held.workspace) as connection:
        done = connection.execute(
            update(incident_watches)
            .where(
                incident_watches.c.workspace == held.workspace,
                incident_watches.c.holder == held.holder,
                incident_watches.c.looked_at == held.looked_at,
            )
            .values(looked_at=now, held_until=now + LEASE)
        )
        return bool(done.rowcount)


def set_threshold(
    store: Store, workspace: str, threshold: float, basis: Mapping[str, Any], *, now: datetime
) -> None:
    """Keep a learnt threshold with what it rests on; where nobody has looked yet, watching begins now."""
    with store.writing(workspace) as connection:
        done = connection.execute(
            update(incident_watches)
            .where(incident_watches.c.workspace == workspace)
            .values(threshold=threshold, basis=dict(basis))
        )
        if not done.rowcount:
            made = StoredWatch(workspace, now, now, threshold, dict(basis), "", now)
            upsert(
                connection, incident_watches, [{name: getattr(made, name) for name in StoredWatch.__slots__}]
            )
