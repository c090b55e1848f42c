"""The volume ahead: the newest forecast with its bands, and asking for a new one."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from serving.console.errors import ConsoleRoute
from serving.console.session import FromHere, signed_in
from serving.console.visit import Visit
from serving.console.volume_view import TOTAL, series_names, view_volume
from serving.console.writing import written
from serving.dependencies import StoreDep
from serving.schemas.forecasts import IntervalName
from serving.schemas.runs import ForecastRunIn
from triage.errors import NotFoundError
from triage.store.runs import ask_for_run, list_runs
from triage.store.snapshots import latest_snapshot

__all__ = ["router"]

router = APIRouter(prefix="/console/volume", include_in_schema=False, route_class=ConsoleRoute)


@router.get("")
def show_volume(
    store: StoreDep,
    visit: Annotated[Visit, signed_in("read_forecast")],
    interval: Annotated[IntervalName, Query()] = "day",
    series: Annotated[str, Query(max_length=400)] = TOTAL,
) -> Response:
    """Show the newest forecast of one series."""
    workspace = visit.caller.workspace
    newest = list_runs(store, workspace, kind="forecast", limit=1)
    run = newest[0] if newest and newest[0].state != "succeeded" else None
    snapshot = latest_snapshot(store, workspace, interval)
    if snapshot is None:
        return visit.show("volume.html", view=None, interval=interval, series=[], run=run)
    names = series_names(snapshot)
    known = [one.name for one in names]
    if series not in known:
        if series != TOTAL:
            raise NotFoundError("Got a series that this forecast does not have; choose one from its list.")
        series = known[0]
    view = view_volume(store, snapshot, series)
    return visit.show("volume.html", view=view, interval=interval, series=names, run=run)


@router.post("/forecast", dependencies=[FromHere])
def forecast_again(store: StoreDep, visit: Annotated[Visit, signed_in("start_forecast_run")]) -> Response:
    """Ask a worker for a new forecast."""
    asked = ForecastRunIn.model_validate({}).parameters()
    run = written(
        store,
        visit,
        lambda: ask_for_run(store, visit.caller.workspace, "forecast", asked, visit.caller.name),
        lambda run: {"run_id": run.run_id},
    )
    if not visit.is_partial:
        return visit.show("asked.html", run=run)
    return visit.show("parts/run.html", run=run)
