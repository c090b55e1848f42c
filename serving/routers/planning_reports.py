"""Reports for planners: the backlog and how it goes on; plans against what came."""

from dataclasses import asdict
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from serving.auth import Caller, permitted
from serving.backlog_report import backlog_document
from serving.dependencies import StaffingDep, StoreDep, WorkDep
from serving.problems import documented
from serving.schemas.backlog_reports import BacklogReportOut
from serving.schemas.base import SafeText
from serving.schemas.forecasts import IntervalName
from serving.schemas.staffing_baselines import FollowedOut, FollowedReportOut

__all__ = ["router"]

router = APIRouter(prefix="/v1/reports", tags=["reports"])


@router.get(
    "/backlog",
    operation_id="read_backlog_report",
    summary="Report on the backlog",
    response_model=BacklogReportOut,
    responses=documented(400, 401, 403, 422, 500, 503),
)
async def read_backlog(
    store: StoreDep,
    staffing: StaffingDep,
    work: WorkDep,
    caller: Annotated[Caller, permitted("read_backlog_report")],
    interval: Annotated[IntervalName, Query(description="Of the forecast that is planned from.")] = "day",
    schedule: Annotated[
        Literal["none", "agents"],
        Query(description="Under the people that the plan requires, or under the agents' shifts."),
    ] = "none",
) -> BacklogReportOut:
    """Return what is open and how old it is; day by day what will be, and the probability of a breach."""
    make = partial(backlog_document, store, staffing, caller.workspace, interval=interval, schedule=schedule)
    return BacklogReportOut.model_validate(await work.run(make))


@router.get(
    "/staffing",
    operation_id="read_staffing_report",
    summary="Report on a plan that is over",
    response_model=FollowedReportOut,
    responses=documented(400, 401, 403, 404, 422, 500, 503),
)
async def read_followed(
    staffing: StaffingDep,
    work: WorkDep,
    caller: Annotated[Caller, permitted("read_staffing_report")],
    baseline: Annotated[
        SafeText,
        Query(
            min_length=1,
            max_length=200,
            description="Name of a plan that was kept.",
            examples=["March as planned"],
        ),
    ],
) -> FollowedReportOut:
    """Say what would have become of the tickets that came since, had a kept plan been followed."""
    since, until, teams = await work.run(partial(staffing.followed, caller.workspace, baseline))
    return FollowedReportOut(
        baseline=baseline,
        since=since,
        until=until,
        teams=[FollowedOut(**asdict(one)) for one in teams],
    )
