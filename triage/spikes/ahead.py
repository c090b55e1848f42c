"""Days of a forecast that will probably stand out, within the planner's number a month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from triage.spikes.alert import Alert, AlertKind, PlannerSettings, alert_id

__all__ = ["Row", "days_to_expect"]

MONTH = timedelta(days=30)
DAY = timedelta(days=1)
TOTAL = "total"


class Row(Protocol):
    """A forecast of one day (`triage.store.snapshots.SnapshotRow`)."""

    @property
    def series(self) -> str:
        """Which series."""
        ...

    @property
    def start(self) -> datetime:
        """When the day begins."""
        ...

    @property
    def mean(self) -> float:
        """Tickets expected."""
        ...

    @property
    def q10(self) -> float:
        """One day in ten has fewer."""
        ...

    @property
    def q90(self) -> float:
        """One day in ten has more."""
        ...

    @property
    def spike_threshold(self) -> float:
        """From which count on it is a spike."""
        ...

    @property
    def spike_probability(self) -> float:
        """That it is one."""
        ...


def days_to_expect(
    workspace: str, rows: Sequence[Row], settings: PlannerSettings, *, now: datetime, told: int
) -> list[Alert]:
    """Return alerts for the days ahead that are likely spikes, likeliest first.

    The day of the total says more than the same day of a part: a part is told of only where the total is not.

    Parameters
    ----------
    workspace : str
    rows : sequence of Row
        A forecast by day.
    settings : PlannerSettings
    now : datetime
        Days that have begun are not ahead.
    told : int
        Alerts of this kind raised in the last thirty days: they count against the budget.
    """
    room = settings.ahead_per_month - told
    likely = [row for row in rows if row.start > now and row.spike_probability >= settings.least_probability]
    likely.sort(key=lambda row: (-row.spike_probability, row.start, row.series != TOTAL, row.series))
    taken: dict[datetime, str] = {}
    found: list[Alert] = []
    totals = {row.start for row in likely if row.series == TOTAL}
    for row in likely:
        if len(found) >= room:
            break
        if row.start in taken or (row.start in totals and row.series != TOTAL):
            continue
        taken[row.start] = row.series
        found.append(
            Alert(
                alert_id(workspace, AlertKind.AHEAD, row.series, row.start),
                AlertKind.AHEAD,
                row.series,
                row.start,
                row.start + DAY,
                None,
                row.mean,
                row.spike_threshold,
                row.spike_probability,
                max(1.0, row.spike_probability / max(settings.least_probability, 0.01)),
                {
                    "lead_days": (row.start - now).days + 1,
                    "q10": row.q10,
                    "q90": row.q90,
                },
            )
        )
    return found
