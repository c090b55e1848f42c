"""What becomes of a ticket after it was decided: who has it, what its clocks go by, and how it ended."""

from typing import Annotated, cast

from fastapi import APIRouter, Path, Response

from serving.audit_trail import act_for
from serving.auth import Caller, permitted
from serving.dependencies import AssigningDep, StoreDep
from serving.floor_view import floor_now
from serving.idempotency import OnceDep, answer
from serving.problems import documented
from serving.reach import NO_TICKET, reach_ticket
from serving.redactor import stored_text
from serving.schemas.assignments import GivenListOut
from serving.schemas.base import AddressId, FieldName
from serving.schemas.ticket_events import (
    AssigneeIn,
    AssigneeOut,
    CloseIn,
    CloseOut,
    FirstResponseIn,
    FirstResponseOut,
    StatusIn,
    StatusOut,
)
from triage.errors import NotFoundError
from triage.store.assignments import list_assignments
from triage.store.idempotency import Reply
from triage.store.progress import note_first_response, set_status
from triage.store.tickets import get_ticket
from triage.store.work import close_ticket, set_assignee

__all__ = ["TicketId", "router"]

router = APIRouter(prefix="/v1/tickets", tags=["tickets"])
PROBLEMS = documented(400, 401, 403, 404, 409, 413, 422, 500, 503)

TicketId = Annotated[
    AddressId,
    Path(
        min_length=1,
        max_length=200,
        pattern=r"^[^\r\n]+$",
        description="Its id in the helpdesk.",
        examples=["T-1042"],
    ),
]


@router.put(
    "/{ticket_id:path}/assignee",
    operation_id="set_assignee",
    summary="Tell who has a ticket",
    response_model=AssigneeOut,
    responses=PROBLEMS,
)
def tell_assignee(
    ticket_id: TicketId,
    given: AssigneeIn,
    store: StoreDep,
    assigning: AssigningDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("set_assignee")],
) -> Response:
    """Store that a person or the helpdesk assigned, re-assigned or took back a ticket.

    The agent's load follows at once, and who is good at such tickets is learnt for the next request. A value
    told here is a person's: triage never overwrites it.
    """

    def tell() -> Reply:
        reach_ticket(store, caller, ticket_id)
        act_for(given.by)
        done = set_assignee(
            store,
            caller.workspace,
            ticket_id,
            given.agent,
            assigned_by=given.by or caller.name,
            team=given.team,
            at=given.at,
        )
        floor = floor_now(store, assigning, caller.workspace, fresh=True)
        is_ours = floor is not None and given.agent in floor.situation.roster.agents
        load = floor.situation.load(given.agent) if floor and given.agent and is_ours else None
        shown = AssigneeOut.of(ticket_id, given.agent, done, load)
        return Reply(200, shown.model_dump(mode="json"))

    return answer(once.run(caller.workspace, tell))


@router.get(
    "/{ticket_id:path}/assignments",
    operation_id="list_ticket_assignments",
    summary="Read who had a ticket",
    response_model=GivenListOut,
    responses=documented(400, 401, 403, 404, 422, 500, 503),
)
def list_given(
    ticket_id: TicketId, store: StoreDep, caller: Annotated[Caller, permitted("list_ticket_assignments")]
) -> GivenListOut:
    """Return to whom a ticket was given, when, by whom and why, the first first."""
    reach_ticket(store, caller, ticket_id)
    if get_ticket(store, caller.workspace, ticket_id) is None:
        raise NotFoundError(NO_TICKET)
    return GivenListOut.of(list_assignments(store, caller.workspace, ticket_id))


@router.post(
    "/{ticket_id:path}/first-response",
    operation_id="note_first_response",
    summary="Tell when a ticket was first answered",
    response_model=FirstResponseOut,
    responses=PROBLEMS,
)
def tell_first_response(
    ticket_id: TicketId,
    given: FirstResponseIn,
    store: StoreDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("note_first_response")],
) -> Response:
    """Store that somebody responded to the requester: the promise of a first answer is kept with it.

    Told again, the earliest counts, so it may be sent with every response.
    """

    def tell() -> Reply:
        reach_ticket(store, caller, ticket_id)
        done = note_first_response(store, caller.workspace, ticket_id, at=given.at)
        return Reply(200, FirstResponseOut.of(ticket_id, done).model_dump(mode="json"))

    return answer(once.run(caller.workspace, tell))


@router.put(
    "/{ticket_id:path}/status",
    operation_id="set_status",
    summary="Tell an open ticket's status",
    response_model=StatusOut,
    responses=PROBLEMS,
)
def tell_status(
    ticket_id: TicketId,
    given: StatusIn,
    store: StoreDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("set_status")],
) -> Response:
    """Store a status; while it says that the requester is waited for, the promise of a solution stands still.

    The same status told again changes nothing. A ticket that is closed is refused (409).
    """

    def tell() -> Reply:
        reach_ticket(store, caller, ticket_id)
        done = set_status(store, caller.workspace, ticket_id, given.status, at=given.at)
        return Reply(200, StatusOut.of(ticket_id, given.status, done).model_dump(mode="json"))

    return answer(once.run(caller.workspace, tell))


@router.post(
    "/{ticket_id:path}/close",
    operation_id="close_ticket",
    summary="Tell a ticket's final values",
    response_model=CloseOut,
    responses=PROBLEMS,
)
def close(
    ticket_id: TicketId,
    given: CloseIn,
    store: StoreDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("close_ticket")],
) -> Response:
    """Store what a ticket came to in the end: labels for the next training, and who resolved it.

    Its slot is free at once, and that its assignee solved such a ticket is learnt for the next request.
    """

    def tell() -> Reply:
        reach_ticket(store, caller, ticket_id)
        close_ticket(
            store,
            caller.workspace,
            ticket_id,
            labels={str(name): value for name, value in given.values.items()},
            status=given.status,
            at=given.at,
            resolution=stored_text(store, caller.workspace, ticket_id, given.resolution),
        )
        stored = get_ticket(store, caller.workspace, ticket_id)
        labels = {} if stored is None else stored.labels
        shown = CloseOut(
            ticket_id=ticket_id,
            status=given.status,
            values={cast(FieldName, name): value for name, value in labels.items()},
        )
        return Reply(200, shown.model_dump(mode="json"))

    return answer(once.run(caller.workspace, tell))
