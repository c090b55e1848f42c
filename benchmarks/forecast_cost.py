"""What forecasts of 300 series cost: from nothing, and by the worker at night.

    python -m benchmarks.forecast_cost [--series N] [--days N] [--tickets N]

Cold: counts of three years, every series forecast 28 days ahead with its backtest of 24 origins, in one
process and one thread. Nightly: a store (SQLite, in a temporary folder) with tickets of as many labels,
forecast by day and by hour by the worker's own code, publishing included; then the same once more, as the
night after. The counts and tickets are made up and measure nothing but time and memory. The last line is
JSON.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from training.forecasting.forecast import forecast_series
from training.forecasting.series import TOTAL, SeriesTable
from training.worker.forecast_run import forecast_work
from triage.store import open_store
from triage.store.runs import Run
from triage.store.tickets import put_tickets
from triage.store.workspaces import ensure_workspace
from triage.ticket import PastTicket, Ticket

FIRST = np.datetime64("2023-01-02")


def counts_of(n_series: int, n_days: int, rng: np.random.Generator) -> np.ndarray:
    """Return counts of a total and its parts, most of them small."""
    weekday = np.where(np.arange(n_days) % 7 < 5, 1.2, 0.5)
    level = np.exp(np.cumsum(rng.normal(0, 0.02, (n_series - 1, n_days)), axis=1))
    parts = rng.poisson(rng.gamma(0.6, 6.0, (n_series - 1, 1)) * level * weekday).astype(float)
    return np.vstack([parts.sum(axis=0), parts])


def peak_gib() -> float:
    """Return the most memory that this process ever had, in GiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def cold(n_series: int, n_days: int) -> dict[str, float]:
    """Forecast everything from nothing."""
    counts = counts_of(n_series, n_days, np.random.default_rng(0))
    starts = (FIRST + np.arange(n_days + 1)).astype("datetime64[s]")
    names = (TOTAL, *(f"category={n}" for n in range(1, n_series)))
    table = SeriesTable(names, starts[:-1], counts, "day", "UTC", starts[-1])
    wall, cpu = time.perf_counter(), time.process_time()
    forecast_series(table, horizon=28, country="US")
    return {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu, "peak_gib": peak_gib()}


def nightly(folder: Path, n_series: int, n_tickets: int) -> list[dict[str, float]]:
    """Let the worker's code forecast a store, twice."""
    rng = np.random.default_rng(1)
    store = open_store(f"sqlite:///{folder / 'cost.sqlite'}")
    ensure_workspace(store, "cost", country="US")
    begin, seconds = datetime(2024, 1, 1, tzinfo=UTC), 730 * 86_400
    moments = np.sort(rng.integers(0, seconds, n_tickets))
    labels = rng.zipf(1.3, n_tickets) % (n_series - 1)
    for first in range(0, n_tickets, 5_000):
        rows = range(first, min(first + 5_000, n_tickets))
        put_tickets(
            store,
            "cost",
            [
                PastTicket(
                    Ticket(
                        f"T-{n}", subject="made up", created_at=begin + timedelta(seconds=int(moments[n]))
                    ),
                    labels={"category": f"c{labels[n]}"},
                )
                for n in rows
            ],
            source="benchmark",
        )
    found = []
    for night in range(2):
        moment = datetime.now(UTC)
        wanted = {"days": 28, "hours": 72, "by": ["category"]}
        run = Run(
            f"night-{night}",
            "cost",
            "forecast",
            "running",
            "",
            0.0,
            wanted,
            None,
            None,
            "x",
            moment,
            None,
            None,
            moment,
        )
        wall, cpu = time.perf_counter(), time.process_time()
        forecast_work(store)(run, lambda stage, share: None)
        found.append(
            {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu, "peak_gib": peak_gib()}
        )
    return found


def main(argv: list[str] | None = None) -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--series", type=int, default=300)
    parser.add_argument("--days", type=int, default=1_096, help="length of the cold history")
    parser.add_argument("--tickets", type=int, default=200_000, help="tickets in the store")
    args = parser.parse_args(argv)
    rows = {"cold": cold(args.series, args.days)}
    print("cold", rows["cold"], flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for night, row in enumerate(nightly(Path(folder), args.series, args.tickets), start=1):
            rows[f"night {night}"] = row
            print(f"night {night}", row, flush=True)
    print(
        json.dumps(
            {"benchmark": "forecast_cost", "series": args.series, "tickets": args.tickets, "rows": rows}
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
