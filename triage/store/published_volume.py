"""A published forecast as staffing reads it."""

from datetime import UTC, datetime, timedelta

from triage.errors import NotFoundError
from triage.staffing.volume import QUANTILE_NAMES, VolumeForecast
from triage.store.snapshots import Snapshot
from triage.zone import find_zone

__all__ = ["LENGTHS", "volume_of"]

LENGTHS = {"day": timedelta(days=1), "hour": timedelta(hours=1), "30min": timedelta(minutes=30)}
"""Intervals of forecasts, and how long one is, but for days on which the clocks change."""


def volume_of(snapshot: Snapshot, now: datetime) -> VolumeForecast:
    """Return a published forecast as staffing reads it, from the interval on that is not over yet.

    Raises
    ------
    NotFoundError
        If all of it is over.
    """
    starts = sorted({row.start for row in snapshot.rows})
    usual = _length_of_last(snapshot, starts[-1])
    first = next(
        (start for start, end in zip(starts, [*starts[1:], starts[-1] + usual], strict=True) if end > now),
        None,
    )
    if first is None:
        raise NotFoundError(
            "Got a request for a plan, but the newest forecast is over; expected one that reaches beyond "
            "today. "
            "Ask for one with POST /v1/forecasts."
        )
    rows = [
        (row.series, row.start, row.mean, tuple(getattr(row, name) for name in QUANTILE_NAMES))
        for row in snapshot.rows
        if row.start >= first
    ]
    return VolumeForecast.of_rows(rows, snapshot.origin, usual)


def _length_of_last(snapshot: Snapshot, start: datetime) -> timedelta:
    """Return how long the last interval is: a day on which the clocks change has 23 or 25 hours."""
    if snapshot.interval != "day":
        return LENGTHS[snapshot.interval]
    local = start.astimezone(find_zone(snapshot.basis.get("zone", "UTC")))
    midnight = (local + timedelta(hours=36)).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight.astimezone(UTC) - start.astimezone(UTC)
