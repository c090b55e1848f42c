"""Bursts put into real hourly counts: how many are found, how soon, at how many false alarms.

    python -m benchmarks.spikes [--dev] [--bursts N] [--data DIR]

The budget is one alert in four weeks. Limits are solved again each week on what had come by then
(`triage.spikes`, as the worker does it); everything after the first four weeks and the weeks for
development is scored. What the detectors find in the counts as they are is reported as false alarms,
although some of it was real (dates are printed). Bursts of two and three times the usual last four hours
and begin at hours drawn with a fixed seed; one is found when an alarm comes before six hours are over.
Beside ours, in the same run and at the same budget: the last day's z-score without a season, and the tail
of one hour (both from the reference).

Then the dated spikes of Mozilla's helpdesk: was there an alarm on the day itself, and on which topic? At last
the days ahead: Brier skill of the forecast's spike probability against the base rate, by lead.

``--dev`` scores the first halves only. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.forecast_data import Collection, collections
from features.calendar import weekdays
from training.forecasting.forecast import forecast_series
from training.forecasting.series import count_series
from triage.spikes.baseline import HOURS_A_WEEK, Baseline, usual
from triage.spikes.budget import HOURS_A_MONTH, solve_limits
from triage.spikes.burst import bursts, evidence

Array = NDArray[np.float64]
DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
PER_MONTH = HOURS_A_MONTH / (4 * HOURS_A_WEEK)
HOURS = 4
IN_TIME_H = 6
WARM_UP_H = 4 * HOURS_A_WEEK
REFRACTORY_H = 6
DATED = (
    ("firefox", "2019-05-04", "add-ons disabled by a certificate"),
    ("firefox", "2021-06-02", "Firefox 89"),
    ("thunderbird", "2023-10-03", "Thunderbird 115"),
)


@dataclass(frozen=True)
class Watched:
    """A series with its baseline and, hour by hour, the limits that held then."""

    counts: Array
    base: Baseline
    cusum: Array
    total: Array


def watch(counts: Array, weekday: NDArray[np.intp]) -> Watched:
    """Solve the limits again each week on the hours before it."""
    n = len(counts)
    cusum, total = np.full(n, np.inf), np.full(n, np.inf)
    means, sizes = np.full(n, np.nan), np.full(n, 1.0)
    for begin in range(WARM_UP_H, n, HOURS_A_WEEK):
        first, end = max(0, begin - 26 * HOURS_A_WEEK), min(begin + HOURS_A_WEEK, n)
        seen = usual(counts[first:begin], weekday[first:begin])
        limits = solve_limits(counts[first:begin], seen, PER_MONTH)
        cusum[begin:end], total[begin:end] = limits.cusum, limits.total
        # The mean of an hour knows the hours before it and no others, so it may be taken from a longer run.
        longer = usual(counts[first:end], weekday[first:end])
        means[begin:end] = longer.mean[begin - first :]
        sizes[begin:end] = longer.k[begin - first :]
    return Watched(counts, Baseline(means, sizes), cusum, total)


def alarms(one: Watched, counts: Array, first: int, end: int) -> NDArray[np.intp]:
    """Return the hours from ``first`` to before ``end`` at which ours raises an alarm."""
    begin = max(0, first - 72)
    base = Baseline(one.base.mean[begin:end], one.base.k[begin:end])
    limit = one.cusum[first] if np.isfinite(one.cusum[first]) else 1e9
    score, _, z = evidence(counts[begin:end], base, limit)
    hit = (score >= one.cusum[begin:end]) | (z >= one.total[begin:end])
    return np.flatnonzero(hit[first - begin :]) + first


def plain_z(counts: Array, base: Array) -> Array:
    """Return how far an hour lies above the mean of the day before, in standard deviations."""
    frame = pd.Series(counts)
    return np.asarray(
        (frame - frame.rolling(24).mean().shift()) / np.sqrt(frame.rolling(24).var().shift() + 1)
    )


def one_hour(counts: Array, base: Array) -> Array:
    """Return how far an hour lies above its usual, on the scale of roots."""
    return np.asarray(2 * (np.sqrt(counts + 0.375) - np.sqrt(base + 0.375)))


def episodes(hours: NDArray[np.intp]) -> list[int]:
    """Return the first hours of alarms that are more than six hours apart."""
    return [int(hour) for i, hour in enumerate(hours) if i == 0 or hour - hours[i - 1] > REFRACTORY_H]


def score_collection(collection: Collection, many: int, dev: bool) -> dict[str, object]:
    """Return recall, delay and false alarms on one collection."""
    series = collection.series
    counts = series.counts[0]
    weekday = weekdays(series.starts.astype("datetime64[D]"))
    one = watch(counts, weekday)
    middle = WARM_UP_H + (len(counts) - WARM_UP_H) // 2
    first, end = (WARM_UP_H, middle) if dev else (middle, len(counts))
    natural = episodes(alarms(one, counts, first, end))
    weeks = (end - first) / HOURS_A_WEEK
    found: dict[str, object] = {
        "collection": collection.name, "weeks": round(weeks, 1),
        "false_per_4_weeks": 4 * len(natural) / weeks,
        "found_in_the_counts_as_they_are": [str(series.starts[hour])[:13] for hour in natural][:20],
    }  # fmt: skip
    rng = np.random.default_rng(7)
    plain = {"hour before, no season": plain_z, "one hour": one_hour}
    cuts = {name: _cut(score(counts, one.base.mean), first, end) for name, score in plain.items()}
    for low, high in ((10.0, np.inf), (5.0, 10.0)):
        mean = pd.Series(one.base.mean).rolling(HOURS).mean().shift(1 - HOURS).to_numpy()
        there = np.flatnonzero((mean >= low) & (mean < high))
        there = there[(there >= first) & (there < end - 12)]
        if len(there) < 40:
            continue
        for ratio in (2.0, 3.0):
            draws = rng.choice(there, many)
            extra = [rng.poisson(np.maximum(one.base.mean[t : t + HOURS], 0) * (ratio - 1)) for t in draws]
            label = f"x{ratio:.0f} at {low:.0f}+ an hour"
            found[label] = _recall(draws, extra, counts, lambda c, t: alarms(one, c, t, t + IN_TIME_H))
            for name, score in plain.items():
                cut = cuts[name]

                def hits(
                    c: Array, t: int, score: Callable[[Array, Array], Array] = score, cut: float = cut
                ) -> NDArray[np.intp]:
                    part = slice(t - 48, t + IN_TIME_H)
                    return np.flatnonzero(score(c[part], one.base.mean[part])[48:] >= cut) + t

                found[f"{label}, {name}"] = _recall(draws, extra, counts, hits)
    return found


def _recall(
    draws: NDArray[np.intp],
    extra: list[NDArray[np.int64]],
    counts: Array,
    hits: Callable[[Array, int], NDArray[np.intp]],
) -> dict[str, float]:
    delays = []
    for t, more in zip(draws, extra, strict=True):
        raised = counts.copy()
        raised[t : t + HOURS] += more
        hours = hits(raised, int(t))
        delays.append(hours[0] - t + 1 if len(hours) else np.inf)
    seen = np.array(delays)
    hit = np.isfinite(seen)
    return {
        "found": float(hit.mean()),
        "median_delay_h": float(np.median(seen[hit])) if hit.any() else np.nan,
    }


def _cut(score: Array, first: int, end: int) -> float:
    """Return the cut at which a score raises one alarm in four weeks on the hours that are scored."""
    part = np.nan_to_num(score[first:end], nan=-9.0, posinf=99.0)
    allowed = (end - first) / (4 * HOURS_A_WEEK)
    for cut in np.arange(1.0, 40.0, 0.05):
        if len(episodes(np.flatnonzero(part >= cut))) <= allowed:
            return float(cut)
    return 40.0


def dated(data: Path) -> list[dict[str, object]]:
    """Say whether the dated spikes were found on their day, and which topic stood out most."""
    path = data / "mozilla_support/tickets.parquet"
    if not path.exists():
        return []
    tickets = pd.read_parquet(path, columns=["created_at", "product", "topic"])
    found: list[dict[str, object]] = []
    for product, day, what in DATED:
        rows = tickets[tickets["product"] == product]
        start = pd.Timestamp(day, tz="UTC")
        near = rows[
            (rows["created_at"] >= start - pd.Timedelta(days=120))
            & (rows["created_at"] < start + pd.Timedelta(days=1))
        ]
        table = count_series(
            near["created_at"],
            {"topic": near["topic"]},
            interval="hour",
            by=("topic",),
            until=np.datetime64(start.tz_localize(None) + pd.Timedelta(days=1), "s"),
        )
        weekday = weekdays(table.starts.astype("datetime64[D]"))
        today = int(np.searchsorted(table.starts, np.datetime64(day)))
        raised: str | None = None
        stood_out: dict[str, float] = {}
        for name, counts in zip(table.names, table.counts, strict=True):
            base = usual(counts, weekday)
            limits = solve_limits(counts[:today], Baseline(base.mean[:today], base.k[:today]), PER_MONTH)
            for one in bursts(counts, base, limits):
                if one.found >= today or one.end > today:
                    stood_out[name] = max(stood_out.get(name, 0.0), one.count - one.expected)
                    if name == "total":
                        raised = str(table.starts[one.found]) if raised is None else raised
        topics = sorted(((v, k) for k, v in stood_out.items() if k != "total"), reverse=True)
        found.append(
            {"day": day, "what": what, "alarm": raised, "topics": [f"{k} +{v:.0f}" for v, k in topics[:3]]}
        )
    return found


def ahead(collection: Collection, dev: bool) -> dict[str, float]:
    """Return the Brier skill of spike probabilities by lead, against the base rate of all days scored."""
    series = collection.series
    long = series.counts.shape[1]
    step = 7 if collection.horizon > 7 else 3
    room = long - collection.horizon - 3 * 14
    origins = min(12, room // (step * (2 if dev else 1)))
    probability, spike, lead = [], [], []
    for j in range(origins):
        end = series.counts.shape[1] - collection.horizon - step * (j + (origins if dev else 0))
        cut = series.before(series.starts[end])
        table = forecast_series(cut, horizon=collection.horizon, country=collection.country).table
        rows = [series.names[row] for row in collection.scored]
        for row, name in zip(collection.scored, rows, strict=True):
            part = table[table["series"] == name]
            came = series.counts[row, end : end + collection.horizon]
            probability.append(part["spike_probability"].to_numpy())
            spike.append(came > part["spike_threshold"].to_numpy())
            lead.append(np.arange(collection.horizon))
    p, y, at = np.concatenate(probability), np.concatenate(spike).astype(float), np.concatenate(lead)
    found = {"base_rate": float(y.mean()), "mean_probability": float(p.mean())}
    for label, first, last in (
        ("1", 0, 1),
        ("2-7", 1, 7),
        ("8-14", 7, 14),
        ("15-28", 14, 28),
        ("all", 0, 28),
    ):
        part = (at >= first) & (at < last)
        if part.any():
            rate = y[part].mean()
            plain = ((rate - y[part]) ** 2).mean()
            found[f"brier_skill_{label}"] = (
                float(1 - ((p[part] - y[part]) ** 2).mean() / plain) if plain else 0.0
            )
    return found


def main(argv: list[str] | None = None) -> int:
    """Run the benchmark; returns 0, or 2 where there is no data."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA, help="folder with the helpdesk histories")
    parser.add_argument("--dev", action="store_true", help="the first halves only")
    parser.add_argument("--bursts", type=int, default=250, help="bursts for each cell")
    args = parser.parse_args(argv)
    rows: list[dict[str, object]] = []
    for collection in collections(args.data):
        hourly = collection.series.interval == "hour"
        if hourly and len(collection.series.names) == 1:
            long = collection.series.counts.shape[1]
            recent = collection.series.since(collection.series.starts[max(0, long - 60 * HOURS_A_WEEK)])
            row = score_collection(replace(collection, series=recent), args.bursts, args.dev)
        elif not hourly:
            row = {"collection": f"{collection.name} (ahead)", **ahead(collection, args.dev)}
        else:
            continue
        rows.append(row)
        for key, value in row.items():
            print(f"{key}: {value}", flush=True)
        print()
    if not rows:
        print(f"Got no histories in {args.data}; expected mozilla_support, apache_jira or servicenow_log.")
        return 2
    named = dated(args.data)
    for one in named:
        print(one)
    print(json.dumps({"benchmark": "spikes", "dev": args.dev, "rows": rows, "dated": named}, default=float))
    return 0


if __name__ == "__main__":
    sys.exit(main())
