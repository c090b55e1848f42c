from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from triage.absence import Absence
from triage.agent import Agent
from triage.agent_rows import AgentRow
from triage.errors import NotFoundError
from triage.store.agents import delete_agent, get_agent, list_agents, put_agents, put_calendar, update_agents

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ADA = Agent("ada", "Network", ("vpn", "dns"), 12.0, "Mon-Fri 08:00-16:00", NOON, None, "senior")


def test_agents_come_back_by_team_and_by_name(store):
    put_agents(store, "acme", [Agent("bob"), ADA])
    assert list_agents(store, "acme") == [ADA, Agent("bob")]
    assert list_agents(store, "acme", team="Network") == [ADA]
    assert get_agent(store, "acme", "ada") == ADA
    assert get_agent(store, "other", "ada") is None


def test_an_agent_is_replaced_and_removed(store):
    put_agents(store, "acme", [ADA])
    put_agents(store, "acme", [Agent("ada", "Mail")])
    assert get_agent(store, "acme", "ada") == Agent("ada", "Mail")
    assert delete_agent(store, "acme", "ada")
    assert not delete_agent(store, "acme", "ada")


def test_everything_about_an_agent_comes_back(store):
    agent = Agent(
        "kei",
        "Network",
        ("vpn", "dns"),
        skill_levels={"vpn": 3},
        languages=("ja", "en"),
        zone="Asia/Tokyo",
        teams=("Mail",),
        active=False,
        absences=(Absence(NOON, NOON + timedelta(days=1)), Absence(NOON + timedelta(days=9))),
    )
    put_agents(store, "acme", [agent, Agent("bob")])
    assert list_agents(store, "acme") == [Agent("bob"), agent]


def test_a_calendar_is_replaced_by_itself_only(store):
    told = Absence(NOON, NOON + timedelta(days=1))
    events = [
        Absence(NOON + timedelta(days=week * 7), NOON + timedelta(days=week * 7 + 1), "u1") for week in (1, 2)
    ]
    put_agents(store, "acme", [Agent("ada", absences=(told,)), Agent("bob")])
    put_calendar(store, "acme", "ada", events)
    put_agents(store, "acme", [Agent("ada", "Mail")])
    assert get_agent(store, "acme", "ada").absences == tuple(events)
    put_calendar(store, "acme", "ada", events[1:])
    assert get_agent(store, "acme", "ada").absences == tuple(events[1:])
    assert get_agent(store, "acme", "bob").absences == ()
    with pytest.raises(NotFoundError, match="zoe"):
        put_calendar(store, "acme", "zoe", [])
    delete_agent(store, "acme", "ada")
    put_agents(store, "acme", [Agent("ada")])
    assert get_agent(store, "acme", "ada").absences == ()


WIPE = Agent(
    "wipe",
    "Finance",
    ("sap",),
    4.0,
    "Mon-Fri 08:00-16:00",
    skill_levels={"sap": 3},
    active=False,
    absences=(Absence(NOON, NOON + timedelta(days=1)),),
)


def test_a_table_of_absences_adds_them_and_leaves_everything_else(store):
    away = Absence(NOON + timedelta(days=7), NOON + timedelta(days=8), "u1")
    put_agents(store, "acme", [WIPE])
    put_calendar(store, "acme", "wipe", [away])
    row = Agent("wipe", absent_from=NOON + timedelta(days=30), absent_to=NOON + timedelta(days=32))
    columns = {"agent", "absent_from", "absent_to"}
    assert (
        update_agents(store, "acme", [AgentRow(row), AgentRow(Agent("new"), tells_active=False)], columns)
        == 1
    )
    assert update_agents(store, "acme", [AgentRow(row)], columns) == 0
    told = Absence(row.absent_from, row.absent_to)
    assert get_agent(store, "acme", "wipe") == replace(WIPE, absences=(*WIPE.absences, away, told))
    assert get_agent(store, "acme", "new") == Agent("new")


def test_a_column_of_the_table_takes_the_place_of_what_was_known(store):
    put_agents(store, "acme", [WIPE])
    row = Agent("wipe", "Mail", ("sap", "vpn"), skill_levels={"vpn": 2})
    update_agents(store, "acme", [AgentRow(row)], {"agent", "team", "skills", "capacity"})
    expected = replace(WIPE, team="Mail", skills=("sap", "vpn"), skill_levels={"vpn": 2}, capacity=None)
    assert get_agent(store, "acme", "wipe") == expected
    blank = AgentRow(row, tells_active=False)
    assert update_agents(store, "acme", [blank], {"agent", "active"}) == 0
    assert get_agent(store, "acme", "wipe") == expected
    update_agents(store, "acme", [AgentRow(row)], {"agent", "active"})
    assert get_agent(store, "acme", "wipe") == replace(expected, active=True)
