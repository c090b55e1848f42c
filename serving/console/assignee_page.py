"""Taking one of the choices for a ticket: whom a person gives it to."""

from typing import Annotated

from fastapi import APIRouter, Form, Response

from serving.console.errors import ConsoleRoute
from serving.console.session import FromHere, signed_in
from serving.console.visit import Visit
from serving.dependencies import StoreDep
from serving.idempotency import Once
from serving.reach import reach_ticket
from serving.routers.decisions import DecisionId, give_feedback
from serving.schemas.feedback import FeedbackIn
from triage.errors import NotFoundError
from triage.store.agents import get_agent
from triage.store.decisions import get_decision
from triage.store.open_tickets import is_waiting
from triage.store.work import set_assignee

__all__ = ["router"]

router = APIRouter(prefix="/console", include_in_schema=False, route_class=ConsoleRoute)


@router.post("/decisions/{decision_id}/assignee", dependencies=[FromHere])
def give(
    decision_id: DecisionId,
    store: StoreDep,
    visit: Annotated[Visit, signed_in("set_assignee")],
    agent: Annotated[str, Form(min_length=1, max_length=320)],
    ticket_id: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Keep whom a person chose, and give the ticket to them where it is one that waits."""
    workspace = visit.caller.workspace
    if get_agent(store, workspace, agent) is None:
        raise NotFoundError("Got somebody who is no agent here any more; decide the ticket again.")
    if ticket_id:
        reach_ticket(store, visit.caller, ticket_id)
    with store.writing(workspace):
        # Somebody may have taken it since the page was shown: a person's choice stays.
        is_moved = bool(ticket_id) and is_waiting(store, workspace, ticket_id)
        stored = get_decision(store, workspace, decision_id)
        decided = None if stored is None else stored.decision.fields.get("assignee")
        is_same = decided is not None and decided.value == agent
        verdict = {"verdict": "accepted"} if is_same else {"verdict": "replaced", "value": agent}
        given = FeedbackIn.model_validate({"fields": {"assignee": verdict}})
        give_feedback(decision_id, given, store, Once(store, None, ""), visit.caller)
        if is_moved:
            set_assignee(store, workspace, ticket_id, agent, assigned_by=visit.caller.name)
    if not visit.is_partial:
        return visit.show("thanks.html")
    return visit.show("parts/given.html", agent=agent, ticket_id=ticket_id, is_moved=is_moved)
