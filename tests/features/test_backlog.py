from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.backlog import OTHERS_HAVE_IT, Pending, plan_backlog
from tests.triage.routing.desk import situation, situations
from tests.triage.routing.test_assign import candidates, tickets
from triage.agent import Agent
from triage.assignment import Candidate
from triage.decision import Action
from triage.mode import Mode
from triage.policy import Policy
from triage.routing.need import need_of
from triage.routing.policy import FairShare, RoutingPolicy, TeamRouting
from triage.ticket import Ticket

NO_CAP = RoutingPolicy(fair_share=None)


def waiting(name: str, **scores: float) -> Pending:
    ticket = Ticket(name, "VPN is down", values={"team": "Network"})
    return Pending(ticket, [Candidate(agent, score) for agent, score in scores.items()])


def test_the_best_total_is_found_where_one_by_one_misses_it():
    stands = situation(
        Agent("ada", "Network", capacity=1), Agent("bob", "Network", capacity=1), routing=NO_CAP
    )
    plan = plan_backlog([waiting("T-1", ada=0.9, bob=0.8), waiting("T-2", ada=0.9, bob=0.0)], stands)
    assert [one.agent for one in plan.assignments] == ["bob", "ada"]
    assert (plan.affinity, plan.one_by_one_affinity) == (pytest.approx(1.7), pytest.approx(0.9))
    assert plan.placed == plan.one_by_one_placed == 2
    assert plan.gini == plan.one_by_one_gini == 0
    assert plan.assignments[0].choices[0].sentence == "no such tickets yet, 0 of 1 slots used"


def test_what_finds_no_room_stays_with_the_team_and_worth_says_what_goes_first():
    stands = situation(Agent("ada", "Network", capacity=1), routing=NO_CAP)
    common, urgent = waiting("T-1", ada=0.9), waiting("T-2", ada=0.1)
    plan = plan_backlog([common, urgent], stands)
    assert [one.agent for one in plan.assignments] == ["ada", None]
    left = plan.assignments[1]
    assert (left.team, left.action, left.reason) == ("Network", Action.ABSTAIN, "no_eligible_agent")
    assert left.detail == OTHERS_HAVE_IT
    weighty = plan_backlog([common, replace(urgent, worth=1.0)], stands)
    assert [one.agent for one in weighty.assignments] == [None, "ada"]


def test_fair_shares_hold_for_the_backlog_as_a_whole():
    routing = RoutingPolicy(fair_share=FairShare(1.0, 7, 1))
    stands = situation(Agent("ada", "Network"), Agent("bob", "Network"), routing=routing)
    plan = plan_backlog([waiting(f"T-{n}", ada=0.9, bob=0.01 * n) for n in range(6)], stands)
    assert sorted(one.agent for one in plan.assignments) == ["ada"] * 3 + ["bob"] * 3
    assert [one.agent for one in plan.assignments[3:]] == ["bob"] * 3


def test_tickets_that_are_held_back_take_nobodys_room():
    agent = Agent("ada", "Network", capacity=1)
    taken = Ticket("T-1", "VPN is down", values={"team": "Network", "assignee": "zoe"})
    plan = plan_backlog([Pending(taken, [Candidate("ada", 1.0)]), waiting("T-2", ada=0.1)], situation(agent))
    assert [(one.agent, one.reason) for one in plan.assignments] == [
        ("zoe", "human_value_present"),
        ("ada", None),
    ]
    killed = plan_backlog([waiting("T-2", ada=0.1)], situation(agent, policy=Policy(kill_switch=True)))
    assert [one.reason for one in killed.assignments] == ["kill_switch"] and killed.placed == 0
    off = RoutingPolicy(teams={"Network": TeamRouting(mode=Mode.OFF)})
    assert plan_backlog([waiting("T-2", ada=0.1)], situation(agent, routing=off)).assignments == ()


backlogs = st.lists(st.tuples(tickets, candidates), max_size=5).map(
    lambda pairs: [
        Pending(replace(ticket, ticket_id=f"T-{n}"), people) for n, (ticket, people) in enumerate(pairs)
    ]
)


@settings(deadline=None)
@given(backlogs, situations())
def test_nobody_is_given_what_they_may_not_have_or_have_no_room_for(pending, stands):
    plan = plan_backlog(pending, stands)
    routing = stands.policy.routing
    loads = dict(stands.loads)
    for one, done in zip(pending, plan.assignments, strict=True):
        if done.agent is None:
            continue
        agent = stands.roster.agents[done.agent]
        assert agent.active and not agent.is_absent(stands.now)
        assert stands.roster.presence(agent, stands.now).is_there
        assert done.team is None or agent.is_in(done.team)
        loads[agent.agent] += need_of(one.ticket, {}, routing).effort
        capacity = routing.default_capacity if agent.capacity is None else agent.capacity
        assert capacity is None or loads[agent.agent] <= capacity + 1e-6
    assert plan.affinity >= plan.one_by_one_affinity - 1e-4
    assert plan.placed == sum(one.agent is not None for one in plan.assignments)


@settings(deadline=None)
@given(backlogs, situations(), st.integers(0, 5))
def test_raising_a_cap_never_lowers_total_affinity(pending, stands, who):
    people = list(stands.roster.agents.values())
    before = plan_backlog(pending, stands).affinity
    if people:
        at = who % len(people)
        raised = replace(people[at], capacity=(people[at].capacity or 0) + 1)
        if people[at].capacity is not None:
            others = [*people[:at], raised, *people[at + 1 :]]
            more = situation(
                *others, policy=stands.policy, loads=stands.loads, given=stands.given, now=stands.now
            )
            # Fair shares go by capacity: with one agent's, the others' shares change.
            if stands.policy.routing.fair_share is None:
                assert plan_backlog(pending, more).affinity >= before - 1e-4
    for share in (FairShare(4.0, 7, 9), None):
        looser = Policy(routing=replace(stands.policy.routing, fair_share=share))
        assert plan_backlog(pending, replace(stands, policy=looser)).affinity >= before - 1e-4


@settings(deadline=None)
@given(backlogs, situations(), st.permutations(range(5)))
def test_the_plan_does_not_depend_on_the_order(pending, stands, order):
    shuffled = [pending[at] for at in order if at < len(pending)]
    plan, again = plan_backlog(pending, stands), plan_backlog(shuffled, stands)
    by_id = {one.ticket_id: one for one in again.assignments}
    assert [by_id[one.ticket_id] for one in plan.assignments] == list(plan.assignments)
