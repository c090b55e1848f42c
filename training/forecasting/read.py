"""A history file, or a file of volumes, becomes series.

Which of the two it is, its columns say: ``series, start, count`` are volumes (a telephone system's export),
anything else is a history. Rows marked as spam (a column ``is_spam``) are not counted, and a ticket that
comes again is counted once, as it came first. How files are read is `training.history`'s matter; only counts
are kept, and eight bytes a ticket to know it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from features.calendar import interval_seconds
from training.forecasting.instants import to_instants
from training.forecasting.series import TOTAL, SeriesCounter, SeriesTable
from training.forecasting.silence import table_up_to
from training.history.columns import CUSTOM_PREFIX, column_of
from training.history.mapping import Mapping, load_mapping
from training.history.plan import fold
from training.history.source import open_source
from training.history.table import Table
from triage.errors import HistoryError
from triage.zone import find_zone

VOLUME_COLUMNS = ("series", "start", "count")
SPAM = "is_spam"


@dataclass(frozen=True)
class SeriesRead:
    """Series, and what became of the rows that they were counted from.

    Parameters
    ----------
    table : SeriesTable
    rows : int
        Rows in the file.
    refused : int
        Rows left out because their time or count could not be read.
    spam : int
        Rows left out because they are marked as spam.
    repeated : int
        Rows left out because their ticket had come before.
    """

    table: SeriesTable
    rows: int
    refused: int
    spam: int = 0
    repeated: int = 0


def read_series(
    path: Path,
    *,
    interval: str,
    zone: str,
    by: Sequence[str] = (),
    mapping: Path | None = None,
    progress: Callable[[float], None] | None = None,
    now: datetime | None = None,
    from_now: bool = False,
) -> SeriesRead:
    """Count the tickets, or sum the volumes, of a file.

    Parameters
    ----------
    path : Path
        CSV, JSONL or Parquet.
    interval : {"day", "hour", "30min"}
    zone : str
        IANA name; times without a zone are taken as its.
    by : sequence of str, default ()
        Columns whose labels get a series each: ours, or any other header of the file. For tickets only:
        volumes bring their series along.
    mapping : Path, optional
        Mapping file, see `training.history.mapping`.
    progress : callable, optional
        Called now and then with the share of the file that was read.
    now : datetime, optional
        With a zone: what was filed later is left out, and no interval counts that has not ended.
    from_now : bool, default False
        Let the forecast begin ``now``, also where the file ends earlier (`silence.table_up_to`).

    Raises
    ------
    HistoryError
        When the file cannot be read, lacks a column, or holds no usable row.
    ConfigurationError
        When the mapping file is wrong.
    InputError
        When the interval or the zone is unknown, or no whole interval was counted.
    """
    interval_seconds(interval)
    find_zone(zone)
    rules = Mapping() if mapping is None else load_mapping(mapping)
    counter = SeriesCounter(interval, zone, tuple(dict.fromkeys(by)), now=_instant(now))
    header = {fold(name) for name in open_source(path, rules).header}
    if set(VOLUME_COLUMNS) <= header | set(rules.columns):
        if by:
            raise HistoryError(
                f"Got --by {','.join(by)} with {path.name}, a file of volumes; expected no --by, since "
                "volumes bring their series along; leave it out."
            )
        file = Table(path, "volumes", mapping=rules, zone=zone, wanted=list(VOLUME_COLUMNS))
        return _read_volumes(file, _chunks(file, progress), counter, from_now)
    _check_by(path, by, header, rules)
    columns = {name: name if column_of("history", name) else CUSTOM_PREFIX + name for name in by}
    wanted = ["created_at", *columns.values()]
    if SPAM in header | set(rules.columns):
        wanted.append(SPAM)
    if "ticket_id" in header | set(rules.columns):
        wanted.append("ticket_id")
    # Without a mapping, the export of a known helpdesk is recognised as such.
    extended = _with_other_columns(rules, by, header)
    file = Table(path, "history", mapping=extended, zone=zone, wanted=list(dict.fromkeys(wanted)))
    return _read_tickets(file, _chunks(file, progress), counter, columns, from_now)


def _check_by(path: Path, by: Sequence[str], header: set[str], rules: Mapping) -> None:
    """Refuse a column to count by that neither we nor the file know."""
    known = {fold(name) for name in (*header, *rules.columns, *rules.constants)}
    for name in by:
        if column_of("history", name) is None and not {fold(name), CUSTOM_PREFIX + name} & known:
            raise HistoryError(
                f"Got --by {name}, a column that {path.name} does not have; expected one of its columns, "
                f"{', '.join(sorted(header)[:30])}, or one of ours that they become; correct --by."
            )


def _instant(now: datetime | None) -> np.datetime64 | None:
    return None if now is None else np.datetime64(int(now.timestamp()), "s")


def _chunks(file: Table, progress: Callable[[float], None] | None) -> Iterator[list[dict[str, Any]]]:
    for rows in file.typed_rows():
        yield rows
        if progress is not None:
            progress(file.progress)


def _read_tickets(
    file: Table,
    chunks: Iterator[list[dict[str, Any]]],
    counter: SeriesCounter,
    columns: dict[str, str],
    from_now: bool,
) -> SeriesRead:
    """Count tickets; ``columns`` says under which name the reader gives each column to count by."""
    seen = _Seen()
    spam = repeated = 0
    for rows in chunks:
        is_spam = np.array([row.get(SPAM) is True for row in rows])
        spam += int(is_spam.sum())
        kept = ~is_spam
        if "ticket_id" in rows[0]:
            is_new = seen.add(np.array([row["ticket_id"] for row in rows], dtype=object))
            repeated += int((kept & ~is_new).sum())
            kept &= is_new
        ours = {"created_at": "created_at", **columns}
        frame = pd.DataFrame({name: [_value(row, ours[name]) for row in rows] for name in ours}, dtype=object)
        frame = frame[kept]
        counter.add(pd.to_datetime(frame["created_at"], utc=True), frame)
    usable = file.summary.accepted - spam
    if usable > 1 and repeated == usable - 1:
        raise HistoryError(
            f"Got {file.path.name}, whose {usable:,} rows all have the same ticket_id; expected each ticket "
            "to have its own; name the right column in a mapping file ([columns] ticket_id) and give it with "
            "--mapping."
        )
    return SeriesRead(_table(counter, from_now), file.summary.read, file.summary.rejected, spam, repeated)


def _value(row: dict[str, Any], name: str) -> Any:
    if name.startswith(CUSTOM_PREFIX):
        return row.get("custom", {}).get(name[len(CUSTOM_PREFIX) :])
    return row.get(name)


def _with_other_columns(rules: Mapping, by: Sequence[str], header: set[str]) -> Mapping | None:
    """Return the mapping with those of the file's own headers that are wanted; None when it is empty."""
    others = [name for name in by if column_of("history", name) is None and fold(name) in header]
    columns = {CUSTOM_PREFIX + name: (name,) for name in others}
    extended = replace(rules, columns={**columns, **rules.columns})
    return None if extended == Mapping() else extended


def _table(counter: SeriesCounter, from_now: bool, end: np.datetime64 | None = None) -> SeriesTable:
    if from_now and counter.now is not None:
        return table_up_to(counter, counter.now, history_end=end)
    return counter.table(until=end)


def _read_volumes(
    file: Table, chunks: Iterator[list[dict[str, Any]]], counter: SeriesCounter, from_now: bool
) -> SeriesRead:
    starts: NDArray[np.int64] = np.array([], dtype=np.int64)
    for rows in chunks:
        times = pd.to_datetime([row["start"] for row in rows], utc=True)
        counter.add_counts(times, [row["series"] for row in rows], [row["count"] for row in rows])
        starts = np.union1d(starts, to_instants(times, counter.zone).astype("int64"))
    table = _table(counter, from_now, _end_of_volumes(file.path, starts, counter.interval))
    return SeriesRead(_with_total(table), file.summary.read, file.summary.rejected)


def _end_of_volumes(path: Path, starts: NDArray[np.int64], interval: str) -> np.datetime64 | None:
    """Return where the last row ends if rows are shorter than our intervals, None if they are the same."""
    ours = interval_seconds(interval)
    width = int(np.diff(starts).min(initial=10 * ours))
    if len(starts) == 1:
        return None
    # Days have 23 to 25 hours.
    if width > ours * 25 / 24:
        raise HistoryError(
            f"Got volumes every {width // 60} minutes in {path.name} and interval {interval!r}; expected "
            "an interval no shorter than the file's; choose a longer --interval."
        )
    return None if width >= ours * 23 / 24 else np.datetime64(int(starts[-1]) + width, "s")


def _with_total(table: SeriesTable) -> SeriesTable:
    """Add the total of series that came without one; a lone series is its own."""
    if TOTAL in table.names or len(table.names) == 1:
        return table
    counts = np.vstack([table.counts.sum(axis=0), table.counts])
    return replace(table, names=(TOTAL, *table.names), counts=counts)


class _Seen:
    """Remembers tickets by a 64-bit hash of their id."""

    def __init__(self) -> None:
        self._hashes: NDArray[np.uint64] = np.array([], dtype=np.uint64)

    def add(self, ids: NDArray[np.object_]) -> NDArray[np.bool_]:
        """Add ids and say which are new."""
        hashes = pd.util.hash_array(ids, categorize=False)
        place = np.searchsorted(self._hashes, hashes)
        known = np.append(self._hashes, np.uint64(0))[place] == hashes
        known &= place < len(self._hashes)
        is_new = ~known & ~pd.Series(hashes).duplicated().to_numpy()
        self._hashes = np.union1d(self._hashes, hashes)
        return np.asarray(is_new)
