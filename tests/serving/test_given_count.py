"""What is counted bit by bit must be what counting all gives, after whatever happened."""

import uuid
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, example, settings
from hypothesis import given as drawn
from hypothesis import strategies as st

from serving.floor import FloorHost
from serving.given_count import GivenCount
from triage.agent import Agent
from triage.errors import NotFoundError
from triage.policy import Policy
from triage.store import Store
from triage.store.agents import put_agents
from triage.store.assignments import GivenTicket, end_assignment, put_assignment
from triage.store.given import given_since
from triage.store.tickets import get_ticket, put_tickets, set_labels
from triage.store.work import close_ticket, set_assignee
from triage.ticket import PastTicket, Ticket

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WINDOW = timedelta(days=7)
"""As the usual fair share has it."""
NUMBERS, AGENTS, TEAMS = st.integers(0, 1), st.sampled_from(["ada", "bob"]), st.sampled_from(["web", "mail"])
AGO = st.sampled_from([timedelta(0), timedelta(hours=1), timedelta(days=8)])
STEPS = st.one_of(
    st.tuples(st.just("given"), NUMBERS, st.one_of(st.none(), AGENTS), st.one_of(st.none(), TEAMS), AGO),
    st.tuples(st.just("filed"), NUMBERS, st.one_of(st.none(), AGENTS), st.one_of(st.none(), TEAMS), AGO),
    st.tuples(st.just("moved"), NUMBERS, st.none(), st.none(), AGO),
    st.tuples(st.just("told"), NUMBERS, st.one_of(st.none(), AGENTS), TEAMS, AGO),
    st.tuples(st.just("corrected"), NUMBERS, st.none(), st.one_of(st.none(), TEAMS), AGO),
    st.tuples(st.just("closed"), NUMBERS, AGENTS, TEAMS, AGO),
    st.tuples(st.just("ended"), NUMBERS, st.none(), st.none(), AGO),
)


def happen(store: Store, workspace: str, step: tuple) -> None:
    """Let something happen to a ticket; ``moved`` changes nothing of it but when it was assigned."""
    kind, number, agent, team, ago = step
    name, at = f"T-{number}", NOON - ago
    stands = get_ticket(store, workspace, name)
    if kind == "filed" or (kind == "moved" and stands is not None):
        labels = {key: value for key, value in (("assignee", agent), ("team", team)) if value}
        kept = labels if kind == "filed" else stands.labels
        filed = PastTicket(Ticket(name, "VPN", created_at=NOON), kept, status="Open", assigned_at=at)
        put_tickets(store, workspace, [filed], source="x")
    elif kind == "given" and stands is not None:
        put_assignment(store, workspace, GivenTicket(name, agent, team, at, "triage"))
    elif kind == "ended":
        end_assignment(store, workspace, name, NOON)
    with suppress(NotFoundError):
        if kind == "told":
            set_assignee(store, workspace, name, agent, assigned_by="zoe", team=team, at=at)
        elif kind == "corrected":
            set_labels(store, workspace, name, {"team": team})
        elif kind == "closed":
            close_ticket(store, workspace, name, labels={"assignee": agent, "team": team}, at=NOON)


NOW, LONG_AGO = timedelta(0), timedelta(days=8)


@example(steps=[("filed", 0, "ada", "web", LONG_AGO), ("moved", 0, None, None, NOW)], every=1)
@example(steps=[("filed", 0, "ada", "web", NOW), ("corrected", 0, None, "mail", NOW)], every=1)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@drawn(steps=st.lists(STEPS, max_size=14), every=st.integers(1, 3))
def test_the_floor_counts_by_what_changed_what_counting_all_gives(store, steps, every):
    workspace = f"w{uuid.uuid4().hex}"
    put_agents(store, workspace, [Agent("ada"), Agent("bob")])
    host = FloorHost(store)
    host.look(workspace, Policy(), NOON)
    for number, step in enumerate(steps, start=1):
        happen(store, workspace, step)
        if number % every:
            continue
        seen = host.look(workspace, Policy(), NOON + timedelta(seconds=1)).situation.given
        # The window stands still until all are counted again, within a minute.
        assert seen == given_since(store, workspace, NOON - WINDOW)


def test_a_count_of_before_stays_as_it_was(store):
    put_tickets(store, "acme", [PastTicket(Ticket("T-1"))], source="x")
    put_assignment(store, "acme", GivenTicket("T-1", "ada", "web", NOON, "triage"))
    before = GivenCount.of(store, "acme", NOON - WINDOW)
    put_assignment(store, "acme", GivenTicket("T-1", "bob", "mail", NOON, "triage"))
    after = before.after(store, "acme", ["T-1"])
    assert before.counts == {"web": {"ada": 1}}
    assert after.counts == {"web": {"ada": 1}, "mail": {"bob": 1}}
    assert after.after(store, "acme", []) is after


def test_more_than_can_be_remembered_are_counted_each_time(store, monkeypatch):
    monkeypatch.setattr("serving.given_count.MOST_GIVEN", 1)
    names = ("T-1", "T-2", "T-3")
    put_tickets(store, "acme", [PastTicket(Ticket(name)) for name in names], source="x")
    for name in names[:2]:
        put_assignment(store, "acme", GivenTicket(name, "ada", "web", NOON, "triage"))
    before = GivenCount.of(store, "acme", NOON - WINDOW)
    assert (before.counts, before.tickets) == ({"web": {"ada": 2}}, None)
    put_assignment(store, "acme", GivenTicket("T-3", "ada", "web", NOON, "triage"))
    assert before.after(store, "acme", ["T-3"]).counts == {"web": {"ada": 3}}
