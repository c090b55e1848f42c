"""Replies that tickets got, macros, and the requester's word on an article that was sent as the answer."""

import uuid
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Response

from serving.auth import Caller, permitted
from serving.dependencies import StoreDep
from serving.idempotency import OnceDep, answer
from serving.problems import documented
from serving.reach import reach_as_requester, reach_ticket
from serving.redactor import stored_text
from serving.routers.tickets import TicketId
from serving.schemas.base import AddressId
from serving.schemas.helping import AutoResolutionOut, ConfirmationIn
from serving.schemas.replies import MacroIn, MacroListOut, MacroOut, ReplyIn, ReplyOut
from triage.errors import NotFoundError
from triage.helping.reply import Macro
from triage.helping.reply import Reply as SentReply
from triage.knowledge import ArticleLink
from triage.store.auto_resolutions import answer_auto_resolution, get_auto_resolution
from triage.store.idempotency import Reply
from triage.store.links import put_links
from triage.store.progress import note_first_response
from triage.store.replies import delete_macro, list_macros, put_macros, put_replies
from triage.store.tickets import get_ticket
from triage.store.work import close_ticket
from triage.store.work_rows import told_moment

__all__ = ["macro_router", "router"]

router = APIRouter(prefix="/v1/tickets", tags=["tickets"])
macro_router = APIRouter(prefix="/v1/macros", tags=["replies"])
PROBLEMS = documented(400, 401, 403, 404, 409, 413, 422, 500, 503)
SOLVED = "solved"

MacroId = Annotated[
    AddressId,
    Path(
        min_length=1,
        max_length=200,
        pattern=r"^[^\r\n]+$",
        description="Its id in the helpdesk.",
        examples=["M-1"],
    ),
]


@router.post(
    "/{ticket_id:path}/replies",
    operation_id="add_reply",
    summary="Tell a reply that a ticket got",
    status_code=201,
    response_model=ReplyOut,
    responses=documented(400, 401, 403, 404, 409, 413, 422, 500, 503),
)
def add_reply(
    ticket_id: TicketId,
    given: ReplyIn,
    store: StoreDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("add_reply")],
) -> Response:
    """Store a reply; one that is marked as the solution is shown beside similar tickets from then on.

    Replies of agents are what reply suggestions are made of, and the earliest after filing is the ticket's
    first response. One with an id that is there is replaced. A moment more than a day ahead is refused.
    """

    def tell() -> Reply:
        reach_ticket(store, caller, ticket_id)
        stands = get_ticket(store, caller.workspace, ticket_id)
        if stands is None:
            raise NotFoundError("Got a ticket that is not stored; expected one with an id sent before.")
        at = told_moment(given.at)
        sent = SentReply(
            ticket_id,
            given.reply_id or uuid.uuid4().hex,
            stored_text(store, caller.workspace, ticket_id, given.body),
            at,
            given.agent,
            given.by_requester,
            given.is_solution,
            given.helpful,
            given.unhelpful,
        )
        put_replies(store, caller.workspace, [sent])
        filed_at = stands.ticket.created_at
        # A helpdesk may send what was written before filing as well: that answers nothing.
        if not sent.by_requester and (filed_at is None or at >= filed_at):
            note_first_response(store, caller.workspace, ticket_id, at=at)
        return Reply(201, ReplyOut.of(sent).model_dump(mode="json"))

    return answer(once.run(caller.workspace, tell))


@router.get(
    "/{ticket_id:path}/confirmation",
    operation_id="read_auto_resolution",
    summary="Read whether an article was sent as the answer",
    response_model=AutoResolutionOut,
    responses=documented(400, 401, 403, 404, 422, 500, 503),
)
def read_auto_resolution(
    ticket_id: TicketId, store: StoreDep, caller: Annotated[Caller, permitted("read_auto_resolution")]
) -> AutoResolutionOut:
    """Return which article was sent, and whether the requester is still waited for."""
    reach_as_requester(store, caller, ticket_id)
    found = get_auto_resolution(store, caller.workspace, ticket_id)
    if found is None:
        raise NotFoundError("Got a ticket that no article was sent for; expected one that was answered so.")
    return AutoResolutionOut.of(found, datetime.now(UTC))


@router.post(
    "/{ticket_id:path}/confirmation",
    operation_id="confirm_auto_resolution",
    summary="Say whether the article sent as the answer helped",
    response_model=AutoResolutionOut,
    responses=PROBLEMS,
)
def confirm_auto_resolution(
    ticket_id: TicketId,
    given: ConfirmationIn,
    store: StoreDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("confirm_auto_resolution")],
) -> Response:
    """Close the ticket where the article helped; else leave it with people, as if none had been sent."""

    def confirm() -> Reply:
        reach_as_requester(store, caller, ticket_id)
        moment = datetime.now(UTC)
        before = get_auto_resolution(store, caller.workspace, ticket_id)
        found = answer_auto_resolution(store, caller.workspace, ticket_id, given.helped, moment)
        if given.helped and before is not None and before.helped is None:
            close_ticket(store, caller.workspace, ticket_id, labels={}, status=SOLVED, at=moment)
            link = ArticleLink(ticket_id, found.article_id, moment)
            put_links(store, caller.workspace, [link])
        return Reply(200, AutoResolutionOut.of(found, moment).model_dump(mode="json"))

    return answer(once.run(caller.workspace, confirm))


@macro_router.get(
    "",
    operation_id="list_macros",
    summary="List the macros",
    response_model=MacroListOut,
    responses=documented(400, 401, 403, 500, 503),
)
def read_macros(store: StoreDep, caller: Annotated[Caller, permitted("list_macros")]) -> MacroListOut:
    """Return all macros of the workspace."""
    return MacroListOut(macros=[MacroOut.of(one) for one in list_macros(store, caller.workspace)])


@macro_router.put(
    "/{macro_id:path}",
    operation_id="replace_macro",
    summary="Replace a macro, or add it",
    response_model=MacroOut,
    responses=documented(400, 401, 403, 404, 409, 413, 422, 500, 503),
)
def replace_macro(
    macro_id: MacroId,
    given: MacroIn,
    store: StoreDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("replace_macro")],
) -> Response:
    """Store a reply that agents keep ready; it can be suggested in the next request."""

    def put() -> Reply:
        macro = Macro(macro_id, given.title, given.body)
        put_macros(store, caller.workspace, [macro])
        return Reply(200, MacroOut.of(macro).model_dump(mode="json"))

    return answer(once.run(caller.workspace, put))


@macro_router.delete(
    "/{macro_id:path}",
    operation_id="delete_macro",
    summary="Take a macro away",
    response_model=MacroOut,
    responses=documented(400, 401, 403, 404, 409, 422, 500, 503),
)
def remove_macro(
    macro_id: MacroId,
    store: StoreDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("delete_macro")],
) -> Response:
    """Suggest a macro no more; return it as it was."""

    def take_away() -> Reply:
        gone = delete_macro(store, caller.workspace, macro_id)
        return Reply(200, MacroOut.of(gone).model_dump(mode="json"))

    return answer(once.run(caller.workspace, take_away))
