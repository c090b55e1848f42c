from datetime import UTC, datetime, timedelta

import pytest

from triage.errors import NotFoundError
from triage.store.published_volume import volume_of
from triage.store.snapshots import Snapshot, SnapshotRow

SATURDAY = datetime(2026, 3, 28, tzinfo=UTC)  # the night after, London's clocks go forward


def snapshot(interval: str, starts: list[datetime]) -> Snapshot:
    rows = tuple(SnapshotRow("total", start, *[5.0] * 9, 0.1) for start in starts)
    return Snapshot("s", "acme", interval, len(rows), starts[0], {"zone": "Europe/London"}, starts[0], rows)


def test_a_last_day_on_which_the_clocks_change_is_as_long_as_it_is():
    found = volume_of(snapshot("day", [SATURDAY, SATURDAY + timedelta(days=1)]), SATURDAY)
    assert [end - start for start, end in zip(found.starts, found.ends, strict=True)] == [
        timedelta(hours=24),
        timedelta(hours=23),
    ]
    hours = volume_of(snapshot("30min", [SATURDAY]), SATURDAY)
    assert hours.ends[0] - hours.starts[0] == timedelta(minutes=30)


def test_what_is_over_is_left_out_and_a_forecast_of_nothing_else_refused():
    days = [SATURDAY + timedelta(days=n) for n in range(3)]
    found = volume_of(snapshot("day", days), SATURDAY + timedelta(days=1, hours=5))
    assert list(found.starts) == days[1:]
    with pytest.raises(NotFoundError, match="newest forecast is over"):
        volume_of(snapshot("day", days), SATURDAY + timedelta(days=3))
