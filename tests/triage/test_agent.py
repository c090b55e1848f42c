from datetime import UTC, datetime

import pytest

from triage.agent import Agent


def day(number: int) -> datetime:
    return datetime(2026, 5, number, tzinfo=UTC)


@pytest.mark.parametrize(
    ("absent_from", "absent_to", "absent_days"),
    [
        (None, None, set()),
        (day(2), day(4), {2, 3}),
        (day(3), None, {3, 4, 5}),
        (None, day(3), {1, 2}),
    ],
)
def test_an_absence_covers_its_first_day_and_not_its_end(absent_from, absent_to, absent_days):
    agent = Agent("ada", absent_from=absent_from, absent_to=absent_to)
    assert {number for number in range(1, 6) if agent.is_absent(day(number))} == absent_days
