"""A published forecast beside what really came: points for the chart, figures and words for people.

Counts tickets by the same intervals as the forecast: days begin in the zone of the forecast.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from serving.console import wording
from serving.console.events_view import event_spans
from triage.known_event import KnownEvent
from triage.store import Store
from triage.store.overrides import Override
from triage.store.recent import filed_between
from triage.store.snapshots import Snapshot, SnapshotRow

__all__ = ["Series", "VolumeView", "series_names", "view_volume"]

LOOK_BACK = {"day": timedelta(days=56), "hour": timedelta(days=7), "30min": timedelta(days=3)}
BANDS = ("q05", "q20", "q80", "q95")
TOTAL = "total"
UNKNOWN_LABEL = "(none)"

MEMBERS = {
    "GLMq": "a regression on weekday and holidays that follows the level within days",
    "GLM": "the same, following within two weeks",
    "GLMs": "the same with a season of the year",
    "GLMy": "the same with a trend and a finer season",
    "ETS": "exponential smoothing of level and weekday",
}


@dataclass(frozen=True, slots=True)
class Series:
    """A series to choose: ``category=vpn`` is in the group ``category`` with the title ``vpn``."""

    name: str
    group: str
    title: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with what it is and what to know about it."""

    title: str
    figure: str
    hint: str


@dataclass(frozen=True, slots=True)
class VolumeView:
    """One series at one interval.

    Parameters
    ----------
    snapshot : Snapshot
        Where it comes from.
    series : str
        Which series.
    zone : ZoneInfo
        In which days begin.
    rows : tuple of SnapshotRow
        The forecast.
    actual : tuple of (datetime, int)
        Counts of the intervals before the origin.
    basis : str
        What the forecast rests on, in words.
    events : tuple of KnownEvent
        On the calendar.
    own : tuple of Override
        Planners' figures for intervals of the forecast.
    today : SnapshotRow or None
        By day, the forecast of the day that is going on, where there is one.
    so_far : int
        Tickets that came in it.
    days_old : int
        Whole days since the forecast was made.
    """

    snapshot: Snapshot
    series: str
    zone: ZoneInfo
    rows: tuple[SnapshotRow, ...]
    actual: tuple[tuple[datetime, int], ...]
    basis: str
    events: tuple[KnownEvent, ...] = ()
    own: tuple[Override, ...] = ()
    today: SnapshotRow | None = None
    so_far: int = 0
    days_old: int = 0

    def own_figure(self, row: SnapshotRow) -> float | None:
        """Return what a planner expects of an interval, None where nobody said."""
        return next((one.value for one in self.own if one.start == row.start), None)

    @property
    def chart(self) -> dict[str, Any]:
        """What the chart draws: columns of equal length, seconds since 1970 and counts."""
        before, after = len(self.actual), len(self.rows)
        gap: list[float | None] = [None] * before
        median = gap + [round(row.q50, 2) for row in self.rows]
        if self.actual:
            median[before - 1] = self.actual[-1][1]  # The line goes on where the counts end.
        return {
            "zone": self.zone.key,
            "interval": self.snapshot.interval,
            "origin": self.rows[0].start.timestamp(),
            "start": [at.timestamp() for at, _ in self.actual] + [row.start.timestamp() for row in self.rows],
            "actual": [count for _, count in self.actual] + [None] * after,
            **{name: gap + [round(getattr(row, name), 2) for row in self.rows] for name in BANDS},
            "q50": median,
            "threshold": gap + [round(row.spike_threshold, 2) for row in self.rows],
            "events": event_spans(self.events, self.series, self.zone),
            "own": gap + [self.own_figure(row) for row in self.rows],
            "spike": gap + [round(row.spike_probability, 4) for row in self.rows],
        }

    @property
    def figures(self) -> list[Figure]:
        """The figures above the chart."""
        spike = max(self.rows, key=lambda row: row.spike_probability)
        came = 0
        if self.snapshot.interval == "day":
            head, span, title = self.today or self.rows[0], timedelta(days=7), "Seven days"
            first, came = self.clock(head.start), self.so_far
        else:
            head, span, title = max(self.rows, key=lambda row: row.mean), timedelta(days=1), "24 hours"
            first = f"Busiest: {self.clock(head.start)}"
        # What was forecast before the day began stays as published; a day never ends below what it has.
        low, middle, high = (max(came, of) for of in (head.q20, head.q50, head.q80))
        likely = f"likely {wording.count(low)} to {wording.count(high)}"
        if came:
            likely = f"{wording.count(came)} so far; {likely} in all"
        found = [Figure(first, wording.count(middle), likely)]
        begin = head.start if self.snapshot.interval == "day" else self.rows[0].start
        ahead = [row for row in self.rows if begin <= row.start < begin + span]
        if len(ahead) < len(self.rows):
            expected = sum(row.mean for row in ahead) + max(0.0, came - head.mean)
            found.append(Figure(title, wording.count(expected), "expected in all"))
        hint = f"{self.clock(spike.start)}, from {wording.counted(spike.spike_threshold, 'ticket')}"
        return [*found, Figure("Likeliest spike", wording.percent(spike.spike_probability), hint)]

    def clock(self, moment: datetime) -> str:
        """Say when an interval begins, in the workspace's zone."""
        local = moment.astimezone(self.zone)
        date = f"{local:%a} {local.day} {local:%b}"
        return date if self.snapshot.interval == "day" else f"{date}, {local:%H:%M}"


def series_names(snapshot: Snapshot) -> list[Series]:
    """Return the series of a forecast in its order, the total first."""
    names = list(dict.fromkeys(row.series for row in snapshot.rows))
    names.sort(key=lambda name: (name != TOTAL, name.partition("=")[0]))
    found = []
    for name in names:
        field, _, label = name.partition("=")
        found.append(Series(name, field if label else "", label or name.capitalize()))
    return found


def view_volume(
    store: Store,
    snapshot: Snapshot,
    series: str,
    events: Sequence[KnownEvent] = (),
    own: Sequence[Override] = (),
    *,
    now: datetime,
) -> VolumeView:
    """Gather one series of a snapshot that has it: counts before its origin and of today, own figures."""
    rows = tuple(row for row in snapshot.rows if row.series == series)
    zone = _zone(snapshot)
    origin = rows[0].start
    since = origin - LOOK_BACK[snapshot.interval]
    counts: Counter[datetime] = Counter()
    for filed_at in _filed(store, snapshot.workspace, series, since, origin):
        counts[_begin(filed_at, snapshot.interval, zone)] += 1
    today, so_far = None, 0
    if snapshot.interval == "day":
        begin = _begin(now, "day", zone)
        today = next((row for row in rows if row.start == begin), None)
        so_far = len(_filed(store, snapshot.workspace, series, begin, now)) if today else 0
    return VolumeView(
        snapshot,
        series,
        zone,
        rows,
        _without_holes(counts, snapshot.interval, zone, origin),
        _basis(snapshot, series),
        tuple(events),
        tuple(one for one in own if one.series == series and rows[0].start <= one.start <= rows[-1].start),
        today,
        so_far,
        max(0, (now - snapshot.created_at).days),
    )


def _filed(store: Store, workspace: str, series: str, since: datetime, until: datetime) -> list[datetime]:
    """Return when the tickets of a series were filed; those without a label are ``(none)``."""
    field, _, label = series.partition("=")
    return [
        filed_at
        for filed_at, labels in filed_between(store, workspace, since, until)
        if not label or labels.get(field, UNKNOWN_LABEL) == label
    ]


def _begin(moment: datetime, interval: str, zone: ZoneInfo) -> datetime:
    local = moment.astimezone(zone)
    if interval == "day":
        return local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
    minute = local.minute // 30 * 30 if interval == "30min" else 0
    return local.replace(minute=minute, second=0, microsecond=0).astimezone(UTC)


def _without_holes(
    counts: Mapping[datetime, int], interval: str, zone: ZoneInfo, origin: datetime
) -> tuple[tuple[datetime, int], ...]:
    """Return every interval from the first one with a ticket to the origin; one without any counts zero."""
    if not counts:
        return ()
    step = {"day": timedelta(hours=36), "hour": timedelta(hours=1), "30min": timedelta(minutes=30)}[interval]
    found, at = [], min(counts)
    while at < origin:
        found.append((at, counts.get(at, 0)))
        at = _begin(at + step, interval, zone)  # From midnight, 36 hours on is always the next day.
    return tuple(found)


def _zone(snapshot: Snapshot) -> ZoneInfo:
    return ZoneInfo(snapshot.basis.get("zone", "UTC"))


def _basis(snapshot: Snapshot, series: str) -> str:
    code = snapshot.basis.get("pool", {}).get(series, "")
    if not code:
        return ""
    if code.startswith("no basis"):
        return "Less than two weeks of history: the average so far with a wide margin, no more than that."
    parts = []
    for part in code.split("+"):
        member, _, share = part.partition(":")
        if member.startswith("SWA"):
            said = f"the average of the same weekday over the last {member.removeprefix('SWA')} weeks"
        else:
            said = MEMBERS.get(member, member)
        parts.append(f"{said} ({share} %)" if share else said)
    if len(parts) == 1:
        return f"Rests on {parts[0]}."
    return f"Rests on {'; '.join(parts)}; each weighed by how well it did lately."
