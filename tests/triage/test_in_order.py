from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from triage.in_order import TICK, in_order

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_a_later_moment_stays_as_it_is():
    assert in_order(NOON, None) == NOON
    assert in_order(NOON, NOON - timedelta(hours=1)) == NOON


@given(st.lists(st.integers(-3, 3), min_size=1))
def test_whatever_the_clock_does_what_comes_later_lies_later(hours: list[int]):
    newest = None
    for one in hours:
        moment = in_order(NOON + timedelta(hours=one), newest)
        assert newest is None or moment > newest
        newest = moment


def test_of_two_at_once_the_second_lies_just_after():
    assert in_order(NOON, NOON) == NOON + TICK
