"""Volume forecasts beside other forecasters, on real helpdesk histories, by rolling origin.

    python -m benchmarks.forecast [--dev] [--quick] [--plain] [--only TEXT] [--cache DIR] [--data DIR]

Each row is one collection with a given length of history, scored over six origins: ours (`forecast_series`,
as the command runs it), the same-weekday average of eight weeks (SWA8) and seasonal-naive, and whatever of
AutoETS, AutoTheta, MSTL, LightGBM (through mlforecast) and Prophet is installed (the extra ``peers``), from
the same origins in the same run. The plain two get their intervals from their own past residuals on the
square-root scale. CRPS and coverage use the seven published quantiles; CRPS is in % of volume, skill is 1 -
CRPS / CRPS(SWA8), floor is the WAPE of a Poisson count about our mean. Coverage is also told by lead. By
the hour, SWA8 is the mean of the same hour of the week.

``--dev`` scores the origins before the reported ones: choices are made there. ``--plain`` leaves the
installed peers out, ``--cache`` keeps their forecasts (they depend on the counts alone). Seeds are fixed.
The last line is JSON. Results and where we lose: ``benchmarks/forecast.md``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections import defaultdict
from pathlib import Path

import joblib
import numpy as np
from numpy.typing import NDArray

from benchmarks.forecast_data import Collection, collections
from benchmarks.forecast_peers import Past, Peer, installed_peers
from training.forecasting.forecast import QUANTILE_COLUMNS, forecast_series
from training.forecasting.intervals import NO_BASIS_K, QUANTILES, quantiles
from triage import volume_scores as scores

Array = NDArray[np.float64]
DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
ORIGINS = 6
LEADS = {
    "day": (("1-7", 0, 7), ("8-14", 7, 14), ("15-28", 14, 28)),
    "hour": (("1-24", 0, 24), ("25-48", 24, 48)),
}
Scored = tuple[Array, Array, Array]
"""What came, the mean, the quantiles: shapes (n_series, horizon) and (n_series, horizon, n_levels)."""


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
    return np.asarray(np.maximum(np.sqrt(mean)[:, None] + shift, 0.0) ** 2)


def plain(past: Past, weeks: int) -> tuple[Array, Array]:
    """Forecast every series by `plain_mean` and `plain_quantiles`."""
    born = [y[int(np.argmax(y > 0)) :] for y in past.counts]
    mean = np.stack([plain_mean(y, past.horizon, past.week, weeks) for y in born])
    return mean, np.stack([plain_quantiles(y, m, past.week, weeks) for y, m in zip(born, mean, strict=True)])


def ours(collection: Collection, end: int, begin: int) -> tuple[Array, Array]:
    """Forecast every series as the command does."""
    series = collection.series
    cut = series.before(series.starts[end]).since(series.starts[begin])
    table = forecast_series(cut, horizon=collection.horizon, country=collection.country).table
    shape = (len(series.names), collection.horizon)
    wide = table[list(QUANTILE_COLUMNS)].to_numpy().reshape(*shape, len(QUANTILES))
    return table["mean"].to_numpy().reshape(shape), wide


class Runner:
    """Runs the forecasters over the origins of a collection.

    Parameters
    ----------
    peers : dict of str to Peer
    cache : Path or None
        Folder where peers' forecasts are kept.
    """

    def __init__(self, peers: dict[str, Peer], cache: Path | None) -> None:
        self.peers = peers
        self.cache = cache

    def score(self, collection: Collection, history: int | None, *, dev: bool) -> dict[str, dict[str, float]]:
        """Return measures by model."""
        series, horizon = collection.series, collection.horizon
        many = collection.dev_origins if dev else ORIGINS
        skipped = ORIGINS if dev and not collection.dev_only else 0
        ends = [
            series.counts.shape[1] - horizon - collection.step * (j + skipped) for j in reversed(range(many))
        ]
        kept: dict[str, list[Scored]] = defaultdict(list)
        scales = []
        spent: dict[str, float] = defaultdict(float)
        for end in ends:
            begin = 0 if history is None else max(0, end - history)
            past = Past(
                series.counts[:, begin:end], series.starts[begin:end], series.interval, horizon,
                collection.country,
            )  # fmt: skip
            actual = series.counts[:, end : end + horizon]
            scales.append([scores.naive_scale(y, past.week) for y in past.counts])
            for name in ("ours", "SWA8", "SeasonalNaive", *self.peers):
                started = time.perf_counter()
                mean, table = self._forecast(name, collection, past, begin, end)
                spent[name] += time.perf_counter() - started
                rows = collection.scored
                kept[name].append((actual[rows], mean[rows], table[rows]))
        scale = np.array(scales)[:, collection.scored]
        measures = {name: measure(rows, scale, series.interval) for name, rows in kept.items()}
        for name, values in measures.items():
            values["skill"] = 1 - values["crps"] / measures["SWA8"]["crps"]
            values["floor"] = measures["ours"]["floor"]
            values["seconds"] = spent[name] / len(ends)
        return measures

    def _forecast(
        self, name: str, collection: Collection, past: Past, begin: int, end: int
    ) -> tuple[Array, Array]:
        if name == "ours":
            return ours(collection, end, begin)
        if name in ("SWA8", "SeasonalNaive"):
            return plain(past, 8 if name == "SWA8" else 1)
        peer = self.peers[name]
        if self.cache is None:
            return peer(past)
        key = hashlib.sha256(past.counts.tobytes() + f"{name}{past.horizon}{past.starts[0]}".encode())
        path = self.cache / f"{name}-{key.hexdigest()[:24]}.joblib"
        if not path.exists():
            joblib.dump(peer(past), path)
        mean, table = joblib.load(path)
        return mean, table


def measure(rows: list[Scored], scale: Array, interval: str) -> dict[str, float]:
    """Return the measures of one model over (actual, mean, quantiles) per origin; ``scale`` is MASE's."""
    actual, mean = (np.concatenate([row[i].ravel() for row in rows]) for i in (0, 1))
    table = np.concatenate([row[2].reshape(-1, len(QUANTILES)) for row in rows])
    missed = np.stack([np.abs(row[0] - row[1]).mean(axis=1) for row in rows])
    with np.errstate(divide="ignore", invalid="ignore"):
        mase = float(np.nanmean(np.where(scale > 0, missed / scale, np.nan)))
    found = {
        "wape": scores.wape(actual, mean),
        "bias": scores.bias(actual, mean),
        "mase": mase,
        "crps": scores.crps(actual, table, QUANTILES),
        "coverage80": scores.central_coverage(actual, table, QUANTILES),
        "floor": scores.poisson_floor(mean),
    }
    for label, begin, end in LEADS[interval]:
        part = [
            (row[0][:, begin:end].ravel(), row[2][:, begin:end].reshape(-1, len(QUANTILES))) for row in rows
        ]
        actual, table = (np.concatenate([one[i] for one in part]) for i in (0, 1))
        if len(actual):
            found[f"coverage80_{label}"] = scores.central_coverage(actual, table, QUANTILES)
    return found


def histories(collection: Collection) -> list[tuple[str, int | None]]:
    """Return the lengths of history that a collection is scored with."""
    return [("full", None), ("8 weeks", 56 * collection.a_day), ("2 weeks", 14 * collection.a_day)]


def run(args: argparse.Namespace, runner: Runner) -> list[dict[str, object]]:
    """Score everything, printing one line per model, and return the rows."""
    rows: list[dict[str, object]] = []
    head = f"{'collection':<26}{'history':<9}{'model':<14}{'WAPE':>7}{'bias':>7}{'floor':>7}{'MASE':>7}"
    print(head + f"{'CRPS':>7}{'skill':>7}{'cov80':>7} by lead{'s':>11}")
    for collection in collections(args.data):
        if (collection.dev_only and not args.dev) or args.only not in collection.name:
            continue
        for label, history in histories(collection):
            for name, m in runner.score(collection, history, dev=args.dev).items():
                rows.append({"collection": collection.name, "history": label, "model": name, **m})
                leads = "/".join(f"{100 * m[key]:.0f}" for key in m if key.startswith("coverage80_"))
                print(
                    f"{collection.name:<26}{label:<9}{name:<14}"
                    + "".join(f"{100 * m[key]:>7.1f}" for key in ("wape", "bias", "floor"))
                    + f"{m['mase']:>7.2f}{100 * m['crps']:>7.2f}{100 * m['skill']:>7.1f}"
                    + f"{100 * m['coverage80']:>7.0f} {leads:<10}{m['seconds']:>8.2f}",
                    flush=True,
                )
        if args.quick:
            break
    return rows


def print_means(rows: list[dict[str, object]]) -> None:
    """Print each model's mean skill over the collections, by length of history."""
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row in rows:
        found[str(row["history"]), str(row["model"])].append(float(str(row["skill"])))
    for (history, model), skills in found.items():
        print(f"mean skill, {history}, {model}: {100 * np.mean(skills):.1f} %")


def main(argv: list[str] | None = None) -> int:
    """Run the benchmark; returns 0, or 2 where there is no data."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA, help="folder with the helpdesk histories")
    parser.add_argument("--quick", action="store_true", help="the first collection, without installed peers")
    parser.add_argument("--dev", action="store_true", help="score the origins before the reported ones")
    parser.add_argument("--plain", action="store_true", help="leave the installed peers out")
    parser.add_argument("--only", default="", help="only collections with this in their name")
    parser.add_argument("--cache", type=Path, help="keep the peers' forecasts in this folder")
    args = parser.parse_args(argv)
    if args.cache is not None:
        args.cache.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    peers, missing = ({}, []) if args.plain or args.quick else installed_peers()
    rows = run(args, Runner(peers, args.cache))
    if not rows:
        print(f"Got no histories in {args.data}; expected mozilla_support, apache_jira or servicenow_log.")
        return 2
    print_means(rows)
    if missing:
        print(f"Not installed, so not compared: {', '.join(missing)} (pip install triage[peers]).")
    rounded = [
        {k: round(v, 5) if isinstance(v, float) else v for k, v in row.items() if k != "seconds"}
        for row in rows
    ]
    print(f"{time.perf_counter() - started:.0f} s")
    print(json.dumps({"benchmark": "forecast", "dev": args.dev, "missing": missing, "rows": rounded}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
