from datetime import UTC, datetime, timedelta

import pytest

from triage.spikes.alert import AlertKind, PlannerSettings
from triage.spikes.capacity import capacity_alerts
from triage.spikes.said import say
from triage.staffing.capacity import CapacityDay
from triage.staffing.spread import Spread

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
DAY = timedelta(days=1)


def day(n: int, probability: float, team: str = "network", scheduled: float = 40.0) -> CapacityDay:
    start = datetime(2026, 3, 2, 8, tzinfo=UTC) + n * DAY
    needed = Spread(52.0, 60.0, 71.0)
    end = start + timedelta(hours=10)
    return CapacityDay(team, start, end, probability, needed, scheduled, 6.0, 1.5, start + timedelta(hours=2))


def alerts(*days: CapacityDay, **more: object):
    return capacity_alerts("acme", days, PlannerSettings(), now=NOW, **more)


def test_likely_days_side_by_side_are_one_alert_with_the_figures_of_the_worst():
    (one,) = alerts(day(0, 0.1), day(1, 0.6), day(2, 0.9), day(3, 0.2))
    assert (one.kind, one.series) == (AlertKind.CAPACITY, "team=network")
    assert (one.begins_at, one.ends_at) == (day(1, 0).start, day(2, 0).end)
    assert (one.probability, one.expected, one.threshold) == (0.9, 52.0, 40.0)
    assert one.why["day"] == day(2, 0).start.isoformat() and one.why["lead_days"] == 3
    assert [part["probability"] for part in one.why["days"]] == [0.6, 0.9]


def test_a_week_between_makes_two_and_teams_are_apart():
    found = alerts(day(0, 0.9), day(8, 0.8), day(8, 0.7, "erp"))
    assert [(one.series, one.probability) for one in found] == [
        ("team=network", 0.9),
        ("team=network", 0.8),
        ("team=erp", 0.7),
    ]
    assert len({one.alert_id for one in found}) == 3


def test_a_shortage_that_is_known_grows_and_costs_nothing_of_the_budget():
    (first,) = alerts(day(1, 0.9), day(2, 0.6))
    later = [day(n, 0.9) for n in (2, 3, 4)]
    (grown,) = alerts(*later, known=[first], told=8)
    assert grown.alert_id == first.alert_id and grown.begins_at == first.begins_at
    assert grown.ends_at == later[-1].end
    assert alerts(day(1, 0.9, "erp"), known=[first], told=8) == []


def test_the_budget_keeps_the_likeliest():
    tight = PlannerSettings(capacity_per_month=1)
    found = capacity_alerts("acme", [day(1, 0.6, "a"), day(2, 0.8, "b")], tight, now=NOW)
    assert [one.series for one in found] == ["team=b"]
    none = PlannerSettings(capacity_per_month=0)
    assert capacity_alerts("acme", [day(1, 1.0)], none, now=NOW) == []


def test_what_is_over_and_what_is_unlikely_are_not_told_of():
    assert alerts(day(-1, 1.0), day(3, 0.49)) == []


@pytest.mark.parametrize(
    ("scheduled", "words"),
    [
        (40.0, "has too few people: 40 hours are scheduled, and the work takes about 52, in one case in five "
               "more than 60; at worst 1.5 people lack."),
        (0.0, "has too few people: nobody is scheduled, and the work takes about 52 hours."),
    ],
)  # fmt: skip
def test_an_alert_says_itself_in_words(scheduled: float, words: str):
    away = {("network", day(1, 0).start): ["ada", "bo"]}
    (one,) = alerts(day(1, 0.7, scheduled=scheduled), away=away)
    assert say(one) == f"70 % chance that network {words}"
    assert one.why["away"] == 2
