from datetime import UTC, datetime

import pytest

from triage.absence import Absence
from triage.agent import Agent
from triage.errors import InputError


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


def test_a_skill_without_a_level_has_the_first_and_a_missing_one_none():
    agent = Agent("ada", skills=("vpn", "dns"), skill_levels={"vpn": 3})
    assert [agent.level(skill) for skill in ("vpn", "dns", "mail")] == [3, 1, 0]


def test_an_agent_belongs_to_every_team_once():
    agent = Agent("ada", "Mail", teams=("Network", "Mail"))
    assert agent.all_teams == ("Mail", "Network")
    assert agent.is_in("Network") and not agent.is_in("Print")


@pytest.mark.parametrize(("starts", "ends"), [(None, None), (day(3), day(2))])
def test_an_absence_needs_an_end_after_its_start(starts, ends):
    with pytest.raises(InputError):
        Absence(starts, ends)
