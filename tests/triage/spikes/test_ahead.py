from datetime import UTC, datetime, timedelta

from triage.spikes.ahead import days_to_expect
from triage.spikes.alert import AlertKind, PlannerSettings
from triage.store.snapshots import SnapshotRow

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


def row(day, probability, series="total"):
    start = NOW.replace(hour=0) + timedelta(days=day)
    return SnapshotRow(series, start, 40.0, 28.0, 30.0, 34.0, 40.0, 46.0, 50.0, 53.0, 48.0, probability)


def test_likely_days_are_told_of_likeliest_first_within_the_budget():
    rows = [row(0, 0.99), row(1, 0.6), row(2, 0.2), row(3, 0.8), row(4, 0.7)]
    found = days_to_expect("acme", rows, PlannerSettings(ahead_per_month=2), now=NOW, told=0)
    # The day that has begun is not ahead.
    assert [one.probability for one in found] == [0.8, 0.7]
    assert all(one.kind is AlertKind.AHEAD and one.strength >= 1 for one in found)
    assert [one.why["lead_days"] for one in found] == [3, 4]
    assert days_to_expect("acme", rows, PlannerSettings(ahead_per_month=2), now=NOW, told=2) == []


def test_a_part_is_told_of_only_where_the_total_is_not():
    rows = [row(1, 0.6), row(1, 0.9, "category=vpn"), row(2, 0.9, "category=vpn")]
    found = days_to_expect("acme", rows, PlannerSettings(), now=NOW, told=0)
    assert sorted((one.series, one.begins_at.day) for one in found) == [("category=vpn", 4), ("total", 3)]


def test_the_same_day_is_the_same_alert():
    one, again = (
        days_to_expect("acme", [row(3, p)], PlannerSettings(), now=NOW, told=0)[0].alert_id
        for p in (0.6, 0.9)
    )
    other = days_to_expect("other", [row(3, 0.6)], PlannerSettings(), now=NOW, told=0)[0].alert_id
    assert one == again != other
