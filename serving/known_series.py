"""Which series the newest forecast by day has: the total and the labels that a planner may name."""

from triage.store import Store
from triage.store.snapshots import latest_snapshot

__all__ = ["series_of"]


def series_of(store: Store, workspace: str) -> frozenset[str] | None:
    """Return the series of the newest forecast by day, None where there is none yet."""
    snapshot = latest_snapshot(store, workspace, "day")
    return None if snapshot is None else frozenset(row.series for row in snapshot.rows)
