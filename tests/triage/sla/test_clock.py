from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from triage.sla.calendar import BusinessCalendar
from triage.sla.clock import Pause, due_at, spent

OFFICE = BusinessCalendar("office", "Mon-Fri 09:00-17:00")
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = datetime(2026, 4, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_pause_gives_its_business_time_back():
    pause = Pause(MONDAY + HOUR, MONDAY + 3 * HOUR)
    assert due_at(OFFICE, MONDAY, 4 * HOUR, pauses=[pause], now=LATER) == MONDAY + 6 * HOUR


def test_a_pause_at_night_gives_nothing_back():
    pause = Pause(MONDAY + 9 * HOUR, MONDAY + 20 * HOUR)
    assert due_at(OFFICE, MONDAY, 10 * HOUR, pauses=[pause], now=LATER) == MONDAY + 26 * HOUR


def test_a_pause_after_the_target_ran_out_changes_nothing():
    pause = Pause(MONDAY + 5 * HOUR, MONDAY + 7 * HOUR)
    assert due_at(OFFICE, MONDAY, 4 * HOUR, pauses=[pause], now=LATER) == MONDAY + 4 * HOUR


def test_a_pause_that_goes_on_moves_the_moment_with_the_clock():
    pause = Pause(MONDAY + HOUR)
    first = due_at(OFFICE, MONDAY, 2 * HOUR, pauses=[pause], now=MONDAY + 2 * HOUR)
    assert first == MONDAY + 3 * HOUR
    assert due_at(OFFICE, MONDAY, 2 * HOUR, pauses=[pause], now=MONDAY + 4 * HOUR) == first + 2 * HOUR


PAUSES = st.lists(
    st.tuples(st.integers(-10, 300), st.integers(0, 60)).map(
        lambda pair: Pause(MONDAY + pair[0] * HOUR, MONDAY + (pair[0] + pair[1]) * HOUR)
    ),
    max_size=5,
)


@given(PAUSES, st.integers(1, 60))
def test_the_target_is_spent_exactly_when_it_is_due(pauses, hours):
    due = due_at(OFFICE, MONDAY, hours * HOUR, pauses=pauses, now=MONDAY + 400 * HOUR)
    assert spent(OFFICE, MONDAY, due, pauses=pauses) == hours * HOUR


@given(PAUSES, st.integers(1, 60))
def test_a_pause_never_makes_anything_due_sooner(pauses, hours):
    without = due_at(OFFICE, MONDAY, hours * HOUR, now=LATER)
    assert due_at(OFFICE, MONDAY, hours * HOUR, pauses=pauses, now=LATER) >= without
