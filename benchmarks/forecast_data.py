"""Real histories whose volume is forecast, and from which days on: see `benchmarks.forecast`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from training.forecasting.series import TOTAL, SeriesTable, count_series

TOP = 10
"""So many labels of a column are series of their own; the rest only counts in the total."""
TOP_BY_HOUR = 3
"""By the hour fewer: the fourth has a ticket in three hours."""
_YEAR = pd.Timedelta(days=365)


@dataclass(frozen=True)
class Collection:
    """One history, of one or more series, and how it is scored.

    Parameters
    ----------
    name : str
    series : SeriesTable
        The total first; it is forecast with its parts, and scored with them only where it is alone.
    horizon : int
        Intervals ahead.
    step : int
        Intervals between origins.
    country : str or None
    dev_origins : int
        How many origins there are before the reported ones.
    dev_only : bool
        Never reported: choices are made on it.
    """

    name: str
    series: SeriesTable
    horizon: int
    step: int
    country: str | None
    dev_origins: int = 6
    dev_only: bool = False

    @property
    def a_day(self) -> int:
        """Intervals in a day."""
        return {"day": 1, "hour": 24, "30min": 48}[self.series.interval]

    @property
    def scored(self) -> list[int]:
        """Rows of the series that count: the parts where there are any, else the total."""
        return list(range(1, len(self.series.names))) if len(self.series.names) > 1 else [0]


def collections(data: Path) -> Iterator[Collection]:
    """Yield the collections that the data folder allows."""
    mozilla, apache = data / "mozilla_support/tickets.parquet", data / "apache_jira/issues.parquet"
    servicenow = data / "servicenow_log/incidents.parquet"
    if mozilla.exists():
        tickets = pd.read_parquet(mozilla, columns=["created_at", "product", "is_spam", "topic"])
        tickets = tickets[~tickets["is_spam"].fillna(False).astype(bool)]
        for product in ("thunderbird", "firefox"):
            rows = tickets[tickets["product"] == product]
            whole = count_series(rows["created_at"])
            yield Collection(f"{product} daily", whole, 28, 28, "US")
            begin = whole.starts[len(whole.starts) - 6 * 28]
            yield Collection(
                f"{product} topics", _top(rows, "created_at", "topic", begin, whole), 28, 28, "US"
            )
            hourly = count_series(rows["created_at"], interval="hour")
            yield Collection(f"{product} hourly", hourly, 48, 5 * 24, "US", dev_only=True)
    if apache.exists():
        issues = pd.read_parquet(apache, columns=["project", "created"])
        times = issues.loc[issues["project"].isin(["HIVE", "HDFS"]), "created"]
        yield Collection("Apache daily", count_series(times), 28, 28, "US")
    if servicenow.exists():
        yield from _servicenow(servicenow)


def _servicenow(path: Path) -> Iterator[Collection]:
    rows = pd.read_parquet(path)
    # Almost all incidents were opened between these days; outside them the log is a trickle.
    first, end = np.datetime64("2016-02-29T00:00:00"), np.datetime64("2016-05-28T00:00:00")
    for interval, horizon, step in (("day", 7, 7), ("hour", 48, 5 * 24)):
        whole = count_series(rows["opened_at"], interval=interval).since(first).before(end)
        name = {"day": "daily", "hour": "hourly"}[interval]
        dev = {"day": 4, "hour": 5}[interval]
        yield Collection(f"ServiceNow {name}", whole, horizon, step, None, dev)
        if "first_assignment_group" in rows:
            begin = whole.starts[len(whole.starts) - 6 * step]
            groups = _top(rows, "opened_at", "first_assignment_group", begin, whole)
            yield Collection(f"ServiceNow groups {name}", groups, horizon, step, None, dev)


def _top(rows: pd.DataFrame, time: str, column: str, begin: np.datetime64, whole: SeriesTable) -> SeriesTable:
    """Count the labels that were commonest in the year before the first reported origin."""
    stamps = pd.to_datetime(rows[time], utc=True)
    cut = pd.Timestamp(begin, tz="UTC")
    before = rows[(stamps < cut) & (stamps >= cut - _YEAR)]
    top = TOP if whole.interval == "day" else TOP_BY_HOUR
    names = before[column].value_counts().index[:top].astype(str)
    labels = rows[column].astype(str)
    # Not as missing: newly missing labels are taken for tickets that nobody has triaged yet.
    groups = {column: labels.where(labels.isin(names), "another")}
    table = count_series(rows[time], groups, interval=whole.interval, by=(column,))
    keep = [TOTAL, *(f"{column}={name}" for name in names)]
    counts = table.counts[[table.names.index(name) for name in keep]]
    cut_table = replace(table, names=tuple(keep), counts=counts)
    end = whole.origin
    if end < table.origin:
        cut_table = cut_table.before(end)
    return cut_table.since(whole.starts[0])
