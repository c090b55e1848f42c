"""Live channels of low volume: somebody is there, and what nobody answers is not answered."""

from datetime import timedelta

import numpy as np
import pytest

from features.staffing.plan import make_plan
from features.staffing.shifts import Shift
from features.staffing.study import make_study
from tests.features.staffing.making import forecast, setup

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PHONE = {"name": "phone", "kind": "live", "share": 0.3, "patience_s": 120}
TICKETS = {"name": "tickets", "share": 0.7, "deadline": "8h"}
DESK = {"name": "desk", "hours": "Mon-Fri 08:00-18:00"}


def asked(**phone: object):
    return setup(DESK, channels=[TICKETS, PHONE | phone])


def few(until: int = 18, volume: float = 0.3):
    """Two days with a ticket every few hours, from eight o'clock on."""
    hours = np.arange(48) % 24
    return forecast({"total": np.where((hours >= 8) & (hours < until), volume, 0.0)}, n=48, step=HOUR)


def test_an_open_line_has_somebody_by_the_hour_as_by_the_day():
    by_hour = make_plan(asked(), few())
    for row in by_hour.rows:
        assert row.required.p50 >= 1.0 if row.open_hours else row.required_paid.p95 == 0.0
        # One on the floor is two paid, at a shrinkage of 30 %.
        assert row.required_paid.p80 >= 2.0 or not row.open_hours
    assert by_hour.totals[0].service_level > 0.9 and by_hour.notes == ()
    by_day = make_plan(asked(), forecast({"total": 3.0}, n=2, step=DAY))
    assert by_hour.totals[0].paid_hours.p80 == pytest.approx(by_day.totals[0].paid_hours.p80, rel=0.15)


def test_tickets_are_done_between_calls_and_not_on_top():
    assert make_plan(asked(), few()).totals[0].peak == pytest.approx(2.0, abs=0.5)


def test_where_no_call_can_come_nobody_waits_for_one():
    plan = make_plan(setup(DESK, channels=[PHONE | {"share": 1.0}]), few(until=12, volume=0.1))
    assert [row.required.p80 for row in plan.rows[8:18]] == [1.0] * 4 + [0.0] * 6


@pytest.mark.parametrize("promised", [0.8, 0.95])
def test_every_percentile_keeps_the_promise_over_the_contacts_of_all_futures(promised):
    # Many contacts come in few futures: the middle one says little of how contacts fare.
    ahead = forecast({"total": 2.0}, n=24, step=HOUR, deviation=1.5)
    line = PHONE | {"share": 1.0, "service_level": promised}
    for level in ("P50", "P80", "P95"):
        plan = make_plan(setup(DESK, channels=[line], percentile=level), ahead)
        assert plan.totals[0].service_level >= promised, level


def test_what_comes_while_nobody_is_there_is_not_answered():
    plan = make_plan(asked(), few(), scheduled={"desk": np.zeros(48)})
    assert plan.totals[0].service_level == 0.0
    assert plan.notes == (
        "Nobody of desk is scheduled.",
        "desk answers 0.0% of the live contacts by phone in time; 80.0% are promised.",
    )


def test_one_who_is_paid_is_there_for_a_part_of_the_time():
    one, two = (
        make_plan(asked(), few(), scheduled={"desk": np.full(48, people)}).totals[0].service_level
        for people in (1.0, 2.0)
    )
    assert one == pytest.approx(0.7 * two, rel=0.05) and two > 0.9


def test_half_of_the_hours_covered_answer_half_of_the_calls():
    ahead = few()
    morning = [Shift("desk", ahead.starts[day * 24 + 8], ahead.starts[day * 24 + 13], 2) for day in (0, 1)]
    study = make_study(asked(), ahead, shifts=morning)
    assert study.plan.totals[0].service_level == pytest.approx(0.48, abs=0.05)


def test_proposed_shifts_put_somebody_at_the_line_in_every_open_hour():
    plan = make_study(asked(), few(), propose=True).plan
    assert all(row.scheduled >= 2.0 for row in plan.rows if row.open_hours)
    assert plan.totals[0].service_level > 0.9
