"""Published forecasts joined with what came: from snapshots, tickets and overrides of a store."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from triage.forecast_report import Outcome
from triage.store import Store
from triage.store.overrides import list_overrides
from triage.store.recent import filed_between
from triage.store.snapshots import Snapshot, past_snapshots

__all__ = ["TOTAL", "outcomes_of"]

WEEKS = 8
TOTAL = "total"
UNKNOWN_LABEL = "(none)"


def outcomes_of(store: Store, workspace: str, series: str, *, days: int, now: datetime) -> list[Outcome]:
    """Return every day that was forecast and is over, of the snapshots of the last ``days`` days."""
    snapshots = past_snapshots(store, workspace, "day", series, now - timedelta(days=days))
    if not snapshots:
        return []
    zone = ZoneInfo(snapshots[-1].basis.get("zone", "UTC"))
    first = min(one.origin for one in snapshots) - timedelta(weeks=WEEKS, days=1)
    counts: Counter[date] = Counter()
    field, _, label = series.partition("=")
    for filed_at, labels in filed_between(store, workspace, first, now):
        if not label or labels.get(field, UNKNOWN_LABEL) == label:
            counts[filed_at.astimezone(zone).date()] += 1
    overrides = list_overrides(store, workspace, interval="day", series=series, since=first)
    given = {one.start.astimezone(zone).date(): one.value for one in overrides}
    made = {one.start.astimezone(zone).date(): one.made_at for one in overrides}
    today = now.astimezone(zone).date()
    found = []
    for one in snapshots:
        for outcome, day in _of(one, counts, zone, today):
            # A figure that was put in place after the day had come is no forecast.
            fair = day in given and made[day] < datetime.combine(day, datetime.min.time(), zone).astimezone(
                UTC
            )
            found.append(outcome if not fair else _with(outcome, given[day]))
    return found


def _of(
    snapshot: Snapshot, counts: Mapping[date, int], zone: ZoneInfo, today: date
) -> list[tuple[Outcome, date]]:
    begin = snapshot.origin.astimezone(zone).date()
    found = []
    for row in snapshot.rows:
        day = row.start.astimezone(zone).date()
        if day >= today:
            continue
        lead = (day - begin).days + 1
        back = -(-lead // 7) * 7
        weeks = [counts.get(day - timedelta(days=back + 7 * week), 0) for week in range(WEEKS)]
        actual = counts.get(day, 0)
        found.append(
            (
                Outcome(
                    lead,
                    float(actual),
                    row.mean,
                    (row.q05, row.q10, row.q20, row.q50, row.q80, row.q90, row.q95),
                    sum(weeks) / WEEKS,
                    float(weeks[0]),
                    None,
                    actual > row.spike_threshold,
                    row.spike_probability,
                ),
                day,
            )
        )
    return found


def _with(outcome: Outcome, override: float) -> Outcome:
    values = {name: getattr(outcome, name) for name in Outcome.__slots__}
    return Outcome(**values | {"override": override})
