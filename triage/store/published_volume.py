"""A published forecast as staffing reads it."""

from datetime import datetime, timedelta

from triage.errors import NotFoundError
from triage.staffing.volume import QUANTILE_NAMES, VolumeForecast
from triage.store.snapshots import Snapshot

__all__ = ["volume_of"]

LENGTHS = {"day": timedelta(days=1), "hour": timedelta(hours=1), "30min": timedelta(minutes=30)}


def volume_of(snapshot: Snapshot, now: datetime) -> VolumeForecast:
    """Return a published forecast as staffing reads it, from the interval on that is not over yet.

    Raises
    ------
    NotFoundError
        If all of it is over.
    """
    usual = LENGTHS[snapshot.interval]
    starts = sorted({row.start for row in snapshot.rows})
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
