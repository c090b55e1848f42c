"""Tickets become counts per interval and series.

A `SeriesCounter` takes a history chunk by chunk and remembers only counts, so that a million rows fit in
little memory; its `SeriesTable` has one row of counts per series, without holes: an interval in which
nothing was filed between the first and the last counts zero. The last interval is left out when it was
still running when the history was cut. Times that cannot be right are left out (`left_out`), and tickets
that have no label yet are shared among the labels (`unlabelled`). Nothing is forecast here.

Series are ``total`` and, for each column of ``by``, one per label: ``category=vpn``, ``team=network``.
Columns are not crossed (no ``category=vpn/team=network``): most such cells see less than one ticket a day,
where no forecast beats its parent's times a share.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from features.calendar import day_range, day_starts, interval_seconds, interval_starts, local_days
from training.forecasting.instants import to_instants
from training.forecasting.left_out import find_strays, say_after_now, say_strays
from training.forecasting.unlabelled import RECENT_DAYS, UNKNOWN_LABEL, share_out
from triage.errors import InputError
from triage.zone import find_zone

TOTAL = "total"

# A day that ended earlier than 95 % of its kind did, was probably cut short.
_EARLY_QUANTILE = 0.05
_DAYS_OF_ITS_KIND = 26
_FEWEST_OF_ITS_KIND = 4


@dataclass(frozen=True)
class SeriesTable:
    """Counts per interval of one or more series over the same whole intervals.

    Parameters
    ----------
    names : tuple of str
        ``total`` first where there is one.
    starts : array of datetime64[s], shape (n,), UTC
        Where each interval begins.
    counts : array of float, shape (n_series, n)
    interval : {"day", "hour", "30min"}
    zone : str
        IANA name of the zone that the intervals were cut in.
    origin : datetime64[s], UTC
        Where the forecast begins.
    noticed : tuple of str
        What was left out or shared out, in sentences.
    silent_from : datetime64[s], UTC, or None
        Where the last counted interval ends, if a gap lies between it and the origin (`silence`); None: there
        is none.
    """

    names: tuple[str, ...]
    starts: NDArray[np.datetime64]
    counts: NDArray[np.float64]
    interval: str
    zone: str
    origin: np.datetime64
    noticed: tuple[str, ...] = ()
    silent_from: np.datetime64 | None = None

    @property
    def end(self) -> np.datetime64:
        """Where the last counted interval ends."""
        return self.origin if self.silent_from is None else self.silent_from

    def before(self, instant: np.datetime64) -> SeriesTable:
        """Return the table as it stood at ``instant``, the start of one of its intervals."""
        keep = int(np.searchsorted(self.starts, instant))
        if keep == len(self.starts):
            return self
        starts, counts = self.starts[:keep], self.counts[:, :keep]
        return replace(self, starts=starts, counts=counts, origin=self.starts[keep], silent_from=None)

    def since(self, instant: np.datetime64) -> SeriesTable:
        """Return the table without the intervals that began before ``instant``."""
        drop = int(np.searchsorted(self.starts, instant))
        return replace(self, starts=self.starts[drop:], counts=self.counts[:, drop:])


class SeriesCounter:
    """Counts tickets chunk by chunk.

    Parameters
    ----------
    interval : {"day", "hour", "30min"}
    zone : str
        IANA name; intervals are cut in it, and times without a zone are taken as its.
    by : sequence of str, default ()
        Columns whose labels get a series each.
    now : datetime64[s], UTC, optional
        What was filed later is not counted, and no interval is that has not ended; None knows no now.

    Raises
    ------
    InputError
        When the interval or the zone is unknown.
    """

    def __init__(
        self, interval: str, zone: str, by: Sequence[str] = (), *, now: np.datetime64 | None = None
    ) -> None:
        interval_seconds(interval)
        find_zone(zone)
        self.interval = interval
        self.zone = zone
        self.by = tuple(by)
        self.now = now
        self._after_now: list[np.datetime64] = []
        self._counts: pd.Series | None = None
        self._last_filed: pd.Series | None = None

    def add(self, created_at: Any, groups: Mapping[str, Any] | pd.DataFrame | None = None) -> None:
        """Count one chunk.

        Parameters
        ----------
        created_at : array-like of datetime, shape (n,)
            When each ticket was filed. Missing times are refused; leave such rows out.
        groups : mapping of str to array-like of shape (n,), optional
            A column of labels for each name in ``by``. A missing label counts as ``(none)``.

        Raises
        ------
        InputError
            When a column of ``by`` or a time is missing.
        """
        instants = to_instants(created_at, self.zone)
        kept = self._kept(instants)
        instants = instants[kept]
        if len(instants) == 0:
            return
        days = local_days(instants, self.zone)
        starts, _, _ = interval_starts(day_range(days.min(), days.max()), self.interval, self.zone)
        start = starts[np.searchsorted(starts, instants, side="right") - 1]
        parts = [pd.DataFrame({"start": start, "series": TOTAL, "count": 1.0})]
        for column in self.by:
            if groups is None or column not in groups:
                raise InputError(
                    f"Got no column {column!r} to count by; expected it in the history; "
                    "check --by or map the column."
                )
            labels = pd.Series(np.asarray(groups[column], dtype=object)[kept])
            text = labels.where(labels.notna(), UNKNOWN_LABEL).astype(str).str.strip()
            names = column + "=" + text.where(text != "", UNKNOWN_LABEL)
            parts.append(pd.DataFrame({"start": start, "series": names, "count": 1.0}))
        for part in parts:
            self._add_counts(part)
        each_day, at = np.unique(days, return_inverse=True)
        last = pd.Series(instants - day_starts(each_day, self.zone)[at]).groupby(days).max()
        self._last_filed = (
            last if self._last_filed is None else pd.concat([self._last_filed, last]).groupby(level=0).max()
        )

    def add_counts(self, start: Any, series: Sequence[str], count: Any) -> None:
        """Add counts that somebody else made: ``count`` things in ``series`` from ``start`` on.

        Counts of intervals shorter than ours are summed.
        """
        instants = to_instants(start, self.zone)
        kept = self._kept(instants)
        if not kept.any():
            return
        instants = instants[kept]
        days = local_days(instants, self.zone)
        starts, _, _ = interval_starts(day_range(days.min(), days.max()), self.interval, self.zone)
        ours = starts[np.searchsorted(starts, instants, side="right") - 1]
        named = np.asarray(series, dtype=object)[kept]
        self._add_counts(
            pd.DataFrame({"start": ours, "series": named, "count": np.asarray(count, float)[kept]})
        )

    def _kept(self, instants: NDArray[np.datetime64]) -> NDArray[np.bool_]:
        """Return which are not after now, and remember those that are."""
        if self.now is None:
            return np.ones(len(instants), dtype=bool)
        self._after_now += list(instants[instants > self.now])
        return np.asarray(instants <= self.now)

    def _add_counts(self, part: pd.DataFrame) -> None:
        summed = part.groupby(["series", "start"], sort=False)["count"].sum()
        if self._counts is not None:
            summed = pd.concat([self._counts, summed]).groupby(level=[0, 1], sort=False).sum()
        self._counts = summed

    def table(self, *, until: np.datetime64 | None = None) -> SeriesTable:
        """Return what was counted.

        Parameters
        ----------
        until : datetime64[s], UTC, optional
            When the history was cut, where that is known: every interval that had ended by then is kept.
            Without it the last day counts as over if its last ticket came as late as is usual for that
            weekday (not earlier than on all but 5 % of the last 26 of them). If it was not over, the interval
            of the last ticket counts as still running and is left out.

        Raises
        ------
        InputError
            When not one whole interval was counted.
        """
        if self._counts is None:
            raise InputError(
                "Got a history without a single ticket that has a time; expected at least two days of "
                "tickets; check the file and the mapping of created_at."
            )
        seen = self._counts.index.get_level_values("start")
        first, last = (edge.to_datetime64().astype("datetime64[s]") for edge in (seen.min(), seen.max()))
        whole = self._counts.index.get_level_values("series") == TOTAL
        tickets = (self._counts[whole] if whole.any() else self._counts).groupby(level="start").sum()
        strays = find_strays(tickets.index.to_numpy().astype("datetime64[s]"), tickets.to_numpy())
        first = first if strays is None else strays.begin
        edge = last if until is None else max(last, until)
        days = day_range(*local_days(np.array([first, edge]), self.zone))
        days = np.append(days, days[-1:] + np.timedelta64(1, "D"))
        starts, _, _ = interval_starts(days, self.interval, self.zone)
        end = self._end(starts, last, until)
        inside = starts[(starts >= first) & (starts < end)]
        if len(inside) == 0:
            raise InputError(
                f"Got a history that lies within a single {self.interval} that had not ended; expected at "
                "least two whole ones; use a shorter --interval or wait for more tickets."
            )
        wide = self._counts.unstack(0, fill_value=0.0).reindex(inside, fill_value=0.0)
        came = wide.columns[wide.any() | (wide.columns == TOTAL) | (not self.by)]
        names = tuple(sorted(came, key=lambda name: (name != TOTAL, name)))
        counts = np.ascontiguousarray(wide[list(names)].to_numpy(dtype=float).T)
        noticed = [] if strays is None else [say_strays(strays)]
        if self._after_now:
            noticed.append(say_after_now(len(self._after_now), max(self._after_now)))
        recent = min(RECENT_DAYS * 86_400 // interval_seconds(self.interval), len(inside) // 2)
        for field in self.by:
            names, counts, said = share_out(names, counts, field, recent)
            noticed += [said] if said else []
        return SeriesTable(names, inside, counts, self.interval, self.zone, end, tuple(noticed))

    def _end(
        self, starts: NDArray[np.datetime64], last: np.datetime64, until: np.datetime64 | None
    ) -> np.datetime64:
        end: np.datetime64
        if until is not None:
            end = starts[np.searchsorted(starts, until, side="right") - 1]
        elif self._last_filed is None:
            end = starts[np.searchsorted(starts, last) + 1]
        elif _is_last_day_over(self._last_filed.sort_index()):
            end = day_starts(local_days(np.array([last]), self.zone) + np.timedelta64(1, "D"), self.zone)[0]
        else:
            end = last
        if self.now is not None:
            end = min(end, starts[np.searchsorted(starts, self.now, side="right") - 1])
        return end


def _is_last_day_over(filed: pd.Series) -> bool:
    """Say whether the last day looks whole, from how long after midnight each day's last ticket came."""
    clock, weekday = filed.to_numpy().astype("int64"), filed.index.weekday
    same = clock[:-1][weekday[:-1] == weekday[-1]][-_DAYS_OF_ITS_KIND:]
    # Before a weekday has come round a few times, every earlier day is its kind.
    kind = same if len(same) >= _FEWEST_OF_ITS_KIND else clock[:-1]
    return len(kind) > 0 and bool(clock[-1] >= np.quantile(kind, _EARLY_QUANTILE))


def count_series(
    created_at: Any,
    groups: Mapping[str, Any] | pd.DataFrame | None = None,
    *,
    interval: str = "day",
    zone: str = "UTC",
    by: Sequence[str] = (),
    until: np.datetime64 | None = None,
    now: np.datetime64 | None = None,
) -> SeriesTable:
    """Count tickets that are all in memory: see `SeriesCounter.add` and `SeriesCounter.table`."""
    counter = SeriesCounter(interval, zone, by, now=now)
    counter.add(created_at, groups)
    return counter.table(until=until)
