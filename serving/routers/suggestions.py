"""Articles for somebody who has not filed yet, and what people did with what they were offered."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Response

from serving.auth import Caller, permitted
from serving.dependencies import DeflectionDep, StoreDep, WorkDep
from serving.idempotency import OnceDep, answer
from serving.problems import documented
from serving.reach import reach_decision, reach_ticket
from serving.roles import Role
from serving.schemas.base import SafeText
from serving.schemas.suggestions import SuggestIn, SuggestionFeedbackIn, SuggestionRecordOut, SuggestOut
from serving.sight import Sight
from triage.errors import InputError, NotFoundError
from triage.helping.suggestion import (
    Audience,
    ItemFeedback,
    ItemKind,
    Offered,
    SuggestionRecord,
    judged_item,
)
from triage.knowledge import ArticleLink
from triage.store import Store
from triage.store.idempotency import Reply
from triage.store.links import put_links
from triage.store.policies import read_policy
from triage.store.suggestions import feedback_since, get_suggestion, put_item_feedback

__all__ = ["feedback_router", "judge_items", "router"]

router = APIRouter(prefix="/v1/suggest", tags=["suggestions"])
feedback_router = APIRouter(prefix="/v1/suggestions", tags=["suggestions"])

SuggestionId = Annotated[
    SafeText,
    Path(
        max_length=40,
        description="Of `POST /v1/suggest`, or the `decision_id` of a triaged ticket.",
        examples=["1f4be0c2a7d84f5f9a6f3d8c2b1e0a97"],
    ),
]


@router.post(
    "",
    operation_id="suggest_articles",
    summary="Offer articles before a ticket is filed",
    response_model=SuggestOut,
    responses=documented(400, 401, 403, 409, 413, 422, 500, 503),
)
async def suggest_articles(
    given: SuggestIn,
    store: StoreDep,
    deflection: DeflectionDep,
    work: WorkDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("suggest_articles")],
) -> Response:
    """Return public articles that are likely to help, or say that nothing fits.

    What was offered is kept without the question's text. Send `suggestion_id` with the ticket if one is filed
    all the same, and say by `POST /v1/suggestions/{id}/feedback` whether an article helped.
    """
    question = given.to_ticket()
    if not question.text:
        raise InputError("Got neither a subject nor a body; expected some words to go by.")

    def run() -> Reply:
        earlier = once.earlier(caller.workspace)
        if earlier is not None:
            return earlier
        policy = read_policy(store, caller.workspace).policy
        offer = deflection.offer(caller.workspace, question, given.limit, policy)

        def keep() -> Reply:
            deflection.keep(caller.workspace, question, offer)
            return Reply(200, SuggestOut.of(offer).model_dump(mode="json"))

        return once.run(caller.workspace, keep)

    return answer(await work.run(run))


@feedback_router.get(
    "/{suggestion_id}",
    operation_id="read_suggestion",
    summary="Read what was offered and what people said",
    response_model=SuggestionRecordOut,
    responses=documented(400, 401, 403, 404, 422, 500, 503),
)
def read_suggestion(
    suggestion_id: SuggestionId, store: StoreDep, caller: Annotated[Caller, permitted("read_suggestion")]
) -> SuggestionRecordOut:
    """Return what was offered at once, whether a ticket was filed all the same, and what people said."""
    return _shown(store, caller, _find(store, caller, suggestion_id))


@feedback_router.post(
    "/{suggestion_id}/feedback",
    operation_id="give_suggestion_feedback",
    summary="Say what was done with what was offered",
    status_code=201,
    response_model=SuggestionRecordOut,
    responses=documented(400, 401, 403, 404, 409, 413, 422, 500, 503),
)
def give_suggestion_feedback(
    suggestion_id: SuggestionId,
    given: SuggestionFeedbackIn,
    store: StoreDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("give_suggestion_feedback")],
) -> Response:
    """Accept, send or dismiss articles, solved tickets and replies; all words are stored or none.

    An article that an agent accepted or sent for a stored ticket is a link, one that was dismissed is none:
    both count for similar tickets from then on. Of one person's words on a thing the last one counts.
    """

    def judge() -> Reply:
        record = judge_items(store, caller, suggestion_id, given)
        return Reply(201, _shown(store, caller, record).model_dump(mode="json"))

    return answer(once.run(caller.workspace, judge))


def judge_items(
    store: Store, caller: Caller, suggestion_id: str, given: SuggestionFeedbackIn
) -> SuggestionRecord:
    """Store what somebody said of what was offered; return what it was.

    Raises
    ------
    NotFoundError
        If this workspace, or to this role, offered nothing by that id.
    InputError
        If something else was offered.
    """
    record = _find(store, caller, suggestion_id)
    moment, actor = datetime.now(UTC), given.actor or caller.name
    words = [
        ItemFeedback(
            uuid.uuid4().hex,
            suggestion_id,
            one.what,
            one.item_id,
            judged_item(record, one.what, one.item_id).rank,
            one.word,
            actor,
            moment,
        )
        for one in given.items
    ]
    put_item_feedback(store, caller.workspace, words)
    if record.audience is Audience.AGENT and record.ticket_id:
        links = [
            ArticleLink(record.ticket_id, one.item_id, moment, actor, dismissed=not one.verdict.is_good)
            for one in words
            if one.kind is ItemKind.ARTICLE
        ]
        put_links(store, caller.workspace, links)
    return record


def _find(store: Store, caller: Caller, suggestion_id: str) -> SuggestionRecord:
    record = get_suggestion(store, caller.workspace, suggestion_id)
    if record is not None and not _is_reached(store, caller, record):
        record = None
    # What agents were offered is not a requester's to judge, nor to know of.
    if record is None or (caller.role is Role.REQUESTER and record.audience is not Audience.REQUESTER):
        raise NotFoundError(
            "Got the id of a suggestion that this workspace does not have; expected one it gave."
        )
    return record


def _is_reached(store: Store, caller: Caller, record: SuggestionRecord) -> bool:
    """Tell whether a caller reaches the ticket of an offer; requesters are offered things before filing."""
    if caller.teams is None or caller.role is Role.REQUESTER:
        return True
    try:
        if record.audience is Audience.AGENT:
            reach_decision(store, caller, record.suggestion_id)
        elif record.filed_ticket_id is not None:
            reach_ticket(store, caller, record.filed_ticket_id)
    except NotFoundError:
        return False
    return True


def _shown(store: Store, caller: Caller, record: SuggestionRecord) -> SuggestionRecordOut:
    words = feedback_since(store, caller.workspace, suggestion_id=record.suggestion_id)
    sight = Sight.of(caller).under(read_policy(store, caller.workspace).policy.helping)
    told = [one.feedback for one in words]
    if not sight.sees_all:
        # Whoever it was offered to may have seen tickets that this caller does not.
        solved = {one.item_id for one in record.items if one.kind is ItemKind.SOLVED}
        shown = sight.among(store, caller.workspace, solved)

        def is_shown(one: Offered | ItemFeedback) -> bool:
            return one.kind is not ItemKind.SOLVED or one.item_id in shown

        record = replace(record, items=tuple(filter(is_shown, record.items)))
        told = list(filter(is_shown, told))
    return SuggestionRecordOut.of(record, told)
