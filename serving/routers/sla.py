"""Promises of time: what is promised, what is due, who was told, what was kept."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from features.business_time import with_public_holidays
from serving.auth import Caller, permitted
from serving.dependencies import BooksDep, StoreDep, WorkDep
from serving.idempotency import OnceDep, answer
from serving.problems import documented
from serving.schemas.base import Moment, SafeText
from serving.schemas.promises import (
    DueListOut,
    KeptOut,
    NoticeListOut,
    NoticeOut,
    SeenIn,
    SeenOut,
    SlaReportOut,
)
from serving.schemas.sla_book import SlaBookIn, SlaBookOut, SlaImportIn
from serving.sight import work_in_sight
from serving.sla_import import read_csv_book, read_toml_book
from triage.errors import InputError
from triage.sla.report import Group
from triage.sla.standing import PromiseState
from triage.store import Store
from triage.store.idempotency import Reply
from triage.store.sla_books import StoredBook, check_version, write_book
from triage.store.sla_events import count_unseen, list_notices, mark_seen
from triage.store.sla_overview import DueWanted, list_due, report_kept

__all__ = ["router", "set_book"]

router = APIRouter(prefix="/v1", tags=["sla"])
READING = documented(400, 401, 403, 422, 500, 503)
WRITING = documented(400, 401, 403, 409, 413, 422, 500, 503)

DryRun = Annotated[bool, Query(description="True: only check it and tell what would stand; store nothing.")]
Assignee = Annotated[SafeText | None, Query(min_length=1, max_length=320, description="Only this agent's.")]
Team = Annotated[SafeText | None, Query(min_length=1, max_length=200, description="Only this team's.")]


@router.get(
    "/sla/policies",
    operation_id="read_sla_policies",
    summary="Read the SLA policies",
    response_model=SlaBookOut,
    responses=documented(400, 401, 403, 500, 503),
)
def read_policies(books: BooksDep, caller: Annotated[Caller, permitted("read_sla_policies")]) -> SlaBookOut:
    """Return what the workspace promises as it stands now."""
    return SlaBookOut.of(books.read(caller.workspace))


@router.put(
    "/sla/policies",
    operation_id="replace_sla_policies",
    summary="Replace the SLA policies",
    response_model=SlaBookOut,
    responses=WRITING,
)
def replace_policies(
    given: SlaBookIn,
    store: StoreDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("replace_sla_policies")],
    dry_run: DryRun = False,
) -> Response:
    """Replace all policies and calendars; they hold from the next request on, on every server.

    The worker goes by them within seconds. Send the `version` that was read to be refused with 409 when
    somebody else changed them meanwhile. Of calendars with a country the public holidays are added.
    """
    return answer(once.run(caller.workspace, lambda: _set(store, caller, given, dry_run)))


@router.post(
    "/sla/policies/import",
    operation_id="import_sla_policies",
    summary="Import SLA policies from a file",
    response_model=SlaBookOut,
    responses=WRITING,
)
def import_policies(
    given: SlaImportIn,
    store: StoreDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("import_sla_policies")],
    dry_run: DryRun = False,
) -> Response:
    """Replace all policies by those of a CSV table or a TOML file: all of it, or nothing."""

    def put() -> Reply:
        read = read_toml_book(given.toml) if given.toml is not None else read_csv_book(given.csv or "")
        if given.version is not None and read.version is not None and given.version != read.version:
            raise InputError("Got two versions, in the request and in the file; expected one of them.")
        version = read.version if given.version is None else given.version
        return _set(store, caller, read.model_copy(update={"version": version}), dry_run)

    return answer(once.run(caller.workspace, put))


@router.get(
    "/sla/due",
    operation_id="list_due_promises",
    summary="List what is due",
    response_model=DueListOut,
    responses=READING,
)
async def list_due_promises(
    store: StoreDep,
    books: BooksDep,
    work: WorkDep,
    caller: Annotated[Caller, permitted("list_due_promises")],
    state: Annotated[
        Literal["running", "paused", "overdue"] | None, Query(description="Only these; by default all.")
    ] = None,
    team: Team = None,
    assignee: Assignee = None,
    policy: Annotated[
        SafeText | None, Query(min_length=1, max_length=200, description="Only of this policy.")
    ] = None,
    order: Annotated[
        Literal["due", "danger"],
        Query(
            description="`due`: the next to run out first. `danger`: running ones first, the most endangered "
            "at the top; then paused ones; then overdue ones, the newest first."
        ),
    ] = "due",
    limit: Annotated[int, Query(ge=1, le=1_000, description="At most so many.")] = 100,
) -> DueListOut:
    """Return the promises that are still to be kept, with how they stand in business time."""

    def look() -> DueListOut:
        now = datetime.now(UTC)
        wanted = DueWanted(None if state is None else PromiseState(state), team, assignee, policy)
        found, counts = list_due(
            store,
            caller.workspace,
            books.read(caller.workspace).book,
            now=now,
            wanted=wanted,
            is_rescue=order == "danger",
            limit=limit,
            among=work_in_sight(store, caller).filter(store, caller.workspace),
        )
        return DueListOut.of(found, counts, now)

    return await work.run(look)


@router.get(
    "/sla/notices",
    operation_id="list_sla_notices",
    summary="List the notices",
    response_model=NoticeListOut,
    responses=READING,
)
def list_sla_notices(
    store: StoreDep,
    caller: Annotated[Caller, permitted("list_sla_notices")],
    unseen: Annotated[bool, Query(description="Only those that nobody has seen.")] = False,
    ticket_id: Annotated[
        SafeText | None, Query(min_length=1, max_length=200, description="Only of this ticket.")
    ] = None,
    recipient: Annotated[
        SafeText | None, Query(min_length=1, max_length=320, description="Only for this agent, team or name.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=1_000, description="At most so many.")] = 100,
) -> NoticeListOut:
    """Return the reminders, escalations and breaches that the worker raised, newest first."""
    among = work_in_sight(store, caller).filter(store, caller.workspace)
    found = list_notices(
        store,
        caller.workspace,
        only_unseen=unseen,
        ticket_id=ticket_id,
        recipient=recipient,
        limit=limit,
        among=among,
    )
    return NoticeListOut.of(found, count_unseen(store, caller.workspace, among))


@router.post(
    "/sla/notices/acknowledge",
    operation_id="acknowledge_sla_notices",
    summary="Say that notices were seen",
    response_model=SeenOut,
    responses=documented(400, 401, 403, 404, 409, 413, 422, 500, 503),
)
def acknowledge(
    given: SeenIn,
    store: StoreDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("acknowledge_sla_notices")],
) -> Response:
    """Note who has seen notices, all of them or, where one is not known, none; who saw one first stays."""

    def note() -> Reply:
        among = work_in_sight(store, caller).filter(store, caller.workspace)
        count, found = mark_seen(
            store, caller.workspace, given.event_ids, caller.name, now=datetime.now(UTC), among=among
        )
        shown = SeenOut(acknowledged=count, notices=[NoticeOut.of(one) for one in found])
        return Reply(200, shown.model_dump(mode="json"))

    return answer(once.run(caller.workspace, note))


@router.get(
    "/reports/sla",
    operation_id="report_sla",
    summary="Report which promises were kept",
    response_model=SlaReportOut,
    responses=READING,
)
async def report_sla(
    store: StoreDep,
    books: BooksDep,
    work: WorkDep,
    caller: Annotated[Caller, permitted("report_sla")],
    by: Annotated[
        list[Group] | None, Query(description="What is counted apart; by default the policy.", max_length=4)
    ] = None,
    since: Annotated[Moment | None, Query(description="Only tickets filed from then on.")] = None,
    until: Annotated[Moment | None, Query(description="Only tickets filed before.")] = None,
) -> SlaReportOut:
    """Count kept and missed promises by today's policies, first answers and solutions apart."""

    def count() -> SlaReportOut:
        now = datetime.now(UTC)
        wanted: list[Group] = list(dict.fromkeys(by or ["policy"]))
        book = books.read(caller.workspace).book
        found = report_kept(store, caller.workspace, book=book, since=since, until=until, by=wanted, now=now)
        groups = [KeptOut.of(one) for one in found]
        return SlaReportOut(since=since, until=until, as_of=now, by=wanted, groups=groups)

    return await work.run(count)


def set_book(store: Store, workspace: str, given: SlaBookIn, actor: str, *, dry_run: bool) -> StoredBook:
    """Store a book, or only check it; return what stands or would stand.

    Raises
    ------
    ConflictError
        If the change was made from another version than the one that stands.
    """
    book = with_public_holidays(given.to_book(), datetime.now(UTC).date())
    if dry_run:
        return check_version(store, workspace, book, given.version)
    return write_book(store, workspace, book, actor, expected_version=given.version)


def _set(store: Store, caller: Caller, given: SlaBookIn, dry_run: bool) -> Reply:
    stored = set_book(store, caller.workspace, given, caller.name, dry_run=dry_run)
    return Reply(200, SlaBookOut.of(stored).model_dump(mode="json"))
