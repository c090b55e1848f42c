"""Which ticket is a duplicate of which: parents and children."""

from typing import Annotated

from fastapi import APIRouter, Response

from serving.auth import Caller, permitted
from serving.dependencies import StoreDep
from serving.idempotency import OnceDep, answer
from serving.problems import documented
from serving.reach import reach_ticket
from serving.routers.tickets import TicketId
from serving.schemas.incidents import FamilyOut, ParentIn, ParentLinkOut
from serving.sight import work_in_sight
from triage.errors import ConflictError, NotFoundError
from triage.store import Store
from triage.store.idempotency import Reply
from triage.store.parents import children_of, parent_of, remove_parent, set_parent
from triage.store.tickets import get_ticket

__all__ = ["router"]

router = APIRouter(prefix="/v1/tickets", tags=["tickets"])
READING = documented(400, 401, 403, 404, 422, 500, 503)
WRITING = documented(400, 401, 403, 404, 409, 413, 422, 500, 503)


@router.get(
    "/{ticket_id:path}/parent",
    operation_id="read_ticket_parent",
    summary="Read a ticket's parent and children",
    response_model=FamilyOut,
    responses=READING,
)
def read(
    ticket_id: TicketId, store: StoreDep, caller: Annotated[Caller, permitted("read_ticket_parent")]
) -> FamilyOut:
    """Return what a ticket is a duplicate of, or which are its duplicates."""
    reach_ticket(store, caller, ticket_id)
    return _family(store, caller, ticket_id)


@router.put(
    "/{ticket_id:path}/parent",
    operation_id="set_ticket_parent",
    summary="Say that a ticket is a duplicate",
    response_model=ParentLinkOut,
    responses=WRITING,
)
def link(
    ticket_id: TicketId,
    given: ParentIn,
    store: StoreDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("set_ticket_parent")],
) -> Response:
    """Make a ticket the child of another; the next training learns duplicates from it.

    There are no chains: a parent is nobody's child, and a child has no children.
    """

    def put() -> Reply:
        reach_ticket(store, caller, ticket_id)
        reach_ticket(store, caller, given.parent_id)
        done = set_parent(store, caller.workspace, ticket_id, given.parent_id, caller.name)
        return Reply(200, ParentLinkOut.of(done).model_dump(mode="json"))

    return answer(once.run(caller.workspace, put))


@router.delete(
    "/{ticket_id:path}/parent",
    operation_id="delete_ticket_parent",
    summary="Say that a ticket is no duplicate",
    response_model=FamilyOut,
    responses=WRITING,
)
def unlink(
    ticket_id: TicketId,
    store: StoreDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("delete_ticket_parent")],
) -> Response:
    """Remove the link to its parent, whoever made it; what is left is returned."""

    def remove() -> Reply:
        # Erasing a ticket of such an id would have the same address; nobody is to think that it was erased.
        if get_ticket(store, caller.workspace, f"{ticket_id}/parent") is not None:
            raise ConflictError(
                "Got the address of a ticket's parent, which is also that of a ticket whose id ends in "
                "'/parent'; expected one of the two; do either with `triage erase` or PUT another parent."
            )
        reach_ticket(store, caller, ticket_id)
        remove_parent(store, caller.workspace, ticket_id)
        return Reply(200, _family(store, caller, ticket_id).model_dump(mode="json"))

    return answer(once.run(caller.workspace, remove))


def _family(store: Store, caller: Caller, ticket_id: str) -> FamilyOut:
    workspace = caller.workspace
    if get_ticket(store, workspace, ticket_id) is None:
        raise NotFoundError(f"Got the ticket {ticket_id!r}, which is not stored; send it first.")
    parent = parent_of(store, workspace, ticket_id)
    children = children_of(store, workspace, ticket_id)
    among = work_in_sight(store, caller).filter(store, workspace)
    if among is not None:
        named = {one.ticket_id for one in children} | ({parent.parent_id} if parent else set())
        shown = among(named)
        parent = parent if parent and parent.parent_id in shown else None
        children = [one for one in children if one.ticket_id in shown]
    return FamilyOut(
        parent=None if parent is None else ParentLinkOut.of(parent),
        children=[ParentLinkOut.of(one) for one in children],
    )
