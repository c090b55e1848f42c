"""A forecast file, by the columns of its contract alone, becomes volume that staffing reads."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from triage.errors import InputError
from triage.staffing.volume import QUANTILE_NAMES, VolumeForecast

__all__ = ["read_forecast"]

_COLUMNS = ("series", "start", "origin", "mean", *QUANTILE_NAMES)
_LENGTHS = {"day": timedelta(days=1), "hour": timedelta(hours=1), "30min": timedelta(minutes=30)}


def read_forecast(path: Path) -> VolumeForecast:
    """Read a ``FORECAST.parquet``.

    Parameters
    ----------
    path : Path

    Raises
    ------
    InputError
        If it is no Parquet file, lacks a column of the contract, or holds intervals that do not follow one
        another.
    """
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        schema = pq.read_schema(path)
    except (OSError, pa.ArrowException) as error:
        raise InputError(
            f"Got {path}, which cannot be read as Parquet ({type(error).__name__}); expected a file that "
            "`triage forecast --out` wrote."
        ) from error
    missing = [name for name in _COLUMNS if name not in schema.names]
    if missing:
        raise InputError(
            f"Got {path.name} without the column {', '.join(missing)}; expected a forecast as `triage "
            "forecast "
            "--out` writes it."
        )
    table = pq.read_table(path, columns=list(_COLUMNS)).to_pandas()
    if table.empty:
        raise InputError(f"Got {path.name} without a row; forecast again.")
    if table["origin"].nunique() > 1:
        raise InputError(
            f"Got {path.name} with {table['origin'].nunique()} origins; expected one forecast, not several."
        )
    starts = [one.to_pydatetime() for one in pd.to_datetime(table["start"], utc=True)]
    origin = pd.to_datetime(table["origin"], utc=True).iloc[0].to_pydatetime()
    values = table[list(QUANTILE_NAMES)].to_numpy(dtype=float)
    rows = [
        (str(series), start, float(mean), tuple(quantiles))
        for series, start, mean, quantiles in zip(table["series"], starts, table["mean"], values, strict=True)
    ]
    about = json.loads((schema.metadata or {}).get(b"triage.forecast", b"{}"))
    return VolumeForecast.of_rows(rows, origin, _usual(about.get("interval"), sorted(set(starts))))


def _usual(interval: str | None, starts: list[datetime]) -> timedelta:
    """Return the length of the last interval: as the file says, else as long as most."""
    if interval in _LENGTHS:
        return _LENGTHS[interval]
    if len(starts) == 1:
        return timedelta(days=1)
    gaps = sorted(after - before for before, after in pairwise(starts))
    return gaps[len(gaps) // 2]
