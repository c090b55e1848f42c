from datetime import timedelta

import numpy as np
import pytest

from features.staffing.capacity import capacity_days
from features.staffing.plan import make_plan
from tests.features.staffing.making import MONDAY, forecast, setup

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ALL = {"name": "all"}
OFFICE = {"name": "office", "hours": "Mon-Fri 09:00-17:00"}
EXACT = {"handle_time": {"default": {"mean_s": 600, "sd_s": 0}}}
PLAIN = {"channels": [{"name": "t", "occupancy": 1.0, "shrinkage": 0.0}], **EXACT}


def test_the_chance_of_a_shortage_is_the_share_of_futures_above_the_schedule():
    ahead = forecast({"total": 144.0}, n=4, step=DAY)
    # A day's work is 24 hours, one person round the clock: P50, P80 and P95 are 1, 1.168 and 1.329 people.
    staff = np.array([1.4, 1.168 / 1.05, 1 / 1.05, 0.5])
    days = capacity_days(setup(ALL, **PLAIN), ahead, {"all": staff})
    assert [one.start for one in days] == list(ahead.starts)
    chances = [one.probability for one in days]
    assert chances[0] < 0.05 and chances[3] > 0.97
    assert chances[1] == pytest.approx(0.2, abs=0.04) and chances[2] == pytest.approx(0.5, abs=0.05)
    assert days[3].scheduled_hours == 12.0 and days[3].needed.p50 == pytest.approx(24.0, rel=0.03)
    assert days[3].people_short == pytest.approx(0.668, abs=0.03) and days[0].people_short == 0.0


def test_open_tickets_count_on_the_day_on_which_they_are_due():
    late = {"name": "t", "occupancy": 1.0, "shrinkage": 0.0, "backlog": [{"tickets": 144, "age": "8h"}]}
    staff = {"all": np.full(3, 1.5)}
    first, second, _ = capacity_days(
        setup(ALL, channels=[late], **EXACT), forecast({"total": 144.0}, n=3, step=DAY), staff
    )
    assert first.due_hours == pytest.approx(24.0) and second.due_hours == 0.0
    assert first.probability > 0.95 and second.probability < 0.05


def test_work_that_may_wait_is_no_shortage_where_the_next_day_has_room():
    volume = np.array([144.0, 288.0, 20.0, 144.0, 144.0])
    next_day = {"name": "t", "occupancy": 1.0, "shrinkage": 0.0, "deadline": "next day"}
    ahead, staff = forecast({"total": volume}, n=5, step=DAY), {"all": np.full(5, 1.5)}
    (_, today, *_) = capacity_days(setup(ALL, **PLAIN), ahead, staff)
    (_, later, *_) = capacity_days(setup(ALL, channels=[next_day], **EXACT), ahead, staff)
    assert today.probability > 0.8 and later.probability < 0.2


def test_hours_are_gathered_by_local_day_and_the_worst_of_them_is_named():
    volume = np.where(np.arange(48) % 24 == 14, 30.0, 3.0)
    phone = {"name": "phone", "kind": "live", "shrinkage": 0.0}
    asked = setup({**OFFICE, "zone": "Europe/London"}, channels=[phone], handle_time={"default": 300})
    days = capacity_days(asked, forecast({"total": volume}, n=48, step=HOUR), {"office": np.full(48, 2.0)})
    assert [(one.start, one.end) for one in days] == [
        (MONDAY + n * DAY + 9 * HOUR, MONDAY + n * DAY + 17 * HOUR) for n in range(2)
    ]
    assert days[0].worst == MONDAY + 14 * HOUR and days[0].people_short >= 2


def test_teams_whose_schedule_nobody_knows_and_closed_days_are_left_out():
    two = setup(OFFICE, {"name": "other"}, **PLAIN)
    days = capacity_days(two, forecast({"total": 100.0}, n=7, step=DAY), {"office": np.ones(7)})
    assert {one.team for one in days} == {"office"} and len(days) == 5


def test_a_plan_tells_the_chance_by_interval_and_by_day_only_under_a_schedule():
    asked, ahead = setup(ALL, **PLAIN), forecast({"total": 144.0}, n=3, step=DAY)
    held = make_plan(asked, ahead, scheduled={"all": np.array([0.5, 1.0, 2.0])})
    chances = [row.shortage_probability for row in held.rows]
    assert chances[0] > 0.97 and 0.2 < chances[1] < 0.6 and chances[2] == 0.0
    assert [one.probability for one in held.days] == chances
    free = make_plan(asked, ahead)
    assert free.days == () and all(row.shortage_probability is None for row in free.rows)
