"""Erasing a ticket, or all of somebody's tickets: for whoever has the right that nothing is kept of them."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from serving.auth import Caller, permitted
from serving.dependencies import ModelHostDep, StoreDep
from serving.erasing import erase_and_tell
from serving.idempotency import OnceDep, answer
from serving.key_grants import demand_whole_workspace
from serving.problems import documented
from serving.reach import reach_ticket
from serving.routers.tickets import TicketId
from serving.schemas.base import SafeText
from serving.schemas.erasures import ErasureOut
from triage.store.idempotency import Reply

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["privacy"])
PROBLEMS = documented(400, 401, 403, 404, 409, 413, 422, 500, 503)

Requester = Annotated[
    SafeText,
    Path(
        min_length=1,
        max_length=320,
        pattern=r"^[^\r\n]*[^\s][^\r\n]*$",
        description="As tickets name them; case does not matter.",
        examples=["ada@example.org"],
    ),
]


@router.delete(
    "/tickets/{ticket_id:path}",
    operation_id="erase_ticket",
    summary="Erase a ticket",
    response_model=ErasureOut,
    responses=PROBLEMS,
)
def erase_ticket(
    ticket_id: TicketId,
    store: StoreDep,
    models: ModelHostDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("erase_ticket")],
) -> Response:
    """Remove a ticket, all that is stored because of it, and its traces in indexes and caches of all servers.

    It is not taken in again: a request that sends it is refused, an export that still has it is read without
    it, and the next model does not learn from it. The answer says which models did. One that was never stored
    is kept out all the same.
    """

    def erase() -> Reply:
        reach_ticket(store, caller, ticket_id)
        done = erase_and_tell(store, models.registry, models.key, caller.workspace, ticket_ids=[ticket_id])
        return Reply(200, done.model_dump(mode="json"))

    return answer(once.run(caller.workspace, erase))


@router.delete(
    "/requesters/{requester:path}",
    operation_id="erase_requester",
    summary="Erase somebody's tickets",
    response_model=ErasureOut,
    responses=PROBLEMS,
)
def erase_requester(
    requester: Requester,
    store: StoreDep,
    models: ModelHostDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("erase_requester")],
) -> Response:
    """Remove all tickets that somebody filed until now, as one by one; what they file later is taken in.

    Their tickets in an export, filed before this moment, are left out, whether they were ever stored or not.
    It is for callers who are limited to no teams, since the tickets may be with any.
    """
    demand_whole_workspace(caller, "erasing a requester")

    def erase() -> Reply:
        done = erase_and_tell(store, models.registry, models.key, caller.workspace, requester=requester)
        return Reply(200, done.model_dump(mode="json"))

    return answer(once.run(caller.workspace, erase))
