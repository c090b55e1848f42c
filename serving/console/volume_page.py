"""The volume ahead: the newest forecast with its bands, and asking for a new one."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Path, Query, Response
from fastapi.responses import RedirectResponse

from serving.console.alerts_view import budget_of, view_alerts
from serving.console.errors import ConsoleRoute
from serving.console.events_view import view_events
from serving.console.session import FromHere, signed_in
from serving.console.visit import Visit
from serving.console.volume_view import TOTAL, series_names, view_volume
from serving.console.writing import written
from serving.dependencies import StoreDep
from serving.forecast_asking import ask_for_forecast
from serving.routers.spikes import change_state
from serving.schemas.forecasts import IntervalName
from serving.schemas.runs import ForecastRunIn
from triage.errors import NotFoundError
from triage.spikes.alert import AlertState
from triage.store.known_events import list_events
from triage.store.overrides import list_overrides
from triage.store.runs import list_runs
from triage.store.snapshots import has_snapshot, latest_snapshot

__all__ = ["router"]

router = APIRouter(prefix="/console/volume", include_in_schema=False, route_class=ConsoleRoute)
SNOOZE = timedelta(days=1)


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
    zone = ZoneInfo(visit.workspace.zone if visit.workspace else "UTC")
    by_day = snapshot if interval == "day" else latest_snapshot(store, workspace, "day")
    calendar = None
    if visit.may("list_events"):
        calendar = view_events(store, workspace, by_day, datetime.now(zone).date())
    said: dict[str, Any] = {
        "alerts": view_alerts(store, workspace, zone), "budget": budget_of(store, workspace), "run": run,
        "calendar": calendar, "is_open": False,
        "has_half_hours": has_snapshot(store, workspace, "30min"),
    }  # fmt: skip
    if snapshot is None:
        return visit.show("volume.html", view=None, interval=interval, series=[], **said)
    names = series_names(snapshot)
    known = [one.name for one in names]
    if series not in known:
        if series != TOTAL:
            raise NotFoundError("Got a series that this forecast does not have; choose one from its list.")
        series = known[0]
    own = list_overrides(store, workspace, interval=interval, series=series, since=snapshot.origin)
    events = list_events(store, workspace) if calendar else ()
    view = view_volume(store, snapshot, series, events, own, now=datetime.now(UTC))
    return visit.show("volume.html", view=view, interval=interval, series=names, **said)


@router.post("/alerts/{alert_id}", dependencies=[FromHere])
def judge_alert(
    alert_id: Annotated[str, Path(max_length=64)],
    state: Annotated[Literal["acknowledged", "snoozed", "false"], Form()],
    store: StoreDep,
    visit: Annotated[Visit, signed_in("set_spike_state")],
) -> Response:
    """Note what was done with an alert, and show the list again."""
    until = datetime.now(UTC) + SNOOZE if state == "snoozed" else None
    written(
        store,
        visit,
        lambda: change_state(store, visit.caller, alert_id, AlertState(state), until),
        lambda _: {"alert_id": alert_id, "state": state},
    )
    if not visit.is_partial:
        return RedirectResponse("/console/volume", 303)
    workspace = visit.caller.workspace
    zone = ZoneInfo(visit.workspace.zone if visit.workspace else "UTC")
    return visit.show(
        "parts/alerts.html", alerts=view_alerts(store, workspace, zone), budget=budget_of(store, workspace)
    )


@router.post("/forecast", dependencies=[FromHere])
def forecast_again(store: StoreDep, visit: Annotated[Visit, signed_in("start_forecast_run")]) -> Response:
    """Ask a worker for a new forecast, as far ahead and by the same fields as the last."""
    as_before = ForecastRunIn.model_validate({})
    run = written(
        store,
        visit,
        lambda: ask_for_forecast(store, visit.caller.workspace, as_before, visit.caller.name),
        lambda run: {"run_id": run.run_id},
    )
    if not visit.is_partial:
        return visit.show("asked.html", run=run)
    return visit.show("parts/run.html", run=run)
