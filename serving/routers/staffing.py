"""Staffing: how a workspace is staffed, plans, what if, baselines, exports."""

from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response

from features.staffing.schedule import write_schedule_csv, write_schedule_ics
from serving.auth import Caller, permitted
from serving.dependencies import StaffingDep, StoreDep, WorkDep
from serving.idempotency import OnceDep, answer
from serving.problems import documented
from serving.schemas.base import AddressId
from serving.schemas.forecasts import IntervalName
from serving.schemas.staffing import StaffingSetupIn, StaffingSetupOut
from serving.schemas.staffing_baselines import BaselineEntryOut, BaselineListOut, BaselineOut
from serving.schemas.staffing_plans import PlanOut, PlanRequestIn, ScheduleName
from serving.staffing_desk import Asked
from triage.errors import InputError, NotFoundError
from triage.staffing.plan_document import plan_to_csv
from triage.store.idempotency import Reply
from triage.store.staffing import (
    delete_staffing_baseline,
    list_staffing_baselines,
    read_staffing_baseline,
    read_staffing_setup,
)

__all__ = ["router"]

router = APIRouter(prefix="/v1/staffing", tags=["staffing"])
READING = documented(400, 401, 403, 404, 422, 500, 503)
WRITING = documented(400, 401, 403, 404, 409, 413, 422, 500, 503)

BaselineName = Annotated[
    AddressId,
    Path(
        min_length=1,
        max_length=200,
        pattern=r"^[^/?#]+$",
        description="Of the plan that is kept.",
        examples=["March as planned"],
    ),
]
MEDIA = {
    "plan": "text/csv; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "ics": "text/calendar; charset=utf-8",
}


@router.get(
    "/setup",
    operation_id="read_staffing_setup",
    summary="Read the staffing setup",
    response_model=StaffingSetupOut,
    responses=READING,
)
def read_setup(
    store: StoreDep, caller: Annotated[Caller, permitted("read_staffing_setup")]
) -> StaffingSetupOut:
    """Return channels, teams and handle times as they were last written."""
    stored = read_staffing_setup(store, caller.workspace)
    if stored is None:
        raise NotFoundError(
            "Got a request for the staffing setup; expected one to be written. Write it with PUT."
        )
    return StaffingSetupOut.of(stored)


@router.put(
    "/setup",
    operation_id="replace_staffing_setup",
    summary="Replace the staffing setup",
    response_model=StaffingSetupOut,
    responses=WRITING,
)
def replace_setup(
    given: StaffingSetupIn,
    staffing: StaffingDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("replace_staffing_setup")],
) -> Response:
    """Check and keep channels, teams and handle times; plans use them from now on."""

    def effect() -> Reply:
        stored = staffing.write_setup(caller.workspace, given.document(), caller.name, given.version)
        return Reply(200, StaffingSetupOut.of(stored).model_dump(mode="json"))

    return answer(once.run(caller.workspace, effect))


@router.post(
    "",
    operation_id="make_staffing_plan",
    summary="Plan people",
    response_model=PlanOut,
    responses=documented(400, 401, 403, 404, 409, 413, 422, 500, 503),
)
async def make_plan(
    asked: PlanRequestIn,
    staffing: StaffingDep,
    work: WorkDep,
    caller: Annotated[Caller, permitted("make_staffing_plan")],
) -> PlanOut:
    """Say how many people the newest forecast takes, and what becomes of the work; with a change: what if.

    Nothing is kept. A change is set beside the plan without it, or beside a baseline that was kept.
    """
    made = await work.run(partial(staffing.plan, caller.workspace, _asked(asked)))
    return PlanOut.model_validate(made.document())


@router.get(
    "/export",
    operation_id="export_staffing_plan",
    summary="Export a plan or its shifts",
    response_class=Response,
    responses=READING | {200: {"content": {"text/csv": {}, "text/calendar": {}}, "description": "The file."}},
)
async def export_plan(
    staffing: StaffingDep,
    work: WorkDep,
    caller: Annotated[Caller, permitted("export_staffing_plan")],
    format: Annotated[
        Literal["plan", "csv", "ics"],
        Query(description="`plan`: PLAN.csv; `csv`, `ics`: the shifts, of the agents or proposed."),
    ] = "plan",
    interval: Annotated[IntervalName, Query(description="Of the forecast.")] = "hour",
    schedule: Annotated[ScheduleName, Query(description="As in a plan.")] = "none",
    use_overrides: Annotated[bool, Query(description="As in a plan.")] = False,
) -> Response:
    """Return a plan as CSV, or the shifts that it is held against as CSV or iCalendar."""
    if format != "plan" and schedule == "none":
        raise InputError("Got an export of shifts with schedule=none; expected schedule=agents or proposed.")
    asked = Asked(interval, schedule, use_overrides=use_overrides)
    made = await work.run(partial(staffing.plan, caller.workspace, asked))
    name = "PLAN.csv" if format == "plan" else f"shifts.{format}"
    if format == "plan":
        content: str | bytes = plan_to_csv(made.study.plan)
    elif format == "csv":
        content = write_schedule_csv(made.study.shifts or ())
    else:
        content = write_schedule_ics(made.study.shifts or (), made.snapshot.created_at)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=MEDIA[format], headers=headers)


@router.get(
    "/baselines",
    operation_id="list_staffing_baselines",
    summary="List the plans that are kept",
    response_model=BaselineListOut,
    responses=documented(400, 401, 403, 422, 500, 503),
)
def list_baselines(
    store: StoreDep, caller: Annotated[Caller, permitted("list_staffing_baselines")]
) -> BaselineListOut:
    """Return the plans that others are compared with, the newest first, without their figures."""
    found = list_staffing_baselines(store, caller.workspace)
    return BaselineListOut(
        baselines=[
            BaselineEntryOut(
                name=one.name, snapshot_id=one.snapshot_id, saved_at=one.saved_at, saved_by=one.saved_by
            )
            for one in found
        ]
    )


@router.get(
    "/baselines/{baseline}",
    operation_id="read_staffing_baseline",
    summary="Read a plan that is kept",
    response_model=BaselineOut,
    responses=READING,
)
def read_baseline(
    baseline: BaselineName,
    store: StoreDep,
    caller: Annotated[Caller, permitted("read_staffing_baseline")],
) -> BaselineOut:
    """Return a plan as it was kept."""
    stored = read_staffing_baseline(store, caller.workspace, baseline)
    if stored is None:
        raise NotFoundError("Got the name of a plan that is not kept; list them with GET.")
    return BaselineOut.of(stored)


@router.put(
    "/baselines/{baseline}",
    operation_id="save_staffing_baseline",
    summary="Keep a plan",
    response_model=BaselineOut,
    responses=WRITING,
)
async def save_baseline(
    baseline: BaselineName,
    asked: PlanRequestIn,
    staffing: StaffingDep,
    work: WorkDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("save_staffing_baseline")],
) -> Response:
    """Make a plan and keep it under a name, to compare others with it and to ask later how it did."""

    def make() -> Reply:
        earlier = once.earlier(caller.workspace)
        if earlier is not None:
            return earlier
        made = staffing.plan(caller.workspace, _asked(asked))

        def effect() -> Reply:
            kept = staffing.keep(caller.workspace, baseline, made, caller.name)
            return Reply(200, BaselineOut.of(kept).model_dump(mode="json"))

        return once.run(caller.workspace, effect)

    return answer(await work.run(make))


@router.delete(
    "/baselines/{baseline}",
    operation_id="delete_staffing_baseline",
    summary="Forget a plan",
    status_code=204,
    responses=READING,
)
def delete_baseline(
    baseline: BaselineName,
    store: StoreDep,
    caller: Annotated[Caller, permitted("delete_staffing_baseline")],
) -> Response:
    """Forget a plan that was kept."""
    if not delete_staffing_baseline(store, caller.workspace, baseline):
        raise NotFoundError("Got the name of a plan that is not kept; list them with GET.")
    return Response(status_code=204)


def _asked(given: PlanRequestIn) -> Asked:
    return Asked(
        given.interval,
        given.schedule,
        given.schedule_file,
        given.change_document(),
        given.baseline,
        given.use_overrides,
    )
