from datetime import UTC, datetime, timedelta

import pytest

from triage.errors import InputError
from triage.store import Store
from triage.store.snapshots import has_snapshot, latest_snapshot, put_snapshot

ORIGIN = datetime(2026, 3, 1, tzinfo=UTC)


def row(series: str, day: int, mean: float = 10.0) -> dict:
    quantiles = {f"q{level:02d}": mean + level / 100 for level in (5, 10, 20, 50, 80, 90, 95)}
    spikes = {"spike_threshold": 25.0, "spike_probability": 0.01}
    return {"series": series, "start": ORIGIN + timedelta(days=day), "mean": mean} | quantiles | spikes


def test_the_newest_snapshot_of_the_interval_comes_back_as_it_was_put(store: Store):
    put_snapshot(store, "acme", "day", 2, ORIGIN, {"days": 14}, [row("all", 0, 1.0)])
    rows = [row("team=web", 0), row("all", 1), row("all", 0) | {"origin": ORIGIN}]
    name = put_snapshot(store, "acme", "day", 2, ORIGIN, {"days": 15}, rows)
    found = latest_snapshot(store, "acme", "day")
    assert found is not None
    assert (found.snapshot_id, found.horizon, found.origin, found.basis) == (name, 2, ORIGIN, {"days": 15})
    assert [(one.series, one.start.day) for one in found.rows] == [("all", 1), ("all", 2), ("team=web", 1)]
    assert found.rows[0].q95 == pytest.approx(10.95)


def test_a_snapshot_is_seen_by_its_own_workspace_and_interval_only(store: Store):
    put_snapshot(store, "acme", "day", 1, ORIGIN, {}, [row("all", 0)])
    assert latest_snapshot(store, "other", "day") is None
    assert latest_snapshot(store, "acme", "hour") is None
    assert has_snapshot(store, "acme", "day") and not has_snapshot(store, "other", "day")
    assert not has_snapshot(store, "acme", "hour")


def test_publishing_the_same_name_again_changes_nothing(store: Store):
    put_snapshot(store, "acme", "day", 1, ORIGIN, {}, [row("all", 0, 1.0)], snapshot_id="run-1")
    put_snapshot(store, "acme", "day", 1, ORIGIN, {}, [row("all", 0, 2.0)], snapshot_id="run-1")
    found = latest_snapshot(store, "acme", "day")
    assert found is not None and [one.mean for one in found.rows] == [1.0]


@pytest.mark.parametrize("rows", [[], [{"series": "all"}]], ids=["no rows", "columns missing"])
def test_a_forecast_that_cannot_be_shown_is_refused(sqlite_store: Store, rows: list):
    with pytest.raises(InputError, match="expected"):
        put_snapshot(sqlite_store, "acme", "day", 1, ORIGIN, {}, rows)
    assert latest_snapshot(sqlite_store, "acme", "day") is None
