"""Deciding tickets."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from serving.auth import Caller, permitted
from serving.dependencies import DeskDep, DoorDep, MetricsDep, StoreDep, WorkDep
from serving.idempotency import Once, OnceDep, answer
from serving.problems import documented
from serving.reach import reach_stored
from serving.schemas.decisions import BatchOut, DecisionOut
from serving.schemas.tickets import BatchIn, TicketIn
from serving.sight import Sight
from serving.triage_answer import Answer, Extras
from serving.triage_desk import TriageDesk
from triage.stopwatch import stage
from triage.store import Store
from triage.store.idempotency import Reply

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["triage"])
PROBLEMS = documented(400, 401, 403, 404, 409, 413, 422, 500, 503)

Explain = Annotated[bool, Query(description="Say which words and fields led to the likeliest labels.")]
Detail = Annotated[
    bool,
    Query(description="With `explain`: delete each word or sentence in turn and say what changes; slower."),
]
Similar = Annotated[int, Query(ge=0, le=20, description="How many similar past tickets to show.")]
Articles = Annotated[int, Query(ge=0, le=20, description="How many articles to suggest.")]
Duplicates = Annotated[
    int, Query(ge=0, le=20, description="How many earlier tickets that it likely repeats to show.")
]
Replies = Annotated[int, Query(ge=0, le=20, description="How many replies to suggest.")]


@router.post(
    "/triage",
    operation_id="triage_ticket",
    summary="Decide one ticket",
    response_model=DecisionOut,
    responses=PROBLEMS,
)
async def triage_ticket(
    ticket: TicketIn,
    store: StoreDep,
    desk: DeskDep,
    work: WorkDep,
    metrics: MetricsDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("triage_ticket")],
    explain: Explain = True,
    similar: Similar = 3,
    articles: Articles = 3,
    detail: Detail = False,
    duplicates: Duplicates = 3,
    replies: Replies = 0,
) -> Response:
    """Say what a ticket is about, who should have it, and what will help; abstaining is an answer too.

    The decision is stored without the ticket's text and can be read again and judged. A ticket with a
    `ticket_id` is stored as well.
    """
    extras = Extras(explain, similar, articles, detail, duplicates, replies, Sight.of(caller))
    decide = partial(
        _decide, store, desk, once, caller, [ticket], extras, lambda found: DecisionOut.of(found[0])
    )
    reply = await work.run(lambda: metrics.timed(decide))
    return answer(reply)


@router.post(
    "/triage/batch",
    operation_id="triage_batch",
    summary="Decide up to 256 tickets",
    response_model=BatchOut,
    responses=PROBLEMS,
)
async def triage_batch(
    batch: BatchIn,
    store: StoreDep,
    desk: DeskDep,
    work: WorkDep,
    metrics: MetricsDep,
    once: OnceDep,
    door: DoorDep,
    caller: Annotated[Caller, permitted("triage_batch")],
    explain: Explain = False,
    similar: Similar = 0,
    articles: Articles = 0,
    duplicates: Duplicates = 0,
    replies: Replies = 0,
) -> Response:
    """Decide tickets, each as if it had come alone; all are stored or none.

    Of a key that may ask so often a minute, each ticket counts as one request.
    """
    extras = Extras(explain, similar, articles, False, duplicates, replies, Sight.of(caller))

    def shape(found: Sequence[Answer]) -> BatchOut:
        return BatchOut(decisions=[DecisionOut.of(one) for one in found])

    charge = partial(door.charge, caller, len(batch.tickets) - 1)
    decide = partial(_decide, store, desk, once, caller, batch.tickets, extras, shape, charge)
    reply = await work.run(lambda: metrics.timed(decide))
    return answer(reply)


def _decide(
    store: Store,
    desk: TriageDesk,
    once: Once,
    caller: Caller,
    given: Sequence[TicketIn],
    extras: Extras,
    shape: Any,
    charge: Callable[[], None] = lambda: None,
) -> Reply:
    earlier = once.earlier(caller.workspace)
    if earlier is not None:
        return earlier
    charge()
    named = [one.ticket_id for one in given if one.ticket_id]
    reach_stored(store, caller, named)
    desk.expect_shown(caller.workspace, [one.suggestion_id for one in given if one.suggestion_id])
    answers = desk.decide(caller.workspace, [one.to_ticket() for one in given], extras)

    def keep() -> Reply:
        reach_stored(store, caller, named)  # Somebody may have filed one of them meanwhile.
        shown = {one.ticket_id: one.suggestion_id for one in given if one.ticket_id and one.suggestion_id}
        kept = desk.keep(caller.workspace, answers, shown)
        with stage("other"):
            document = shape(kept).model_dump(mode="json")
        return Reply(200, document)

    with stage("store"):
        return once.run(caller.workspace, keep)
