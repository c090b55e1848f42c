from datetime import timedelta

import numpy as np
import pytest

from features.staffing.opening import Opening
from features.staffing.shifts import Shift, propose_shifts, scheduled_people
from tests.features.staffing.making import MONDAY
from triage.errors import InputError
from triage.sla.calendar import BusinessCalendar
from triage.staffing.setup import ShiftRules

STARTS = tuple(MONDAY + timedelta(hours=i) for i in range(24 * 7))
ENDS = (*STARTS[1:], MONDAY + timedelta(days=7))
OFFICE = BusinessCalendar("office", "Mon-Fri 08:00-18:00")


def propose(required: np.ndarray, rules: ShiftRules, **more: int) -> tuple[list[Shift], np.ndarray, Opening]:
    opening = Opening.of(OFFICE, STARTS, ENDS)
    need = np.where(opening.hours > 0, required, 0.0)
    found = propose_shifts(rules, "a", need, opening.hours, STARTS, ENDS, opening.calendar, **more)
    people = scheduled_people(found, "a", opening.hours, STARTS, ENDS, opening.calendar)
    return found, people - need, opening


def test_shifts_cover_the_requirement_with_no_hour_too_many_where_that_is_possible():
    rules = ShiftRules(starts=(480,), hours=(10.0,))
    found, net, opening = propose(np.full(168, 3.0), rules)
    assert (net[opening.places] == pytest.approx(0.0)) and sum(one.agents for one in found) == 15


def test_a_noon_peak_is_met_by_shifts_that_overlap():
    noon = np.array([6.0 if hour % 24 in (11, 12, 13) else 3.0 for hour in range(168)])
    found, net, opening = propose(noon, ShiftRules(starts=(480, 600, 660), hours=(8.0, 4.0)))
    assert net[opening.places].min() >= -0.2
    assert sum(one.agents * (one.end - one.start) / timedelta(hours=1) for one in found) < 5 * 6 * 10


def test_no_more_people_are_planned_than_there_are():
    found, net, _ = propose(np.full(168, 5.0), ShiftRules(starts=(480,), hours=(10.0,)), most=2)
    assert max(one.agents for one in found) <= 2 and net.min() <= -3.0


def test_people_have_their_days_off():
    always = BusinessCalendar("always")
    opening = Opening.of(always, STARTS, ENDS)
    rules = ShiftRules(starts=(0,), hours=(24.0,), days=5)
    found = propose_shifts(rules, "a", np.full(168, 5.0), opening.hours, STARTS, ENDS, always)
    # Five people on each of seven days, five days each: seven people, no fewer.
    assert sum(one.agents for one in found) == 35 and len({one.start for one in found}) == 7


def test_shifts_count_only_in_open_hours_and_must_end_after_they_start():
    opening = Opening.of(OFFICE, STARTS, ENDS)
    night = [Shift("a", MONDAY, MONDAY + timedelta(hours=8, minutes=30))]
    people = scheduled_people(night, "a", opening.hours, STARTS, ENDS, opening.calendar)
    assert people[:9].tolist() == [0, 0, 0, 0, 0, 0, 0, 0, 0.5] and people.sum() == 0.5
    with pytest.raises(InputError, match="end after the start"):
        Shift("a", MONDAY, MONDAY)
