from datetime import UTC, datetime

import pytest

from triage.agent import Agent
from triage.agent_rows import AgentRow, merge_rows, split_levels, with_columns
from triage.errors import InputError


def day(number: int) -> datetime:
    return datetime(2026, 5, number, tzinfo=UTC)


def test_skills_are_told_from_their_levels():
    assert split_levels(["vpn:3", " dns", "vpn:2", "a:b", "http://x"]) == (
        ("vpn", " dns", "a:b", "http://x"),
        {"vpn": 3},
    )


@pytest.mark.parametrize("written", ["vpn:-3", "vpn:0", "vpn:100", "vpn: 2.5", "vpn:+3"])
def test_a_level_out_of_range_is_refused_and_not_taken_for_a_name(written):
    with pytest.raises(InputError, match="from 1 to 99"):
        split_levels(["dns", written])


def test_rows_of_one_name_make_one_agent_with_every_absence():
    rows = [
        Agent("ada", "Mail", absent_from=day(2), absent_to=day(3)),
        Agent("bob"),
        Agent("ada", "Network", absent_from=day(4), absent_to=day(5)),
        Agent("ada", "Network"),
    ]
    ada, bob = merge_rows(map(AgentRow, rows))
    assert bob == AgentRow(Agent("bob"))
    assert ada.agent.team == "Network"
    assert {number for number in range(1, 6) if ada.agent.is_absent(day(number))} == {2, 4}
    assert merge_rows([ada]) == [ada]


def test_a_blank_active_leaves_what_another_row_tells():
    left, blank = AgentRow(Agent("ada", active=False)), AgentRow(Agent("ada", "Mail"), tells_active=False)
    assert merge_rows([left, blank]) == [AgentRow(Agent("ada", "Mail", active=False))]
    assert merge_rows([blank, left]) == [left]
    assert merge_rows([blank, blank]) == [blank]


def test_a_blank_active_leaves_who_is_there_as_they_are():
    columns = {"agent", "team", "active"}
    left = Agent("ada", "Network", active=False)
    row = AgentRow(Agent("ada", "Mail"), tells_active=False)
    assert with_columns(left, row, columns) == Agent("ada", "Mail", active=False)
    assert with_columns(left, AgentRow(row.agent), columns) == Agent("ada", "Mail")
