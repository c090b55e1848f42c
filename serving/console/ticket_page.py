"""Trying a ticket: paste one, see what is decided and why, say what was right."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form, Path, Response

from serving.console.decision_view import label_names, view_decision
from serving.console.errors import ConsoleRoute
from serving.console.session import FromHere, signed_in
from serving.console.visit import Visit
from serving.dependencies import DeskDep, ModelHostDep, StoreDep, WorkDep
from serving.idempotency import Once
from serving.model_host import ModelHost
from serving.roles import Role
from serving.routers.decisions import DecisionId, give_feedback
from serving.schemas.base import FieldName
from serving.schemas.decisions import DecisionOut
from serving.schemas.feedback import FeedbackIn, VerdictName
from serving.schemas.tickets import TicketIn
from serving.sight import Sight, work_in_sight
from serving.triage_answer import Answer, Extras
from serving.triage_desk import TriageDesk
from triage.errors import InputError, NotFoundError
from triage.store import Store
from triage.store.articles import get_article
from triage.store.decisions import get_decision
from triage.store.idempotency import Reply
from triage.store.open_tickets import is_waiting
from triage.store.recent import newest_tickets
from triage.store.tickets import get_ticket
from triage.ticket import PastTicket, Ticket

__all__ = ["router"]

router = APIRouter(prefix="/console", include_in_schema=False, route_class=ConsoleRoute)

EXTRAS = Extras(explain=True, similar=4, articles=4, detail=True, duplicates=3, replies=3)
EXAMPLES = 5
EXAMPLES_FROM = 80

Text = Annotated[str, Form()]


@router.get("")
def show_form(
    store: StoreDep, models: ModelHostDep, visit: Annotated[Visit, signed_in("triage_ticket")]
) -> Response:
    """Show an empty form and some tickets to try."""
    return _show(store, models, visit, Ticket(""))


@router.post("/decide", dependencies=[FromHere])
async def decide(
    store: StoreDep,
    models: ModelHostDep,
    desk: DeskDep,
    work: WorkDep,
    visit: Annotated[Visit, signed_in("triage_ticket")],
    subject: Text = "",
    body: Text = "",
    product: Text = "",
    channel: Text = "",
) -> Response:
    """Decide the pasted ticket."""
    given = TicketIn.model_validate(
        {
            "subject": subject,
            "body": body,
            "product": product.strip() or None,
            "channel": channel.strip() or None,
        }
    )
    ticket = given.to_ticket()
    if not ticket.text:
        raise InputError("Got neither a subject nor a text; expected some words to go by.")
    return await work.run(partial(_decide, store, models, desk, visit, ticket, {}))


@router.post("/examples/{ticket_id:path}", dependencies=[FromHere])
async def decide_example(
    ticket_id: Annotated[str, Path(max_length=200)],
    store: StoreDep,
    models: ModelHostDep,
    desk: DeskDep,
    work: WorkDep,
    visit: Annotated[Visit, signed_in("triage_ticket")],
) -> Response:
    """Decide a stored ticket as if it had just been filed."""

    def run() -> Response:
        past = get_ticket(store, visit.caller.workspace, ticket_id)
        sight = work_in_sight(store, visit.caller)
        if past is None or ticket_id not in sight.among(store, visit.caller.workspace, [ticket_id]):
            raise NotFoundError("Got a ticket that is no longer stored; expected one of the examples.")
        ticket = Ticket(
            "",  # A trial: the stored ticket stays as it is.
            subject=past.ticket.subject,
            body=past.ticket.body,
            requester=past.ticket.requester,
            organization=past.ticket.organization,
            channel=past.ticket.channel,
            product=past.ticket.product,
            language=past.ticket.language,
            tags=past.ticket.tags,
            custom=past.ticket.custom,
        )
        return _decide(
            store,
            models,
            desk,
            visit,
            ticket,
            past.labels,
            ticket_id if is_waiting(store, visit.caller.workspace, ticket_id) else None,
        )

    return await work.run(run)


@router.post("/decisions/{decision_id}/feedback", dependencies=[FromHere])
def judge(
    decision_id: DecisionId,
    store: StoreDep,
    models: ModelHostDep,
    visit: Annotated[Visit, signed_in("give_feedback")],
    field: Annotated[FieldName, Form()],
    verdict: Annotated[VerdictName, Form()],
    value: Text = "",
) -> Response:
    """Keep what a person says about one field."""
    given = FeedbackIn.model_validate({"fields": {field: {"verdict": verdict, "value": value or None}}})
    give_feedback(decision_id, given, store, Once(store, None, ""), visit.caller)
    if not visit.is_partial:
        return visit.show("thanks.html")
    stored = get_decision(store, visit.caller.workspace, decision_id)
    decided = None if stored is None else stored.decision.fields[field].value
    names = _names(models, visit, field)
    right = decided if verdict == "accepted" else value
    return visit.show(
        "parts/judged.html",
        field=field,
        is_accepted=verdict == "accepted",
        right=names.get(right or "", right),
    )


@router.get("/articles/{article_id:path}")
def read_article(
    article_id: Annotated[str, Path(max_length=200)],
    store: StoreDep,
    visit: Annotated[Visit, signed_in("read_article")],
) -> Response:
    """Show an article of the knowledge base; to requesters, those for agents only do not exist."""
    stored = get_article(store, visit.caller.workspace, article_id)
    is_shown = stored is not None and stored.article.public and stored.withdrawn_at is None
    if stored is None or (visit.caller.role is Role.REQUESTER and not is_shown):
        raise NotFoundError("Got an article that the knowledge base does not have; expected one of its own.")
    return visit.show("article.html", article=stored.article, is_withdrawn=stored.withdrawn_at is not None)


def _decide(
    store: Store,
    models: ModelHost,
    desk: TriageDesk,
    visit: Visit,
    ticket: Ticket,
    actual: Mapping[str, str],
    open_id: str | None = None,
) -> Response:
    workspace = visit.caller.workspace
    extras = replace(EXTRAS, sight=Sight.of(visit.caller))
    answers = desk.decide(workspace, [ticket], extras)
    kept: list[Answer] = []

    def keep() -> Reply:
        kept.extend(desk.keep(workspace, answers))
        return Reply(200, DecisionOut.of(kept[0]).model_dump(mode="json"))

    Once(store, None, "").run(workspace, keep)
    bundle = models.bundle(workspace)
    taxonomy = None if bundle is None else bundle.manifest.taxonomy
    view = view_decision(store, workspace, ticket, kept[0], taxonomy, actual, open_id)
    if visit.is_partial:
        return visit.show("parts/decision.html", view=view, ticket=ticket, has_model=bundle is not None)
    return _show(store, models, visit, ticket, view)


def _show(store: Store, models: ModelHost, visit: Visit, ticket: Ticket, view: object = None) -> Response:
    workspace = visit.caller.workspace
    newest = newest_tickets(store, workspace, EXAMPLES_FROM)
    sight = work_in_sight(store, visit.caller)
    if not sight.sees_all:
        shown = sight.among(store, workspace, [past.ticket.ticket_id for past in newest])
        newest = [past for past in newest if past.ticket.ticket_id in shown]
    return visit.show(
        "ticket.html",
        ticket=ticket,
        view=view,
        has_model=models.bundle(visit.caller.workspace) is not None,
        examples=_examples(newest),
        products=sorted({past.ticket.product for past in newest if past.ticket.product}),
        channels=sorted({past.ticket.channel for past in newest if past.ticket.channel}),
    )


def _examples(newest: list[PastTicket]) -> list[Ticket]:
    """Choose the newest ticket of each category, so that the examples differ."""
    chosen: dict[str, Ticket] = {}
    for past in newest:
        is_new = all(past.ticket.subject != one.subject for one in chosen.values())
        if past.ticket.subject and past.ticket.body and is_new:
            chosen.setdefault(past.labels.get("category", past.ticket.ticket_id), past.ticket)
    return list(chosen.values())[:EXAMPLES]


def _names(models: ModelHost, visit: Visit, field: str) -> dict[str, str]:
    bundle = models.bundle(visit.caller.workspace)
    return label_names(None if bundle is None else bundle.manifest.taxonomy, field)
