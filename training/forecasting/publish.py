"""A forecast on disk and on the wire: one Parquet file, one JSON document.

The columns of the file are a fixed contract; what each series rests on travels in the schema's metadata
under `METADATA_KEY`, as JSON.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from training.forecasting.forecast import COLUMNS, Forecast
from training.forecasting.series import SeriesTable

METADATA_KEY = b"triage.forecast"


def write_forecast(forecast: Forecast, series: SeriesTable, path: Path) -> None:
    """Write a forecast to a Parquet file; its folder is made where it is missing."""
    table = pa.Table.from_pandas(forecast.table, preserve_index=False)
    about = {"interval": series.interval, "zone": series.zone, "basis": forecast.basis}
    metadata = {**(table.schema.metadata or {}), METADATA_KEY: json.dumps(about).encode()}
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table.replace_schema_metadata(metadata), path)


def read_basis(path: Path) -> dict[str, str]:
    """Return what each series of a written forecast rests on."""
    metadata = pq.read_schema(path).metadata or {}
    return dict(json.loads(metadata.get(METADATA_KEY, b"{}")).get("basis", {}))


def forecast_document(forecast: Forecast, series: SeriesTable) -> dict[str, Any]:
    """Return a forecast as plain JSON values: times in ISO 8601 UTC, one list of points per series."""
    point_columns = [column for column in COLUMNS if column not in {"series", "origin"}]
    table = forecast.table.assign(start=forecast.table["start"].dt.strftime("%Y-%m-%dT%H:%M:%SZ"))
    return {
        "interval": series.interval,
        "zone": series.zone,
        "origin": f"{series.origin}Z",
        "noticed": list(forecast.noticed),
        "series": [
            {
                "series": name,
                "basis": forecast.basis[name],
                "points": rows[point_columns].to_dict(orient="records"),
            }
            for name, rows in table.groupby("series", sort=False)
        ],
    }
