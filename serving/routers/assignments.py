"""A whole backlog given to agents at once, and the order of one agent's work."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response

from serving.agent_queue import queue_of
from serving.auth import Caller, permitted
from serving.dependencies import BacklogDep, BooksDep, StoreDep, WorkDep
from serving.idempotency import OnceDep, answer
from serving.problems import documented
from serving.reach import reach_agent, reach_stored
from serving.schemas.assignments import BacklogIn, BacklogOut
from serving.schemas.base import SafeText
from serving.schemas.queue import QueueOut
from serving.sight import work_in_sight
from triage.store.idempotency import Reply

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["assignments"])


@router.post(
    "/assignments",
    operation_id="assign_backlog",
    summary="Give a backlog to agents",
    response_model=BacklogOut,
    responses=documented(400, 401, 403, 404, 409, 413, 422, 500, 503),
)
async def assign_backlog(
    given: BacklogIn,
    store: StoreDep,
    backlog: BacklogDep,
    work: WorkDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("assign_backlog")],
) -> Response:
    """Plan who gets which of many tickets, all at once: the best total within room and fair shares.

    Says what is gained over giving one after another. A dry run, which is the default, stores nothing.
    """

    def plan() -> Reply:
        earlier = once.earlier(caller.workspace)
        if earlier is not None:
            return earlier
        if given.ticket_ids is not None:
            reach_stored(store, caller, given.ticket_ids)
        among = None if caller.teams is None else work_in_sight(store, caller).filter(store, caller.workspace)
        planned = backlog.plan(caller.workspace, given.ticket_ids, among)

        def keep() -> Reply:
            applied = None
            if not given.dry_run:
                applied = backlog.apply(caller.workspace, planned)
            return Reply(200, BacklogOut.of(planned, applied=applied).model_dump(mode="json"))

        return once.run(caller.workspace, keep)

    return answer(await work.run(plan))


@router.get(
    "/queue",
    operation_id="read_queue",
    summary="Read an agent's queue",
    response_model=QueueOut,
    responses=documented(400, 401, 403, 404, 422, 500, 503),
)
def read_queue(
    store: StoreDep,
    books: BooksDep,
    caller: Annotated[Caller, permitted("read_queue")],
    agent: Annotated[SafeText, Query(min_length=1, max_length=320, description="Whose.", examples=["ada"])],
) -> QueueOut:
    """Return an agent's open tickets in the order in which to work on them, each with why.

    Tickets of teams that the caller is not held to are left out, and so are confidential ones of others. The
    order weighs priority, the ticket's most endangered SLA promise (how much of its business time has
    passed, or how likely it is to be missed) and age, as the policy's `routing.queue` says.
    """
    reach_agent(store, caller, agent)
    sight = work_in_sight(store, caller)
    return QueueOut.of(queue_of(store, books, caller.workspace, agent, now=datetime.now(UTC), sight=sight))
