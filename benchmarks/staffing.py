"""Do the staffing formulas hold, and had the plan been followed, what would have become of the tickets.

    python -m benchmarks.staffing [--part formulas|replay|errors] [--dev] [--quick] [--data DIR]

Formulas: Erlang C and A beside a simulation of 400,000 arrivals at a queue, with the standard error of its
batch means. Replay: 24 weeks (ServiceNow: 6) are planned 28 days ahead, and again 7 days ahead, week by week.
At each origin the volume is forecast, a plan is made of it, and the tickets that really came are worked off
under the plan, in turn, ten minutes each; what is left is known to the next plan. P50, P80 and P95 stand
beside the point forecast, plans from the same-weekday average of eight weeks (SWA8), and a floor under which
nobody gets who does not know the dice: P80 of a Poisson whose mean is the true one (smoothed over seven
days). Work that is open at the end counts as late.

``--part errors`` says how errors of different days correlate, on development origins. ``--dev`` replays the
origins before the reported ones: choices are made there. Seeds are fixed. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.forecast import DATA, plain_mean, plain_quantiles
from benchmarks.forecast_data import Collection, collections
from benchmarks.staffing_queues import ARRIVALS, formulas
from features.staffing.plan import make_plan
from training.forecasting.forecast import QUANTILE_COLUMNS, forecast_series
from triage.sla.calendar import BusinessCalendar
from triage.staffing.channel import Channel, DayDeadline, OpenWork
from triage.staffing.deferred import work_off
from triage.staffing.handle_time import HandleTime, HandleTimes
from triage.staffing.setup import StaffingSetup
from triage.staffing.team import StaffedTeam
from triage.staffing.volume import LEVELS, VolumeForecast

Array = NDArray[np.float64]

HANDLE_S = 600.0


class Ahead(NamedTuple):
    """A forecast of the days ahead."""

    mean: Array
    quantiles: Array


WEEK = {"day": 7, "hour": 168, "30min": 336}
"""Intervals in a week."""


def ours(cut: Collection) -> Ahead:
    """Forecast as the product does."""
    table = forecast_series(cut.series, horizon=cut.horizon, country=cut.country).table
    return Ahead(table["mean"].to_numpy(), table[list(QUANTILE_COLUMNS)].to_numpy())


def swa8(cut: Collection) -> Ahead:
    """Forecast by the same weekday's average of eight weeks, with the spread of its own past."""
    y, season = cut.series.counts[0], WEEK[cut.series.interval]
    mean = plain_mean(y, cut.horizon, season, 8)
    return Ahead(mean, plain_quantiles(y, mean, season, 8))


def replay(
    collection: Collection, ends: list[int], deadline: DayDeadline, forecasts: list[Ahead]
) -> dict[str, dict[str, float]]:
    """Follow the plans of all origins; returns measures by how they were staffed."""
    y = collection.series.counts[0]
    found: dict[str, dict[str, float]] = {}
    for name in ("point", "P50", "P80", "P95"):
        capacity, actual = [], []
        carried = 0.0
        for end, ahead in zip(ends, forecasts, strict=True):
            came = y[end : end + collection.horizon]
            given = plan_hours(ahead, carried, name, deadline)
            capacity.append(given)
            actual.append(came * HANDLE_S / 3_600)
            days = np.arange(len(came))
            first = work_off(actual[-1][None], given, days, backlog=_at_start(carried, len(came)))
            carried = float(first.backlog[0, -1]) * 3_600 / HANDLE_S
        hours, work = np.concatenate(capacity), np.concatenate(actual)
        late = 0 if deadline is DayDeadline.SAME_DAY else 1
        worked = work_off(work[None], hours, np.arange(len(work)) + late)
        found[name] = {
            "on_time": float(1 - worked.late.sum() / work.sum()),
            "days_kept": float(1 - worked.missed.mean()),
            "hours": float(hours.sum()),
            "over": float(np.maximum(hours - work, 0).sum() / work.sum()),
            "p95_backlog_days": float(np.quantile(worked.backlog, 0.95) / hours.mean()),
        }
    return found


def _at_start(tickets: float, n: int) -> Array:
    first = np.zeros(n)
    first[0] = tickets * HANDLE_S / 3_600
    return first


def plan_hours(ahead: Ahead, carried: float, staffed: str, deadline: DayDeadline) -> Array:
    """Return the hours of work that a plan provides for, day by day, what was carried over included."""
    n = len(ahead.mean)
    if staffed == "point":
        hours = ahead.mean * HANDLE_S / 3_600
        hours[0] += carried * HANDLE_S / 3_600
        return hours
    starts = tuple(datetime(2026, 1, 5, tzinfo=UTC) + timedelta(days=i) for i in range(n))
    ends = tuple(one + timedelta(days=1) for one in starts)
    forecast = VolumeForecast(("total",), starts, ends, ahead.mean[None], ahead.quantiles[None], starts[0])
    old = (OpenWork(carried, age=timedelta(hours=24)),)
    setup = StaffingSetup(
        (StaffedTeam("all", BusinessCalendar("always")),),
        (Channel("tickets", deadline=deadline, occupancy=1.0, shrinkage=0.0, backlog=old),),
        by="total",
        handle_times=HandleTimes(HandleTime(HANDLE_S, 0.0)),
    )
    plan = make_plan(setup, forecast)
    return np.array([getattr(row.required_paid, staffed.lower()) * row.open_hours for row in plan.rows])


def floor(actual: Array) -> float:
    """Return how many more hours P80 takes than the mean for who knows the mean and not the dice."""
    from scipy.stats import poisson

    smooth = np.convolve(np.pad(actual, 3, mode="reflect"), np.ones(7) / 7, "valid")
    return float(poisson.ppf(0.8, smooth).sum() / smooth.sum() - 1)


def run_replay(data: Path, n_origins: int, dev: bool, quick: bool) -> list[dict[str, object]]:
    """Replay all collections."""
    rows: list[dict[str, object]] = []
    head = f"{'collection':<18}{'a day':>6}{'ahead':>6} {'deadline':<10}{'forecast':<9}"
    print(head + f"{'staffed':<8}{'on time':>8}{'hours':>8}{'idle':>7}{'backlog':>9}")
    for collection in collections(data):
        if "hourly" in collection.name or len(collection.series.names) > 1:
            continue
        if dev and collection.dev_origins < n_origins:
            continue
        y, span = collection.series.counts[0], collection.horizon * n_origins
        last = len(y) - (span if dev else 0)
        known = floor(y[last - span : last])
        for days in sorted({collection.horizon, 7}):
            one = replace(collection, horizon=days, step=days)
            rows += _replays(one, list(range(last - span, last, days)), y[last - span : last].mean(), known)
        print(f"{'':<18}who knew the mean would need {100 * known:+.1f} % for P80 of a Poisson")
        if quick:
            break
    return rows


def _replays(collection: Collection, ends: list[int], a_day: float, known: float) -> list[dict[str, object]]:
    series = collection.series
    cuts = [replace(collection, series=series.before(series.starts[end])) for end in ends]
    kinds: tuple[tuple[str, Callable[[Collection], Ahead]], ...] = (("ours", ours), ("SWA8", swa8))
    rows: list[dict[str, object]] = []
    for name, make in kinds:
        forecasts = [make(cut) for cut in cuts]
        for deadline in DayDeadline:
            measures = replay(collection, ends, deadline, forecasts)
            for staffed, m in measures.items():
                more = m["hours"] / measures["point"]["hours"] - 1
                row = {"collection": collection.name, "ahead": collection.horizon, "deadline": deadline.value}
                row |= {"forecast": name, "staffed": staffed, "more_hours": round(more, 4)}
                rows.append(row | {"floor": round(known, 4)} | {k: round(v, 4) for k, v in m.items()})
                print(
                    f"{collection.name:<18}{a_day:>6.0f}{collection.horizon:>6} {deadline.value:<10}{name:<9}"
                    f"{staffed:<8}{100 * m['on_time']:>8.1f}{100 * more:>+8.1f}{100 * m['over']:>7.0f}"
                    f"{m['p95_backlog_days']:>9.2f}"
                )
    return rows


def errors(data: Path, n_origins: int) -> list[dict[str, object]]:
    """Say how a forecast's errors on different days correlate, on development origins; by lead apart.

    Errors are normal scores of where a count lies among its forecast's quantiles, over their mean square.
    """
    rows: list[dict[str, object]] = []
    scores = np.array([NormalDist().inv_cdf(level) for level in LEVELS])
    for collection in collections(data):
        if collection.dev_origins < n_origins or len(collection.series.names) > 1:
            continue
        y, horizon = collection.series.counts[0], collection.horizon
        last = len(y) - horizon * n_origins
        seen = []
        for end in range(last - horizon * n_origins, last, horizon):
            cut = collection.series.before(collection.series.starts[end])
            ahead = ours(replace(collection, series=cut))
            pairs = zip(y[end : end + horizon], ahead.quantiles, strict=True)
            # Counts are whole; a hair apart, so that equal quantiles can be told apart.
            hair = np.arange(len(LEVELS)) * 1e-9
            seen.append([np.interp(came, known + hair, scores, -2.2, 2.2) for came, known in pairs])
        z = np.array(seen)
        found = {lag: (z[:, lag:] * z[:, :-lag]).mean() / (z**2).mean() for lag in (1, 2, 7, 14, 21)}
        print(f"{collection.name:<20}" + "  ".join(f"{lag} days {rho:.2f}" for lag, rho in found.items()))
        plain = {str(lag): round(float(rho), 3) for lag, rho in found.items()}
        rows.append({"collection": collection.name, "correlation": plain})
    return rows


def main(argv: list[str] | None = None) -> int:
    """Run the benchmark; returns 0, or 2 where there is no data."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA, help="folder with the helpdesk histories")
    parser.add_argument("--part", choices=("formulas", "replay", "errors"), help="only this part")
    parser.add_argument("--quick", action="store_true", help="fewer arrivals, origins and collections")
    parser.add_argument("--dev", action="store_true", help="replay the origins before the reported ones")
    args = parser.parse_args(argv)
    started = time.perf_counter()
    result: dict[str, object] = {"benchmark": "staffing", "dev": args.dev}
    if args.part == "errors":
        result["errors"] = errors(args.data, 6)
    if args.part in (None, "formulas"):
        result["formulas"] = formulas(ARRIVALS // 10 if args.quick else ARRIVALS)
    if args.part in (None, "replay"):
        rows = run_replay(args.data, 2 if args.quick else 6, args.dev, args.quick)
        if not rows:
            print(
                f"Got no histories in {args.data}; expected mozilla_support, apache_jira or servicenow_log."
            )
            return 2
        result["replay"] = rows
    print(f"{time.perf_counter() - started:.0f} s")
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
