from datetime import UTC, datetime, timedelta

import pytest

from triage.absence import Absence
from triage.agent import Agent
from triage.errors import NotFoundError
from triage.store.agents import delete_agent, get_agent, list_agents, put_agents, put_calendar

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
