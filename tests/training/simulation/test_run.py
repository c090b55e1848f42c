from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.simulation.ranker import FormRanker
from training.simulation.run import Simulation
from training.simulation.way import InTurn, Ours
from triage.absence import Absence
from triage.agent import Agent
from triage.errors import TicketError
from triage.policy import Policy
from triage.routing.policy import FairShare, RoutingPolicy
from triage.routing.roster import Roster
from triage.ticket import PastTicket, Ticket

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def past(
    name: str, hours: float, *, takes: float = 1, assignee: str = "ada", values=None, **more
) -> PastTicket:
    filed = MONDAY + hours * HOUR
    ticket = Ticket(name, "VPN", created_at=filed, product=more.pop("product", None), values=values or {})
    return PastTicket(
        ticket,
        {"assignee": assignee} | more.pop("labels", {}),
        assigned_at=filed,
        resolved_at=filed + takes * HOUR,
        **more,
    )


def live(history, agents, way=None, routing: RoutingPolicy | None = None, since=MONDAY):
    policy = Policy(routing=routing or RoutingPolicy())
    roster = Roster(agents, policy=policy.routing)
    return Simulation(history, since, roster, policy, FormRanker(), way or Ours()).run()


def test_a_ticket_waits_until_somebody_comes():
    shift = Agent("ada", shift="Mon-Fri 08:00-16:00")
    evening, morning = live([past("T-1", 9), past("T-2", 24)], [shift])
    assert evening.assigned_at == MONDAY + 23 * HOUR
    assert morning.assigned_at == MONDAY + 24 * HOUR
    assert evening.solved_at - evening.assigned_at == HOUR


def test_a_ticket_waits_until_somebody_has_room_the_graver_first():
    history = [
        past("T-1", 0, takes=4),
        past("T-2", 1, values={"priority": "low"}),
        past("T-3", 2, values={"priority": "urgent"}),
    ]
    one, low, urgent = live(history, [Agent("ada", capacity=1)])
    assert urgent.assigned_at == one.solved_at == MONDAY + 4 * HOUR
    assert low.assigned_at == urgent.solved_at


def test_who_had_tickets_before_keeps_them_until_they_were_solved():
    history = [past("T-0", -2, takes=5), past("T-1", 0)]
    [lived] = live(history, [Agent("ada", capacity=1)])
    assert lived.assigned_at == MONDAY + 3 * HOUR


def test_affinity_learns_from_what_happened_before_and_not_after():
    agents = [Agent("ada"), Agent("bob")]
    history = [past("T-1", -3, assignee="bob", product="vpn"), past("T-2", 0, assignee="ada", product="vpn")]
    assert [one.picked.agent for one in live(history, agents)] == ["bob"]
    history[0] = past("T-1", -3, takes=-1, assignee="bob", product="vpn")
    later = PastTicket(history[0].ticket, {"assignee": "bob"}, assigned_at=MONDAY + HOUR)
    assert [one.picked.agent for one in live([later, history[1]], agents)] == ["ada"]


def test_in_turn_everybody_is_given_the_same():
    agents = [Agent("ada"), Agent("bob"), Agent("gone", active=False), Agent("cy")]
    lived = live([past(f"T-{n:02}", n / 4) for n in range(12)], agents, InTurn())
    assert Counter(one.picked.agent for one in lived) == {"ada": 4, "bob": 4, "cy": 4}


def test_a_fair_share_is_counted_within_its_window():
    agents = [Agent("ada", "Network"), Agent("bob", "Network")]
    history = [past("T-0", -9, product="vpn")]
    history += [past(f"T-{n}", n * 30, product="vpn", values={"team": "Network"}) for n in range(1, 9)]
    lived = live(history, agents, routing=RoutingPolicy(fair_share=FairShare(1.0, 1, 1)), since=MONDAY)
    assert {one.picked.agent for one in lived} == {"ada"}
    lived = live(history, agents, routing=RoutingPolicy(fair_share=FairShare(1.0, 30, 1)), since=MONDAY)
    assert Counter(one.picked.agent for one in lived) == {"ada": 4, "bob": 4}


def test_what_nobody_may_have_finds_nobody():
    [lived] = live([past("T-1", 0, values={"team": "Mail"})], [Agent("ada", "Network")])
    assert (lived.picked, lived.assigned_at) == (None, None)


def test_a_ticket_without_a_time_cannot_be_lived():
    with pytest.raises(TicketError, match="T-1"):
        live([PastTicket(Ticket("T-1"))], [Agent("ada")])


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 100), st.integers(0, 40), st.sampled_from(("vpn", "mail"))), max_size=12
    ),
    st.sampled_from((Ours, InTurn)),
    st.integers(1, 2),
)
def test_nobody_ever_has_more_than_fits_or_is_given_work_while_away(rows, way, capacity):
    away = Absence(MONDAY + 20 * HOUR, MONDAY + 60 * HOUR)
    agents = [
        Agent("ada", capacity=capacity, shift="Mon-Fri 08:00-16:00"),
        Agent("bob", capacity=capacity, absences=(away,)),
    ]
    history = [
        past(f"T-{n:02}", filed, takes=takes, product=product)
        for n, (filed, takes, product) in enumerate(sorted(rows))
    ]
    lived = live(history, agents, way())
    for agent in agents:
        mine = [one for one in lived if one.picked and one.picked.agent == agent.agent]
        for one in mine:
            assert not agent.is_absent(one.assigned_at)
            assert agent.shift is None or (8 <= one.assigned_at.hour < 16 and one.assigned_at.weekday() < 5)
            held = [other for other in mine if other.assigned_at <= one.assigned_at < other.solved_at]
            assert len(held) <= capacity
    assert all(one.assigned_at >= one.past.ticket.created_at for one in lived if one.picked)


def test_a_guarded_ticket_that_nobody_is_given_keeps_no_other_waiting():
    security = past("T-1", 0, values={"priority": "urgent"})
    guarded = PastTicket(
        Ticket("T-1", "Automatic reply: out of office", created_at=security.ticket.created_at),
        security.labels,
        assigned_at=security.assigned_at,
        resolved_at=security.resolved_at,
    )
    lived = live([guarded, past("T-2", 1)], [Agent("ada", shift="Mon-Fri 12:00-16:00")])
    assert lived[1].assigned_at == MONDAY + 3 * HOUR
