"""What stops and starts the clocks of promises: a ticket's first response, and waiting for its requester.

Each is one transaction. How a ticket ended is told in :mod:`triage.store.work`. The moment of a ticket's last
change stays: by it is known whether labels or an assignment are newer, and neither is told here.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from triage.errors import ConflictError, InputError
from triage.sla.book import SlaBook
from triage.store.assignments import DONE
from triage.store.database import Store
from triage.store.sla_books import read_book
from triage.store.sla_pauses import begin_pause, end_pause, list_pauses
from triage.store.work_rows import check_after_filing, lock_ticket, told_moment, write_ticket

__all__ = ["FirstResponse", "ToldStatus", "note_first_response", "set_status"]


@dataclass(frozen=True, slots=True)
class FirstResponse:
    """What telling a first response came to.

    Parameters
    ----------
    first_response_at : datetime
        When somebody first responded, as it is stored now, with a zone.
    is_changed : bool
        False where an earlier response was known: then nothing was stored.
    """

    first_response_at: datetime
    is_changed: bool


@dataclass(frozen=True, slots=True)
class ToldStatus:
    """What telling a ticket's status came to.

    Parameters
    ----------
    previous : str or None
        The status before.
    waiting_since : datetime or None
        Since when the requester is waited for; None: not now.
    is_changed : bool
        False where that was known already: then nothing was stored.
    """

    previous: str | None
    waiting_since: datetime | None
    is_changed: bool


def note_first_response(
    store: Store, workspace: str, ticket_id: str, *, at: datetime | None = None
) -> FirstResponse:
    """Store when somebody first responded to a ticket; an earlier response that is known stays.

    Parameters
    ----------
    store : Store
        Where.
    workspace, ticket_id : str
        Which ticket.
    at : datetime or None, default=None
        When, with a zone; None is now.

    Raises
    ------
    InputError
        If the moment is more than a day ahead, or lies before the ticket was filed.
    NotFoundError
        If the ticket is not stored.
    """
    moment = told_moment(at)
    with store.writing(workspace) as connection:
        row = lock_ticket(connection, workspace, ticket_id)
        check_after_filing(moment, row.created_at, "a ticket's first response")
        if row.first_response_at is not None and row.first_response_at <= moment:
            return FirstResponse(row.first_response_at, False)
        told = {"first_response_at": moment}
        write_ticket(connection, workspace, ticket_id, told, updated_at=row.updated_at)
    return FirstResponse(moment, True)


def set_status(
    store: Store, workspace: str, ticket_id: str, status: str, *, at: datetime | None = None
) -> ToldStatus:
    """Store an open ticket's status; where it says that the requester is waited for, clocks stand still.

    Which states those are says the workspace's SLA book (:class:`triage.sla.book.SlaBook`). The pause begins
    or ends with what is told here, not with the worker's next look.

    Parameters
    ----------
    store : Store
        Where.
    workspace, ticket_id : str
        Which ticket.
    status : str
        In the helpdesk's own words.
    at : datetime or None, default=None
        Since when, with a zone; None is now.

    Raises
    ------
    InputError
        If the status is one of a ticket that is done; if the moment is more than a day ahead, lies before
        the ticket was filed, or before the waiting that it ends.
    ConflictError
        If the ticket is done.
    NotFoundError
        If the ticket is not stored.
    """
    moment = told_moment(at)
    with store.writing(workspace) as connection:
        row = lock_ticket(connection, workspace, ticket_id)
        book = read_book(store, workspace).book
        _check_open(book, row, status)
        check_after_filing(moment, row.created_at, "the begin of a ticket's status")
        since = _waiting_since(store, workspace, ticket_id, book, row)
        waits, told_before = book.is_waiting(status), row.status == status
        if waits and since is None:
            begin_pause(store, workspace, ticket_id, moment)
        elif since is not None and not waits:
            if moment < since:
                raise InputError(
                    f"Got {moment.isoformat()} as the end of waiting for a requester, before its begin at "
                    f"{since.isoformat()}; expected a time after it."
                )
            end_pause(store, workspace, ticket_id, moment)
        if not told_before:
            write_ticket(connection, workspace, ticket_id, {"status": status}, updated_at=row.updated_at)
        is_changed = not told_before or waits != (since is not None)
        return ToldStatus(row.status, (since or moment) if waits else None, is_changed)


def _check_open(book: SlaBook, row: Row, status: str) -> None:  # type: ignore[type-arg]
    if status.strip().lower() in {*book.done_statuses, *DONE}:
        raise InputError(
            f"Got the status {status!r}, which is one of a ticket that is done; expected one of an open "
            "ticket. How a ticket ended is told by closing it."
        )
    ended_at = row.closed_at or row.resolved_at
    if ended_at is not None:
        raise ConflictError(
            f"Got the status of a ticket that ended at {ended_at.isoformat()}; expected an open ticket. "
            "One that is open again comes with an import."
        )


def _waiting_since(
    store: Store, workspace: str, ticket_id: str, book: SlaBook, row: Row[Any]
) -> datetime | None:
    """Return since when the requester is waited for, having noted what the worker did not come to yet.

    A status that an import brought is as old as the ticket's last change.
    """
    known = list_pauses(store, workspace, [ticket_id]).get(ticket_id, ())
    since = next((one.started_at for one in known if one.ended_at is None), None)
    waits = book.is_waiting(row.status)
    if waits and since is None:
        begin_pause(store, workspace, ticket_id, row.updated_at)
        return row.updated_at  # type: ignore[no-any-return]
    if since is not None and not waits:
        end_pause(store, workspace, ticket_id, max(since, row.updated_at))
        return None
    return since
