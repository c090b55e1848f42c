"""Golden tickets of a workspace: frozen, read, thawed. Their texts stay where all tickets are."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import delete, inspect, select

from triage.golden import GoldenTicket
from triage.store.database import Store, open_store
from triage.store.golden_tables import golden_tickets
from triage.store.revisions import Kind, read_revisions, take_revision
from triage.store.tickets import get_tickets

__all__ = ["freeze_tickets", "golden_ids", "golden_ids_of", "read_golden", "thaw_tickets"]


def freeze_tickets(
    store: Store, workspace: str, labels: Mapping[str, Mapping[str, str]], *, now: datetime | None = None
) -> int:
    """Keep tickets back from now on; those that are kept back already stay as they are.

    Parameters
    ----------
    store : Store
        Where.
    workspace : str
        Whose.
    labels : Mapping of str to Mapping of str to str
        By ticket: its values by field, as somebody trusts them.
    now : datetime, optional
        The moment; by default this one.

    Returns
    -------
    int
        How many are new.
    """
    with store.writing(workspace) as connection:
        revision = take_revision(connection, workspace, Kind.GOLDEN)
        known = set(golden_ids(store, workspace)[0])
        moment = now or datetime.now(UTC)
        rows = [
            {
                "workspace": workspace,
                "ticket_id": name,
                "labels": dict(values),
                "revision": revision,
                "frozen_at": moment,
            }
            for name, values in labels.items()
            if name not in known
        ]
        if rows:
            connection.execute(golden_tickets.insert(), rows)
    return len(rows)


def golden_ids(store: Store, workspace: str) -> tuple[Sequence[str], int]:
    """Return which tickets are kept back, and the revision up to which those are all."""
    with store.looking(workspace), store.reading(workspace) as connection:
        revision = read_revisions(store, workspace)[Kind.GOLDEN]
        query = select(golden_tickets.c.ticket_id, golden_tickets.c.revision).where(
            golden_tickets.c.workspace == workspace
        )
        # A row frozen since the revision was read (PostgreSQL reads what is committed) is of a later one.
        rows = connection.execute(query).all()
    return [row.ticket_id for row in rows if row.revision <= revision], revision


def golden_ids_of(url: str, workspace: str) -> tuple[Sequence[str], int]:
    """Return the same of a database URL; none where there is no store, or one from before.

    For who only looks: makes no store and changes none.
    """
    file = url.removeprefix("sqlite:///")
    if file != url and not Path(file).exists():
        return [], 0
    store = open_store(url, migrate=False)
    try:
        known = inspect(store.engine).has_table(golden_tickets.name)
        return golden_ids(store, workspace) if known else ([], 0)
    finally:
        store.close()


def read_golden(store: Store, workspace: str) -> list[GoldenTicket]:
    """Return the golden tickets that are stored, by id."""
    with store.looking(workspace), store.reading(workspace) as connection:
        query = select(golden_tickets).where(golden_tickets.c.workspace == workspace)
        rows = connection.execute(query.order_by(golden_tickets.c.ticket_id)).all()
        stored = get_tickets(store, workspace, [row.ticket_id for row in rows])
    return [
        GoldenTicket(stored[row.ticket_id].ticket, row.labels, row.revision, stored[row.ticket_id].labels)
        for row in rows
        if row.ticket_id in stored
    ]


def thaw_tickets(store: Store, workspace: str) -> int:
    """Keep none back any more; return how many were."""
    with store.writing(workspace) as connection:
        take_revision(connection, workspace, Kind.GOLDEN)
        return connection.execute(
            delete(golden_tickets).where(golden_tickets.c.workspace == workspace)
        ).rowcount
