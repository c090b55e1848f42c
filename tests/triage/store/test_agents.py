from datetime import UTC, datetime

from triage.agent import Agent
from triage.store.agents import delete_agent, get_agent, list_agents, put_agents

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
