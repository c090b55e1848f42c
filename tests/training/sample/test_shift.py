from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.sample.shift import Roster
from triage.routing.shift import parse_shift

ZONE = ZoneInfo("Europe/London")


def moment(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.fixture
def office() -> Roster:
    # Friday 27 March 2026 is in winter time, Monday 30 March in summer time.
    return Roster(
        parse_shift("Mon-Fri 09:00-17:00"), ZONE, date(2026, 3, 1), date(2026, 4, 30), {date(2026, 4, 3)}
    )


def test_work_goes_on_after_the_weekend_and_the_clock_change(office: Roster) -> None:
    # Two hours of work from Friday 16:00 GMT: one then, one on Monday from 09:00 BST (08:00 UTC).
    assert office.advance(moment("2026-03-27T16:00"), 7200) == moment("2026-03-30T09:00")


def test_a_day_off_is_skipped(office: Roster) -> None:
    assert office.advance(moment("2026-04-02T18:00"), 0) == moment("2026-04-06T08:00")


def test_a_night_shift_ends_on_the_next_day() -> None:
    night = Roster(parse_shift("Mon 22:00-06:00"), ZONE, date(2026, 1, 5), date(2026, 1, 5), ())
    assert night.is_present(moment("2026-01-06T05:59"))
    assert not night.is_present(moment("2026-01-06T06:00"))


def test_past_the_end_of_the_roster_there_is_no_answer(office: Roster) -> None:
    assert office.advance(moment("2026-04-30T15:00"), 8 * 3600) is None


@given(at=st.integers(moment("2026-02-20T00:00"), moment("2026-05-05T00:00")), work_s=st.integers(0, 200_000))
def test_work_ends_later_and_while_the_agent_is_there(at: int, work_s: int) -> None:
    roster = Roster(parse_shift("Mon-Sat 06:00-14:00"), ZONE, date(2026, 3, 1), date(2026, 4, 30), ())
    end = roster.advance(at, work_s)
    if end is not None:
        assert roster.is_present(end)
        assert end - at >= work_s
