"""How many people the volume ahead takes: the plan, what if, schedules, baselines, the setup itself."""

from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Query, Response
from fastapi.responses import RedirectResponse

from features.staffing.schedule import write_schedule_ics
from serving.console.errors import ConsoleRoute
from serving.console.session import FromHere, signed_in
from serving.console.setup_text import first_setup, read_setup_text, write_setup_text
from serving.console.staffing_view import view_staffing
from serving.console.visit import Visit
from serving.console.writing import written
from serving.dependencies import StaffingDep, StoreDep, WorkDep
from serving.schemas.forecasts import IntervalName
from serving.schemas.staffing_plans import ScheduleName
from serving.staffing_desk import Asked
from triage.dot_ids import dots_problem
from triage.errors import InputError, NotFoundError
from triage.staffing.plan_document import plan_to_csv
from triage.store.snapshots import has_snapshot
from triage.store.staffing import list_staffing_baselines, read_staffing_setup

__all__ = ["router"]

router = APIRouter(prefix="/console/staffing", include_in_schema=False, route_class=ConsoleRoute)
ADDRESS = "/console/staffing"

Percent = Annotated[str, Query(max_length=8, pattern=r"^[-+]?\d{0,4}(\.\d)?$")]


def asked_for(
    interval: Annotated[IntervalName, Query()] = "hour",
    schedule: Annotated[ScheduleName, Query()] = "none",
    volume: Percent = "",
    handle_time: Percent = "",
    absence: Percent = "",
    percentile: Annotated[Literal["", "P50", "P80", "P95"], Query()] = "",
    baseline: Annotated[str, Query(max_length=200)] = "",
    own: Annotated[bool, Query()] = False,
) -> Asked:
    """Read what the form of the page says."""
    given = {"volume_percent": volume, "handle_time_percent": handle_time, "absence_percent": absence}
    change: dict[str, Any] = {name: float(text) for name, text in given.items() if text.strip("+-")}
    change = {name: value for name, value in change.items() if value}
    if percentile:
        change["percentile"] = percentile
    return Asked(interval, schedule, None, change or None, baseline or None, own)


@router.get("")
async def show_staffing(
    store: StoreDep,
    staffing: StaffingDep,
    work: WorkDep,
    visit: Annotated[Visit, signed_in("make_staffing_plan")],
    interval: Annotated[IntervalName, Query()] = "hour",
    schedule: Annotated[ScheduleName, Query()] = "none",
    volume: Percent = "",
    handle_time: Percent = "",
    absence: Percent = "",
    percentile: Annotated[Literal["", "P50", "P80", "P95"], Query()] = "",
    baseline: Annotated[str, Query(max_length=200)] = "",
    team: Annotated[str, Query(max_length=200)] = "",
    own: Annotated[bool, Query()] = False,
) -> Response:
    """Show the plan of one team, and how to change it."""
    workspace = visit.caller.workspace
    asked = asked_for(interval, schedule, volume, handle_time, absence, percentile, baseline, own)
    stored = read_staffing_setup(store, workspace)
    view, problem = None, ""
    if stored is not None:
        try:
            made = await work.run(partial(staffing.plan, workspace, asked))
            view = view_staffing(made, team) if made.study.plan.totals else None
            problem = "" if view else "No team has work in this forecast."
        except (InputError, NotFoundError) as error:
            problem = str(error)
    text = (
        first_setup(store, workspace, visit.workspace)
        if stored is None
        else write_setup_text(stored.document)
    )
    return visit.show(
        "staffing.html",
        view=view,
        problem=problem,
        has_setup=stored is not None,
        has_half_hours=has_snapshot(store, workspace, "30min"),
        setup=text,
        baselines=list_staffing_baselines(store, workspace),
        form={
            "interval": interval,
            "schedule": schedule,
            "volume": volume,
            "handle_time": handle_time,
            "absence": absence,
            "percentile": percentile,
            "baseline": baseline,
            "own": own,
        },
    )


@router.post("/setup", dependencies=[FromHere])
def save_setup(
    store: StoreDep,
    staffing: StaffingDep,
    visit: Annotated[Visit, signed_in("replace_staffing_setup")],
    setup: Annotated[str, Form(max_length=200_000)] = "",
) -> Response:
    """Check and keep the setup."""
    given = read_setup_text(setup)
    written(
        store,
        visit,
        lambda: staffing.write_setup(visit.caller.workspace, given, visit.caller.name),
        lambda stored: {"version": stored.version},
    )
    return _back(visit)


@router.post("/baselines", dependencies=[FromHere])
async def keep_plan(
    store: StoreDep,
    staffing: StaffingDep,
    work: WorkDep,
    visit: Annotated[Visit, signed_in("save_staffing_baseline")],
    name: Annotated[str, Form(max_length=200)] = "",
    interval: Annotated[IntervalName, Form()] = "hour",
    schedule: Annotated[ScheduleName, Form()] = "none",
    own: Annotated[bool, Form()] = False,
) -> Response:
    """Make the plan without any what-if, and keep it under a name."""
    if not name.strip() or any(mark in name for mark in "/?#"):
        raise InputError("Got a plan without a name, or one with / ? or # in it; expected a plain name.")
    problem = dots_problem(name.strip())
    if problem is not None:
        raise InputError(problem)
    workspace = visit.caller.workspace
    asked = Asked(interval, schedule, use_overrides=own)
    made = await work.run(partial(staffing.plan, workspace, asked))
    written(
        store,
        visit,
        lambda: staffing.keep(workspace, name.strip(), made, visit.caller.name),
        lambda _: {"baseline": name.strip()},
    )
    return _back(visit)


@router.get("/plan.csv")
async def download_plan(
    staffing: StaffingDep,
    work: WorkDep,
    visit: Annotated[Visit, signed_in("export_staffing_plan")],
    interval: Annotated[IntervalName, Query()] = "hour",
    schedule: Annotated[ScheduleName, Query()] = "none",
    own: Annotated[bool, Query()] = False,
) -> Response:
    """Return PLAN.csv."""
    asked = Asked(interval, schedule, use_overrides=own)
    made = await work.run(partial(staffing.plan, visit.caller.workspace, asked))
    return _file(plan_to_csv(made.study.plan), "text/csv; charset=utf-8", "PLAN.csv")


@router.get("/shifts.ics")
async def download_shifts(
    staffing: StaffingDep,
    work: WorkDep,
    visit: Annotated[Visit, signed_in("export_staffing_plan")],
    interval: Annotated[IntervalName, Query()] = "hour",
    schedule: Annotated[Literal["agents", "proposed"], Query()] = "proposed",
    own: Annotated[bool, Query()] = False,
) -> Response:
    """Return the shifts as a calendar."""
    asked = Asked(interval, schedule, use_overrides=own)
    made = await work.run(partial(staffing.plan, visit.caller.workspace, asked))
    content = write_schedule_ics(made.study.shifts or (), made.snapshot.created_at)
    return _file(content, "text/calendar; charset=utf-8", "shifts.ics")


def _file(content: str | bytes, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)


def _back(visit: Visit) -> Response:
    if visit.is_partial:
        return Response(status_code=204, headers={"HX-Redirect": ADDRESS})
    return RedirectResponse(ADDRESS, 303)
