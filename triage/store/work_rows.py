"""The row of a ticket while somebody tells what happened to it: locked, checked, written."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update

from triage.errors import InputError, NotFoundError
from triage.store.revisions import Kind, take_revision
from triage.store.schema import tickets

__all__ = ["check_after_filing", "lock_ticket", "told_moment", "write_ticket"]

_AHEAD = timedelta(days=1)
_CLOCKS = timedelta(minutes=5)
"""How far the clocks of two machines may lie apart."""
_TOLD = (
    "labels",
    "status",
    "created_at",
    "assigned_at",
    "first_response_at",
    "resolved_at",
    "closed_at",
    "reassignments",
    "updated_at",
)


def told_moment(at: datetime | None) -> datetime:
    """Return when something happened; None is now.

    Raises
    ------
    InputError
        If the moment is more than a day ahead.
    """
    now = datetime.now(UTC)
    if at is not None and at > now + _AHEAD:
        raise InputError(
            f"Got the moment {at.isoformat()}, which lies more than a day ahead; expected when it happened."
        )
    return at or now


def check_after_filing(moment: datetime, filed: datetime | None, what: str) -> None:
    """See to it that something did not happen before a ticket was filed.

    Raises
    ------
    InputError
        If it did, by more than clocks may differ (five minutes).
    """
    # A filing time ahead of our clock must not keep a ticket from being told of now.
    if filed is not None and moment < min(filed, datetime.now(UTC)) - _CLOCKS:
        raise InputError(
            f"Got {moment.isoformat()} as {what}, before its filing at {filed.isoformat()}; "
            "expected a time after it."
        )


def lock_ticket(connection: Connection, workspace: str, ticket_id: str) -> Row[Any]:
    """Return a ticket's row, which is about to change; another writer waits (SQLite has one anyway).

    The revision is taken first, as by whoever stores tickets, so that no two wait for each other.

    Raises
    ------
    NotFoundError
        If the ticket is not stored.
    """
    revision = take_revision(connection, workspace, Kind.WORK)
    here = tickets.c.workspace == workspace, tickets.c.ticket_id == ticket_id
    query = select(*[tickets.c[name] for name in _TOLD]).where(*here).with_for_update()
    row = connection.execute(query).first()
    if row is None:
        raise NotFoundError("Got a ticket that is not stored; expected one with an id that was sent before.")
    connection.execute(update(tickets).where(*here).values(work=revision))
    return row


def write_ticket(
    connection: Connection,
    workspace: str,
    ticket_id: str,
    changes: Mapping[str, Any],
    *,
    updated_at: datetime | None = None,
) -> None:
    """Write columns of a ticket, and when it changed: None is now."""
    here = tickets.c.workspace == workspace, tickets.c.ticket_id == ticket_id
    moment = updated_at or datetime.now(UTC)
    connection.execute(update(tickets).where(*here).values(**changes, updated_at=moment))
