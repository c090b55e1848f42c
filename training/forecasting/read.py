"""A history file, or a file of volumes, becomes series.

Which of the two it is, its columns say: ``series, start, count`` are volumes (a telephone system's export),
anything else must have ``created_at``. Rows marked as spam are not counted. Both are read chunk by chunk, so
that memory does not grow with the file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from features.calendar import find_zone, interval_seconds
from training.forecasting.series import TOTAL, SeriesCounter, SeriesTable, to_instants
from triage.errors import HistoryError

VOLUME_COLUMNS = ("series", "start", "count")
_CHUNK_ROWS = 100_000
_OFFSET = r"(?:[zZ]|[+-]\d\d:?\d\d)$"


@dataclass(frozen=True)
class SeriesRead:
    """Series, and what became of the rows that they were counted from.

    Parameters
    ----------
    table : SeriesTable
    rows : int
        Rows in the file.
    spam : int
        Rows left out because they are marked as spam.
    refused : int
        Rows left out because their time or count could not be read.
    """

    table: SeriesTable
    rows: int
    spam: int
    refused: int


def read_series(
    path: Path, *, interval: str, zone: str, by: Sequence[str] = (), mapping: Path | None = None
) -> SeriesRead:
    """Count the tickets, or sum the volumes, of a file.

    Parameters
    ----------
    path : Path
        CSV, JSONL or Parquet.
    interval : {"day", "hour", "30min"}
    zone : str
        IANA name.
    by : sequence of str, default ()
        Columns whose labels get a series each; for tickets only, volumes bring their series along.
    mapping : Path, optional
        TOML file that says which of the file's headers mean which of our columns.

    Raises
    ------
    HistoryError
        When the file cannot be read, lacks a column, or holds no usable row.
    InputError
        When the interval or the zone is unknown.
    """
    interval_seconds(interval)
    find_zone(zone)
    names = _mapping(mapping)
    header = {names.get(name, name) for name in _header(path)}
    if set(VOLUME_COLUMNS) <= header:
        return _read_volumes(path, interval, zone, by, names)
    needed = ["created_at", *by]
    missing = [column for column in needed if column not in header]
    if missing:
        raise HistoryError(
            f"Got {path.name} without the column(s) {', '.join(missing)}; expected created_at and the "
            f"columns of --by, or the volume columns {', '.join(VOLUME_COLUMNS)}; found "
            f"{', '.join(sorted(header))}; rename them or give a mapping file."
        )
    return _read_tickets(path, interval, zone, by, names, has_spam="is_spam" in header)


def _read_tickets(
    path: Path, interval: str, zone: str, by: Sequence[str], names: dict[str, str], *, has_spam: bool
) -> SeriesRead:
    counter = SeriesCounter(interval, zone, by)
    rows = spam = refused = 0
    wanted = ["created_at", *by, *(["is_spam"] if has_spam else [])]
    for chunk in _chunks(path, wanted, names):
        rows += len(chunk)
        if has_spam:
            is_spam = chunk["is_spam"].map(_is_true)
            spam += int(is_spam.sum())
            chunk = chunk[~is_spam.astype(bool)]
        times = _times(chunk["created_at"], zone)
        refused += int(times.isna().sum())
        kept = times.notna()
        counter.add(times[kept], chunk[kept])
    if rows - spam - refused == 0:
        raise HistoryError(
            f"Got {path.name} with {rows} row(s), {spam} of them spam and {refused} without a readable "
            "created_at; expected tickets with an ISO 8601 time; check the file and the mapping."
        )
    return SeriesRead(counter.table(), rows, spam, refused)


def _read_volumes(
    path: Path, interval: str, zone: str, by: Sequence[str], names: dict[str, str]
) -> SeriesRead:
    if by:
        raise HistoryError(
            f"Got --by {','.join(by)} with {path.name}, a file of volumes; expected no --by, since volumes "
            "bring their series along; leave it out."
        )
    counter = SeriesCounter(interval, zone)
    rows = refused = 0
    seen: set[str] = set()
    starts: set[int] = set()
    for chunk in _chunks(path, list(VOLUME_COLUMNS), names):
        rows += len(chunk)
        times = _times(chunk["start"], zone)
        counts = pd.to_numeric(chunk["count"], errors="coerce")
        kept = (times.notna() & (counts.ge(0)) & np.isfinite(counts) & chunk["series"].notna()).to_numpy()
        refused += int((~kept).sum())
        if kept.any():
            labels = chunk["series"][kept].astype(str)
            counter.add_counts(times[kept], labels, counts[kept])
            seen.update(labels)
            starts.update(to_instants(times[kept], zone).astype("int64").tolist())
    if not seen:
        raise HistoryError(
            f"Got {path.name} with {rows} row(s), none with a readable start and count; expected "
            f"{', '.join(VOLUME_COLUMNS)}; check the file and the mapping."
        )
    table = counter.table(until=_end_of_volumes(path, starts, interval))
    return SeriesRead(_with_total(table), rows, 0, refused)


def _end_of_volumes(path: Path, starts: set[int], interval: str) -> np.datetime64 | None:
    """Return where the last row ends if rows are shorter than our intervals, None if they are the same."""
    stamps = np.sort(np.fromiter(starts, dtype="int64"))
    width, ours = int(np.diff(stamps).min(initial=2**62)), interval_seconds(interval)
    # Days have 23 to 25 hours.
    if len(stamps) > 1 and width > ours * 25 / 24:
        raise HistoryError(
            f"Got volumes every {width // 60} minutes in {path.name} and interval {interval!r}; expected "
            "an interval no shorter than the file's; choose a longer --interval."
        )
    if width >= ours * 23 / 24:
        return None
    return np.datetime64(int(stamps[-1]) + width, "s")


def _with_total(table: SeriesTable) -> SeriesTable:
    """Add the total of series that came without one; a lone series is its own."""
    if TOTAL in table.names or len(table.names) == 1:
        return table
    counts = np.vstack([table.counts.sum(axis=0), table.counts])
    return SeriesTable((TOTAL, *table.names), table.starts, counts, table.interval, table.zone, table.origin)


def _is_true(value: object) -> bool:
    return str(value).strip().lower() in {"true", "1", "1.0", "yes"}


def _times(column: pd.Series, zone: str) -> pd.Series:
    """Return UTC times, NaT where a value is none; those without a zone are taken as ``zone``'s."""
    if not pd.api.types.is_datetime64_any_dtype(column.dtype):
        text = column.astype("string").str.strip()
        aware = text.str.contains(_OFFSET, na=False)
        result = pd.to_datetime(text.where(aware), errors="coerce", format="ISO8601", utc=True)
        column = pd.to_datetime(text.where(~aware), errors="coerce", format="ISO8601")
        return result.fillna(_times(column, zone))
    if column.dt.tz is None:
        column = column.dt.tz_localize(
            find_zone(zone), ambiguous=np.ones(len(column), dtype=bool), nonexistent="shift_forward"
        )
    return column.dt.tz_convert("UTC")


def _mapping(path: Path | None) -> dict[str, str]:
    """Return our column name for each header of the file, from a TOML table ``[columns]`` ours = "theirs"."""
    if path is None:
        return {}
    try:
        columns = tomllib.loads(path.read_text(encoding="utf-8"))["columns"]
        return {str(theirs): str(ours) for ours, theirs in columns.items()}
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise HistoryError(
            f"Got mapping file {path}, which cannot be used ({error}); expected TOML with a [columns] table "
            'such as created_at = "Opened"; correct the file.'
        ) from error


def _header(path: Path) -> list[str]:
    return list(next(_frames(path, 1)).columns)


def _chunks(path: Path, wanted: list[str], names: dict[str, str]) -> Iterator[pd.DataFrame]:
    for frame in _frames(path, _CHUNK_ROWS):
        yield frame.rename(columns=names)[wanted]


def _frames(path: Path, rows: int) -> Iterator[pd.DataFrame]:
    try:
        if path.suffix == ".parquet":
            yield from (batch.to_pandas() for batch in pq.ParquetFile(path).iter_batches(rows))
        elif path.suffix in {".jsonl", ".ndjson"}:
            yield from pd.read_json(path, lines=True, chunksize=rows, dtype=False, convert_dates=False)
        else:
            yield from pd.read_csv(path, dtype=str, chunksize=rows)
    except (OSError, ValueError) as error:
        raise HistoryError(
            f"Got {path}, which cannot be read ({error}); expected CSV, JSONL or Parquet; check the path and "
            "the file."
        ) from error
