"""Planners' own figures beside the model's, and how both turned out."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from serving.auth import Caller, permitted
from serving.dependencies import StoreDep
from serving.forecast_outcomes import TOTAL, outcomes_of
from serving.idempotency import OnceDep, answer
from serving.known_series import series_of
from serving.problems import documented
from serving.schemas.base import SafeText
from serving.schemas.forecast_report import ForecastReportOut
from serving.schemas.forecasts import IntervalName
from serving.schemas.known_events import OverrideIn, OverrideListOut, OverrideOut
from triage.errors import NotFoundError
from triage.forecast_report import report_leads
from triage.store.idempotency import Reply
from triage.store.overrides import list_overrides, put_override, withdraw_override
from triage.store.snapshots import latest_snapshot

__all__ = ["report_router", "router"]

router = APIRouter(prefix="/v1/forecasts/overrides", tags=["forecasts"])
report_router = APIRouter(prefix="/v1/reports/forecasts", tags=["forecasts"])
PROBLEMS = documented(400, 401, 403, 404, 409, 413, 422, 500, 503)


@router.get(
    "",
    operation_id="list_overrides",
    summary="List planners' figures",
    response_model=OverrideListOut,
    responses=documented(400, 401, 403, 422, 500, 503),
)
def list_all(
    store: StoreDep,
    caller: Annotated[Caller, permitted("list_overrides")],
    interval: Annotated[IntervalName | None, Query(description="Only of this interval.")] = None,
    with_withdrawn: Annotated[bool, Query(description="Those taken back as well.")] = False,
) -> OverrideListOut:
    """Return the figures that planners put in place of the model's, with author and reason."""
    found = list_overrides(store, caller.workspace, interval=interval, with_withdrawn=with_withdrawn)
    return OverrideListOut.of(found)


@router.post(
    "",
    operation_id="add_override",
    summary="Put a figure in place of the model's",
    status_code=201,
    response_model=OverrideOut,
    responses=PROBLEMS,
)
def add(
    given: OverrideIn,
    store: StoreDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("add_override")],
) -> Response:
    """Store a figure for one interval of the newest forecast; the forecast stays as it was published."""

    def put() -> Reply:
        snapshot = latest_snapshot(store, caller.workspace, given.interval)
        row = None
        if snapshot is not None:
            row = next(
                (one for one in snapshot.rows if one.series == given.series and one.start == given.start),
                None,
            )
        if row is None:
            raise NotFoundError(
                f"Got an interval which the newest forecast by {given.interval} does not have for this "
                "series; expected the start of one of its intervals: GET /v1/forecasts."
            )
        made = put_override(
            store, caller.workspace, given.interval, given.series, given.start, given.value,
            model_mean=row.mean, author=caller.name, reason=given.reason, now=datetime.now(UTC),
        )  # fmt: skip
        return Reply(201, OverrideOut.of(made).model_dump(mode="json"))

    return answer(once.run(caller.workspace, put))


@router.delete(
    "/{override_id}",
    operation_id="withdraw_override",
    summary="Take a figure back",
    response_model=OverrideOut,
    responses=documented(400, 401, 403, 404, 422, 500, 503),
)
def withdraw(
    override_id: Annotated[
        SafeText, Path(min_length=1, max_length=64, description="As listed.", examples=["5c1d"])
    ],
    store: StoreDep,
    caller: Annotated[Caller, permitted("withdraw_override")],
) -> OverrideOut:
    """Let the model's figure hold again; the planner's is kept for the record."""
    return OverrideOut.of(
        withdraw_override(store, caller.workspace, override_id, caller.name, now=datetime.now(UTC))
    )


@report_router.get(
    "",
    operation_id="read_forecast_report",
    summary="See how forecasts turned out",
    response_model=ForecastReportOut,
    responses=documented(400, 401, 403, 404, 422, 500, 503),
)
def report(
    store: StoreDep,
    caller: Annotated[Caller, permitted("read_forecast_report")],
    series: Annotated[SafeText, Query(max_length=400, description="Which series.")] = TOTAL,
    days: Annotated[int, Query(ge=1, le=400, description="Forecasts of the last so many days.")] = 90,
) -> ForecastReportOut:
    """Return error, bias, coverage and skill of the frozen daily forecasts, by how far ahead they looked."""
    found = outcomes_of(store, caller.workspace, series, days=days, now=datetime.now(UTC))
    if not found and series not in (series_of(store, caller.workspace) or {TOTAL}):
        raise NotFoundError(
            "Got a series that no forecast of these days has; expected total or one of GET /v1/forecasts."
        )
    return ForecastReportOut.of(series, report_leads(found))
