"""Articles that were sent as answers, and what the requesters said."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select, update

from triage.errors import ConflictError, NotFoundError
from triage.helping.auto_resolve import AutoResolution
from triage.store.database import Store
from triage.store.helping_tables import auto_resolutions
from triage.store.upsert import upsert

__all__ = ["answer_auto_resolution", "auto_resolutions_since", "get_auto_resolution", "put_auto_resolution"]

_COLUMNS = [auto_resolutions.c[name] for name in AutoResolution.__slots__]


def put_auto_resolution(store: Store, workspace: str, given: AutoResolution) -> AutoResolution:
    """Note that an article was sent; a ticket that was answered so before keeps that answer.

    Returns
    -------
    AutoResolution
        What stands.
    """
    with store.writing(workspace) as connection:
        stands = get_auto_resolution(store, workspace, given.ticket_id)
        if stands is not None and not stands.is_shadow:
            return stands
        row = {"workspace": workspace, **{name: getattr(given, name) for name in AutoResolution.__slots__}}
        upsert(connection, auto_resolutions, [row])
    return given


def get_auto_resolution(store: Store, workspace: str, ticket_id: str) -> AutoResolution | None:
    """Return what was sent for a ticket, None when nothing was."""
    query = select(*_COLUMNS).where(
        auto_resolutions.c.workspace == workspace, auto_resolutions.c.ticket_id == ticket_id
    )
    with store.reading(workspace) as connection:
        row = connection.execute(query).first()
    return None if row is None else AutoResolution(*row)


def answer_auto_resolution(
    store: Store, workspace: str, ticket_id: str, helped: bool, at: datetime
) -> AutoResolution:
    """Store the requester's word; the same word again changes nothing.

    Raises
    ------
    NotFoundError
        If no article was sent for this ticket.
    ConflictError
        If the other word stands, or the question is over: nobody answered in time, and people took over.
    """
    here = (auto_resolutions.c.workspace == workspace, auto_resolutions.c.ticket_id == ticket_id)
    with store.writing(workspace) as connection:
        stands = get_auto_resolution(store, workspace, ticket_id)
        if stands is None or stands.is_shadow:
            raise NotFoundError(
                "Got a word on a ticket that no article was sent for; expected one that waits."
            )
        if stands.helped is not None:
            if stands.helped is helped:
                return stands
            raise ConflictError("Got the opposite of what the requester said before; expected the same word.")
        if at >= stands.expires_at:
            raise ConflictError(
                f"Got a word on an article whose time was over at {stands.expires_at.isoformat()}; expected "
                "it before, since people have the ticket now. Close it as any other, if it is solved."
            )
        connection.execute(update(auto_resolutions).where(*here).values(helped=helped, answered_at=at))
    return replace(stands, helped=helped, answered_at=at)


def auto_resolutions_since(store: Store, workspace: str, since: datetime) -> list[AutoResolution]:
    """Return what was sent since a moment, the first first."""
    query = (
        select(*_COLUMNS)
        .where(auto_resolutions.c.workspace == workspace, auto_resolutions.c.created_at >= since)
        .order_by(auto_resolutions.c.created_at, auto_resolutions.c.ticket_id)
    )
    with store.reading(workspace) as connection:
        return [AutoResolution(*row) for row in connection.execute(query)]
