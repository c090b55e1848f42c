"""A whole backlog given to agents at once, and the order of one agent's work."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response

from serving.auth import Caller, permitted
from serving.dependencies import BacklogDep, StoreDep, WorkDep
from serving.idempotency import OnceDep, answer
from serving.problems import documented
from serving.reach import reach_agent
from serving.schemas.assignments import BacklogIn, BacklogOut, QueueOut
from serving.schemas.base import SafeText
from triage.routing.queue import Waiting, order_queue
from triage.store import Store
from triage.store.idempotency import Reply
from triage.store.open_tickets import held_tickets
from triage.store.policies import read_policy

__all__ = ["queue_of", "router"]

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
        planned = backlog.plan(caller.workspace, given.ticket_ids)

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
    responses=documented(400, 401, 403, 422, 500, 503),
)
def read_queue(
    store: StoreDep,
    caller: Annotated[Caller, permitted("read_queue")],
    agent: Annotated[SafeText, Query(min_length=1, max_length=320, description="Whose.", examples=["ada"])],
) -> QueueOut:
    """Return an agent's open tickets in the order in which to work on them, each with why.

    The order weighs priority, how near the next SLA target is where there is one, and age, as the policy's
    `routing.queue` says.
    """
    reach_agent(store, caller, agent)
    return queue_of(store, caller.workspace, agent)


def queue_of(store: Store, workspace: str, agent: str) -> QueueOut:
    """Return an agent's queue as it stands now."""
    policy = read_policy(store, workspace).policy.routing.queue
    held = {one.ticket_id: one for one in held_tickets(store, workspace, agent)}
    waiting = [Waiting(one.ticket_id, one.filed_at, one.priority) for one in held.values()]
    return QueueOut.of(agent, order_queue(waiting, datetime.now(UTC), policy), held)
