"""A forecast run: the workspace's tickets counted by day and by hour up to now, forecast, and published.

Quiet hours up to now count as zeros, and nothing that is over is forecast. Days without tickets up to now are
what is plausible for the workspace (`training.forecasting.silence`), and they are told.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from training.worker.job import Work
from triage.errors import HistoryError
from triage.store import Store
from triage.store.known_events import list_events
from triage.store.recent import filed_between, newest_tickets
from triage.store.runs import Run
from triage.store.snapshots import put_snapshot
from triage.store.workspaces import get_workspace

if TYPE_CHECKING:
    import numpy as np

    from training.forecasting.forecast import Forecast
    from training.forecasting.series import SeriesTable

__all__ = ["forecast_work"]

MOST_HISTORY = timedelta(days=5 * 366)
"""Older tickets say nothing about next month."""
READ_SHARE = 0.2
"""Of a run's progress, how much is reading the tickets."""


def _now() -> datetime:
    return datetime.now(UTC)


def forecast_work(store: Store, *, clock: Callable[[], datetime] = _now) -> Work:
    """Return what a run of kind ``forecast`` does.

    Parameters of the run: ``days``, ``hours`` and, where wanted, ``half_hours`` ahead, ``by`` (fields whose
    labels get a series each, ``channel`` among them; those that no ticket has are left out). Result:
    ``snapshots``, by interval the published snapshot's id.
    """

    def work(run: Run, report: Callable[[str, float], None]) -> Mapping[str, Any]:
        return _forecast(store, run, report, clock())

    return work


def _forecast(
    store: Store, run: Run, report: Callable[[str, float], None], now: datetime
) -> Mapping[str, Any]:
    from training.forecasting.forecast import forecast_series
    from training.forecasting.series import SeriesCounter
    from training.forecasting.silence import table_up_to

    place = get_workspace(store, run.workspace)
    events = list_events(store, run.workspace)
    filed, labels = _read(store, run, report, now)
    counted = [moment for moment in filed if moment <= now]
    instant = _instant(now)
    by = [name for name, column in labels.items() if any(label is not None for label in column)]
    snapshots: dict[str, str] = {}
    horizons = {"day": run.parameters["days"], "hour": run.parameters["hours"]}
    if run.parameters.get("half_hours"):
        horizons["30min"] = run.parameters["half_hours"]
    part = (1.0 - READ_SHARE) / len(horizons)
    for interval, horizon in horizons.items():
        base = READ_SHARE + part * len(snapshots)
        report(f"counting tickets by {interval}", base)
        counter = SeriesCounter(interval, place.zone, by, now=instant)
        counter.add(filed, labels)
        table = table_up_to(counter, instant)
        done = 0

        def tell(
            _name: str, interval: str = interval, base: float = base, many: int = len(table.names)
        ) -> None:
            nonlocal done
            done += 1
            report(f"forecasting by {interval}", base + part * done / many)

        forecast = forecast_series(
            table, horizon=horizon, country=place.country, events=events, progress=tell
        )
        report(f"publishing the forecast by {interval}", base + part)
        snapshots[interval] = _publish(store, run, table, horizon, forecast)
    return {"snapshots": snapshots, "tickets": len(counted), "by": by}


def _instant(moment: datetime) -> "np.datetime64":
    import numpy as np

    return np.datetime64(int(moment.timestamp()), "s")


def _read(
    store: Store, run: Run, report: Callable[[str, float], None], now: datetime
) -> tuple[list[datetime], dict[str, Sequence[str | None]]]:
    """Return when tickets were filed and, by field, their labels: times and labels alone, no texts.

    Those with a time after now are among them, to be counted and told of.
    """
    report("reading tickets", 0.0)
    newest = newest_tickets(store, run.workspace, 1)
    last = newest[0].ticket.created_at if newest else None
    if last is None:
        raise HistoryError(
            f"Got workspace {run.workspace!r} without a ticket that has a time; expected at least two days "
            "of them. Import a history first: triage import history FILE."
        )
    filed: list[datetime] = []
    labels: dict[str, list[str | None]] = {name: [] for name in run.parameters["by"]}
    begin = min(last, now) - MOST_HISTORY
    for moment, given in filed_between(store, run.workspace, begin, last + timedelta(seconds=1)):
        filed.append(moment)
        for name, column in labels.items():
            column.append(given.get(name))
    return filed, dict(labels)


def _publish(store: Store, run: Run, table: "SeriesTable", horizon: int, forecast: "Forecast") -> str:
    # Named after the run, so that a run begun again publishes once.
    rows = [
        {str(name): value for name, value in row.items()} | {"start": row["start"].to_pydatetime()}
        for row in forecast.table.to_dict("records")
    ]
    return put_snapshot(
        store,
        run.workspace,
        table.interval,
        horizon,
        table.origin.astype("datetime64[s]").item().replace(tzinfo=UTC),
        {
            "zone": table.zone,
            "intervals": len(table.starts),
            "pool": forecast.basis,
            "events": forecast.events,
            "noticed": list(forecast.noticed),
        },
        rows,
        snapshot_id=f"{run.run_id}-{table.interval}",
    )
