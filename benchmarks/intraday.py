"""The rest of a day forecast again from how it began: beside no update and beside the plain ratio.

    python -m benchmarks.intraday [--days N] [--data DIR]

On the last days of each hourly history, cut at 8, 12 and 16 o'clock (UTC): WAPE of the tickets that came
from then to midnight, summed by day. *No update* is the forecast of midnight, *plain ratio* carries on what
came over what was forecast so far, *ours* is `forecast_series` at that hour. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np

from benchmarks.forecast_data import collections
from training.forecasting.forecast import forecast_series

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
HOURS = (8, 12, 16)
HISTORY_DAYS = 120


def main(argv: list[str] | None = None) -> int:
    """Run the benchmark; returns 0, or 2 where there is no data."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA, help="folder with the helpdesk histories")
    parser.add_argument("--days", type=int, default=42)
    args = parser.parse_args(argv)
    rows: list[dict[str, object]] = []
    for collection in collections(args.data):
        series = collection.series
        if series.interval != "hour" or len(series.names) > 1:
            continue
        y, missed, volume = series.counts[0], {h: [0.0] * 3 for h in HOURS}, dict.fromkeys(HOURS, 0.0)
        for day in range(args.days, 0, -1):
            begin = len(y) - 24 * day
            since = series.starts[max(0, begin - 24 * HISTORY_DAYS)]
            plain = forecast_series(
                series.since(since).before(series.starts[begin]), horizon=24, country=collection.country
            ).table["mean"].to_numpy()  # fmt: skip
            for hour in HOURS:
                cut = series.since(since).before(series.starts[begin + hour])
                again = (
                    forecast_series(cut, horizon=24 - hour, country=collection.country).table["mean"].sum()
                )
                actual = y[begin + hour : begin + 24].sum()
                rest = plain[hour:].sum()
                ratio = y[begin : begin + hour].sum() / max(plain[:hour].sum(), 1e-9)
                for i, said in enumerate((rest, rest * ratio, again)):
                    missed[hour][i] += abs(actual - said)
                volume[hour] += actual
        for hour in HOURS:
            row = {"collection": collection.name, "hour": hour}
            names = ("no update", "plain ratio", "ours")
            row |= {
                name: round(float(m / volume[hour]), 4) for name, m in zip(names, missed[hour], strict=True)
            }
            rows.append(row)
            print(row, flush=True)
    if not rows:
        print(f"Got no hourly histories in {args.data}; expected mozilla_support or servicenow_log.")
        return 2
    gain = np.mean([1 - float(str(r["ours"])) / float(str(r["no update"])) for r in rows])
    print(f"mean gain on no update: {100 * gain:.1f} %")
    print(json.dumps({"benchmark": "intraday", "rows": rows}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
