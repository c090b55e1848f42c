from datetime import UTC, date, datetime, timedelta

import pytest

from triage.absence import Absence
from triage.agent import Agent
from triage.errors import InputError
from triage.routing.availability import availability

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_an_agent_is_there_until_the_shift_ends_or_an_absence_begins():
    ada = Agent("ada", shift="Mon-Fri 08:00-16:00")
    assert availability(ada, MONDAY).until == MONDAY + 7 * HOUR
    leaving = Agent("ada", shift="Mon-Fri 08:00-16:00", absences=(Absence(MONDAY + HOUR),))
    assert availability(leaving, MONDAY).until == MONDAY + HOUR
    assert availability(leaving, MONDAY + HOUR).is_absent
    assert not availability(leaving, MONDAY + HOUR).is_there


def test_the_agents_own_zone_goes_before_the_workspaces():
    tokyo = Agent("kei", shift="Mon-Fri 08:00-16:00", zone="Asia/Tokyo")
    assert not availability(tokyo, MONDAY, zone="UTC").is_there
    assert availability(Agent("ada", shift="Mon-Fri 08:00-16:00"), MONDAY, zone="UTC").is_there


def test_holidays_hold_for_shifts_only():
    holidays = {date(2026, 3, 2)}
    assert not availability(Agent("ada", shift="Mon 08:00-16:00"), MONDAY, holidays=holidays).is_there
    without = availability(Agent("bob"), MONDAY, holidays=holidays)
    assert without.is_there and without.is_always


def test_who_works_around_the_clock_is_told_no_end_but_that_of_a_leave():
    ada = availability(Agent("ada", shift="24/7"), MONDAY)
    assert ada.is_there and ada.is_always
    week = availability(Agent("bob", shift="Mon-Sun 00:00-24:00"), MONDAY)
    assert week.is_there and week.is_always
    leaving = Agent("ada", shift="24/7", absences=(Absence(MONDAY + 30 * HOUR),))
    found = availability(leaving, MONDAY)
    assert (found.until, found.is_always) == (MONDAY + 30 * HOUR, False)
    assert not availability(Agent("ada", shift="Mon-Fri 08:00-16:00"), MONDAY).is_always


def test_a_shift_that_cannot_be_read_is_said():
    with pytest.raises(InputError, match="sometimes"):
        availability(Agent("ada", shift="sometimes"), MONDAY)
