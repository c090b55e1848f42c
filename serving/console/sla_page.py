"""Promises of time: what is overdue, what is endangered; notices; what was kept; the policies."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Query, Response
from fastapi.responses import RedirectResponse

from serving.console.errors import ConsoleRoute
from serving.console.session import FromHere, signed_in
from serving.console.sla_view import DueView, view_due, view_kept, view_notice, view_policies
from serving.console.visit import Visit
from serving.console.writing import written
from serving.dependencies import BooksDep, StoreDep, WorkDep
from serving.routers.sla import set_book
from serving.sight import work_in_sight
from serving.sla_import import read_csv_book, read_toml_book
from triage.sla.standing import PromiseState
from triage.store.sla_books import StoredBook
from triage.store.sla_events import count_unseen, list_notices, mark_seen
from triage.store.sla_overview import DueWanted, list_due, report_kept
from triage.zone import find_zone

__all__ = ["router"]

router = APIRouter(prefix="/console/sla", include_in_schema=False, route_class=ConsoleRoute)
ADDRESS = "/console/sla"
SHOWN = 50
WALKED = 10_000
"""Promises that are held at a time; more are counted, and the least endangered are not shown."""
NOTICES = 20
KEPT_DAYS = 30


@router.get("")
async def show_promises(
    store: StoreDep,
    books: BooksDep,
    work: WorkDep,
    visit: Annotated[Visit, signed_in("list_due_promises")],
    team: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Show what is due of one team or of all, notices that nobody has seen, and the policies."""
    workspace = visit.caller.workspace

    def look() -> Response:
        now, stored = datetime.now(UTC), books.read(workspace)
        among = work_in_sight(store, visit.caller).filter(store, workspace)
        found, counts = list_due(
            store,
            workspace,
            stored.book,
            now=now,
            wanted=DueWanted(),
            is_rescue=True,
            limit=WALKED,
            among=among,
        )
        teams = sorted({one.team for one in found if one.team})
        if team:
            found = [one for one in found if one.team == team]
            counts = {state: sum(one.state is state for one in found) for state in PromiseState}
        zone = _zone(visit)
        shown = {state: [one for one in found if one.state is state] for state in PromiseState}
        notices = list_notices(store, workspace, only_unseen=True, limit=NOTICES, among=among)
        return visit.show(
            "sla.html",
            due=DueView(
                view_due(shown[PromiseState.RUNNING] + shown[PromiseState.PAUSED], now, zone)[:SHOWN],
                view_due(shown[PromiseState.OVERDUE], now, zone)[:SHOWN],
                counts,
                [one for one in found if one.state is PromiseState.RUNNING],
            ),
            teams=teams,
            team=team,
            notices=[view_notice(one, zone) for one in notices],
            unseen=count_unseen(store, workspace, among),
            days=KEPT_DAYS,
            **_policies(stored),
        )

    return await work.run(look)


@router.get("/kept")
async def show_kept(
    store: StoreDep, books: BooksDep, work: WorkDep, visit: Annotated[Visit, signed_in("report_sla")]
) -> Response:
    """Show how the promises of the last weeks went; a part of the page, since it reads many tickets."""
    workspace = visit.caller.workspace

    def count() -> Response:
        now = datetime.now(UTC)
        since = now - timedelta(days=KEPT_DAYS)
        found = report_kept(store, workspace, book=books.read(workspace).book, since=since, now=now)
        return visit.show("parts/kept.html", kept=view_kept(found), days=KEPT_DAYS)

    return await work.run(count)


@router.post("/notices/{event_id}/seen", dependencies=[FromHere])
def see_notice(
    event_id: str, store: StoreDep, visit: Annotated[Visit, signed_in("acknowledge_sla_notices")]
) -> Response:
    """Note that a notice was seen."""
    caller = visit.caller
    among = work_in_sight(store, caller).filter(store, caller.workspace)
    _, (notice,) = written(
        store,
        visit,
        lambda: mark_seen(
            store, caller.workspace, [event_id], caller.name, now=datetime.now(UTC), among=among
        ),
        lambda _: {"event_id": event_id},
    )
    if not visit.is_partial:
        return RedirectResponse(ADDRESS, 303)
    return visit.show("parts/notice.html", one=view_notice(notice, _zone(visit)))


@router.post("/policies", dependencies=[FromHere])
def replace_policies(
    store: StoreDep,
    visit: Annotated[Visit, signed_in("replace_sla_policies")],
    content: Annotated[str, Form(max_length=1_000_000)] = "",
    kind: Annotated[Literal["csv", "toml"], Form()] = "csv",
    version: Annotated[int, Form(ge=0)] = 0,
    action: Annotated[Literal["check", "save"], Form()] = "check",
) -> Response:
    """Check the policies of a file, or store them in place of those that the page showed."""
    given = (read_toml_book if kind == "toml" else read_csv_book)(content)
    given = given.model_copy(update={"version": version})
    workspace, name = visit.caller.workspace, visit.caller.name
    if action == "check":
        stored = set_book(store, workspace, given, name, dry_run=True)
        return visit.show("parts/policies_checked.html", **_policies(stored))
    written(
        store,
        visit,
        lambda: set_book(store, workspace, given, name, dry_run=False),
        lambda stored: {"version": stored.version},
    )
    if not visit.is_partial:
        return RedirectResponse(ADDRESS, 303)
    return Response(headers={"HX-Refresh": "true"})


def _policies(stored: StoredBook) -> dict[str, Any]:
    return {"policies": view_policies(stored.book), "version": stored.version}


def _zone(visit: Visit) -> str:
    zone = "UTC" if visit.workspace is None else visit.workspace.zone
    find_zone(zone)
    return zone
