"""Published forecasts."""

from typing import Annotated

from fastapi import APIRouter, Query

from serving.auth import Caller, permitted
from serving.dependencies import StoreDep
from serving.problems import documented
from serving.schemas.base import SafeText
from serving.schemas.forecasts import ForecastOut, IntervalName
from triage.errors import NotFoundError
from triage.store.overrides import figures_of, list_overrides
from triage.store.snapshots import latest_snapshot

__all__ = ["router"]

router = APIRouter(prefix="/v1/forecasts", tags=["forecasts"])


@router.get(
    "",
    operation_id="read_forecast",
    summary="Read the newest forecast",
    response_model=ForecastOut,
    responses=documented(400, 401, 403, 404, 422, 500, 503),
)
def read_forecast(
    store: StoreDep,
    caller: Annotated[Caller, permitted("read_forecast")],
    interval: Annotated[IntervalName, Query(description="Length of an interval.")] = "day",
    series: Annotated[
        SafeText | None,
        Query(max_length=400, description="Only this series; by default all.", examples=["all"]),
    ] = None,
) -> ForecastOut:
    """Return the newest published forecast at an interval: mean, quantiles and spike probability.

    Planners' own figures stand beside the model's, which stay as they were published.
    """
    snapshot = latest_snapshot(store, caller.workspace, interval)
    if snapshot is None:
        raise NotFoundError(
            f"Got a request for the forecast by {interval}; expected one to be published in this workspace. "
            "Ask for one with POST /v1/forecasts."
        )
    own = figures_of(list_overrides(store, caller.workspace, interval=interval, since=snapshot.origin))
    found = ForecastOut.of(snapshot, interval, series, own)
    if series is not None and not found.series:
        raise NotFoundError(
            "Got a series that this forecast does not have; leave series out to see them all."
        )
    return found
