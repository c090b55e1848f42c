"""Volume forecasts beside the plain ones, on real helpdesk histories, by rolling origin.

    python -m benchmarks.forecast [--quick] [--dev] [--data DIR]

Each row is one collection with a given length of history: ours (`forecast_series`, as the command runs it),
the same-weekday average of eight weeks (SWA8) and seasonal-naive, from the same origins in the same run. The
plain two get their intervals from their own past residuals on the square-root scale. CRPS and coverage use
the seven published quantiles; CRPS is in % of volume, skill is 1 - CRPS / CRPS(SWA8), floor is the WAPE of a
Poisson count about our mean. By the hour, SWA8 is the mean of the same hour of the week.

``--dev`` scores the origins before the reported ones: choices are made there. Nothing is drawn at random.
The last line is JSON. Results and where we lose: ``benchmarks/forecast.md``.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from training.forecasting import scores
from training.forecasting.forecast import QUANTILE_COLUMNS, forecast_series
from training.forecasting.intervals import NO_BASIS_K, QUANTILES, quantiles
from training.forecasting.series import SeriesTable, count_series

Array = NDArray[np.float64]
DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@dataclass(frozen=True)
class Collection:
    """One history and how it is scored.

    Parameters
    ----------
    name : str
    series : SeriesTable
    horizon : int
        Intervals ahead.
    step : int
        Intervals between origins.
    country : str or None
    has_dev : bool
        Whether there is history enough for origins before the reported ones.
    """

    name: str
    series: SeriesTable
    horizon: int
    step: int
    country: str | None
    has_dev: bool = True


def collections(data: Path) -> Iterator[Collection]:
    """Yield the collections that the data folder allows."""
    mozilla, apache = data / "mozilla_support/tickets.parquet", data / "apache_jira/issues.parquet"
    servicenow = data / "servicenow_log/incidents.parquet"
    if mozilla.exists():
        tickets = pd.read_parquet(mozilla, columns=["created_at", "product", "is_spam"])
        tickets = tickets[~tickets["is_spam"].fillna(False).astype(bool)]
        for product in ("thunderbird", "firefox"):
            times = tickets.loc[tickets["product"] == product, "created_at"]
            yield Collection(f"Mozilla {product}", count_series(times), 28, 28, "US")
    if apache.exists():
        issues = pd.read_parquet(apache, columns=["project", "created"])
        times = issues.loc[issues["project"].isin(["HIVE", "HDFS"]), "created"]
        yield Collection("Apache HIVE+HDFS", count_series(times), 28, 28, "US")
    if servicenow.exists():
        times = pd.read_parquet(servicenow, columns=["opened_at"])["opened_at"]
        # Almost all incidents were opened between these days; outside them the log is a trickle.
        first, end = np.datetime64("2016-02-29T00:00:00"), np.datetime64("2016-05-28T00:00:00")
        daily = count_series(times).since(first).before(end)
        yield Collection("ServiceNow daily", daily, 7, 7, None, has_dev=False)
        hourly = count_series(times, interval="hour").since(first).before(end)
        yield Collection("ServiceNow hourly", hourly, 48, 5 * 24, None, has_dev=False)


def week_of(series: SeriesTable) -> int:
    """Return the intervals in a week."""
    return {"day": 7, "hour": 168, "30min": 336}[series.interval]


def plain_mean(y: Array, horizon: int, season: int, weeks: int) -> Array:
    """Forecast by the mean of the last ``weeks`` weeks at the same place in the week."""
    whole = min(len(y) // season, weeks)
    if whole == 0:
        return np.full(horizon, y.mean())
    week = y[len(y) - season * whole :].reshape(whole, season).mean(axis=0)
    return np.resize(week, horizon)


def plain_quantiles(y: Array, mean: Array, season: int, weeks: int) -> Array:
    """Return quantiles from the past residuals of `plain_mean`, on the square-root scale."""
    residuals: list[Array] = []
    for end in range(season, len(y), season):
        chunk = y[end : end + season]
        residuals.append(np.sqrt(chunk) - np.sqrt(plain_mean(y[:end], len(chunk), season, weeks)))
    recent = np.concatenate(residuals[-26:]) if residuals else np.array([])
    if len(recent) < 14:
        return quantiles(mean, mean + mean**2 / NO_BASIS_K)
    shift = np.quantile(recent, QUANTILES)
    return np.maximum(np.sqrt(mean)[:, None] + shift, 0.0) ** 2


def score(
    collection: Collection, n_origins: int, history: int | None, dev: bool
) -> dict[str, dict[str, float]]:
    """Score ours and the plain ones over the origins; returns measures by model."""
    series, horizon, season = collection.series, collection.horizon, week_of(collection.series)
    y = series.counts[0]
    skipped = n_origins if dev else 0
    ends = [len(y) - horizon - collection.step * (j + skipped) for j in range(n_origins)]
    kept: dict[str, list[tuple[Array, Array, Array, float]]] = {"ours": [], "SWA8": [], "SeasonalNaive": []}
    seconds = 0.0
    for end in reversed(ends):
        begin = 0 if history is None else max(0, end - history)
        cut = series.before(series.starts[end]).since(series.starts[begin])
        actual, past = y[end : end + horizon], y[begin:end]
        scale = scores.naive_scale(past, season)
        started = time.perf_counter()
        table, _ = forecast_series(cut, horizon=horizon, country=collection.country)
        seconds += time.perf_counter() - started
        kept["ours"].append(
            (actual, table["mean"].to_numpy(), table[list(QUANTILE_COLUMNS)].to_numpy(), scale)
        )
        for name, weeks in (("SWA8", 8), ("SeasonalNaive", 1)):
            mean = plain_mean(past, horizon, season, weeks)
            kept[name].append((actual, mean, plain_quantiles(past, mean, season, weeks), scale))
    measures = {name: measure(rows) for name, rows in kept.items()}
    for values in measures.values():
        values["skill"] = 1 - values["crps"] / measures["SWA8"]["crps"]
        values["floor"] = measures["ours"]["floor"]
    measures["ours"]["seconds"] = seconds / n_origins
    return measures


def measure(rows: list[tuple[Array, Array, Array, float]]) -> dict[str, float]:
    """Return the measures of one model over (actual, mean, quantiles, MASE scale) per origin."""
    actual, mean, table = (np.concatenate([row[i] for row in rows]) for i in range(3))
    low, high = QUANTILES.index(0.10), QUANTILES.index(0.90)
    return {
        "wape": scores.wape(actual, mean),
        "bias": scores.bias(actual, mean),
        "mase": float(np.mean([np.abs(a - m).mean() / scale for a, m, _, scale in rows])),
        "crps": scores.crps(actual, table, QUANTILES),
        "coverage80": scores.coverage(actual, table[:, low], table[:, high]),
        "floor": scores.poisson_floor(mean),
    }


def histories(collection: Collection) -> list[tuple[str, int | None]]:
    """Return the lengths of history that a collection is scored with."""
    a_day = week_of(collection.series) // 7
    return [("full", None), ("8 weeks", 56 * a_day), ("10 days", 10 * a_day)]


def run(data: Path, n_origins: int, dev: bool, quick: bool) -> list[dict[str, object]]:
    """Score everything, printing one line per model, and return the rows."""
    rows: list[dict[str, object]] = []
    head = f"{'collection':<20}{'history':<9}{'model':<14}{'WAPE':>7}{'bias':>7}{'floor':>7}{'MASE':>7}"
    print(head + f"{'CRPS':>7}{'cov80':>7}{'skill':>7}{'s':>7}")
    for collection in collections(data):
        if dev and not collection.has_dev:
            continue
        for label, history in histories(collection)[: 2 if quick else None]:
            for name, m in score(collection, n_origins, history, dev).items():
                rows.append({"collection": collection.name, "history": label, "model": name, **m})
                numbers = (m["wape"], m["bias"], m["floor"])
                print(
                    f"{collection.name:<20}{label:<9}{name:<14}"
                    + "".join(f"{100 * value:>7.1f}" for value in numbers)
                    + f"{m['mase']:>7.2f}{100 * m['crps']:>7.2f}{100 * m['coverage80']:>7.0f}"
                    + f"{100 * m['skill']:>7.1f}"
                    + (f"{m['seconds']:>7.2f}" if "seconds" in m else "")
                )
        if quick:
            break
    return rows


def main(argv: list[str] | None = None) -> int:
    """Run the benchmark; returns 0, or 2 where there is no data."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA, help="folder with the helpdesk histories")
    parser.add_argument("--quick", action="store_true", help="two origins of the first collection")
    parser.add_argument("--dev", action="store_true", help="score the origins before the reported ones")
    args = parser.parse_args(argv)
    started = time.perf_counter()
    rows = run(args.data, 2 if args.quick else 6, args.dev, args.quick)
    if not rows:
        print(f"Got no histories in {args.data}; expected mozilla_support, apache_jira or servicenow_log.")
        return 2
    ours = [float(str(row["skill"])) for row in rows if row["model"] == "ours"]
    plain = [
        {k: round(v, 5) if isinstance(v, float) else v for k, v in row.items() if k != "seconds"}
        for row in rows
    ]
    print(
        f"mean skill of ours against SWA8: {100 * np.mean(ours):.1f} %, {time.perf_counter() - started:.0f} s"
    )
    print(json.dumps({"benchmark": "forecast", "dev": args.dev, "rows": plain}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
