from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.training.replay.fixed_model import PEOPLE, FixedModel
from tests.triage.routing.desk import MONDAY, agents
from training.replay.desk import TrainedDesk
from training.replay.floor import ReplayFloor
from training.replay.timeline import Timeline
from triage.agent import Agent
from triage.decision import Decision
from triage.mode import Mode
from triage.policy import FieldPolicy, Policy
from triage.routing.availability import availability
from triage.routing.policy import RoutingPolicy, TeamRouting
from triage.ticket import PastTicket, Ticket

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
APPLYING = {"assignee": FieldPolicy(Mode.APPLY)}


def replayed(
    *rows: Agent,
    history: tuple[PastTicket, ...] = (),
    ticket: Ticket | None = None,
    routing: RoutingPolicy | None = None,
) -> Decision:
    policy = Policy(fields=APPLYING, routing=routing or RoutingPolicy())
    asked = ticket or Ticket("T-1", "printer jam", created_at=NOW)
    timeline = Timeline(history, rooms=True)
    floor = ReplayFloor(rows, policy)
    desk = TrainedDesk(FixedModel(), "v1", 0.0, policy, floor=floor)
    for event in timeline.news(0, timeline.place(asked.created_at.timestamp())):
        desk.learn(event)
    return desk.decide([asked])[0]


def said(*rows: Agent, **more) -> dict[str, float]:
    return dict(replayed(*rows, **more).fields["assignee"].top)


def away(name: str, first: float, last: float | None = None) -> Agent:
    until = None if last is None else NOW + timedelta(hours=last)
    return Agent(name, absent_from=NOW + timedelta(hours=first), absent_to=until)


def had(number: int, agent: str, since: float, until: float | None, priority: str = "normal") -> PastTicket:
    """A ticket that was an agent's from and to so many hours after now."""
    return PastTicket(
        Ticket(f"P-{number}", "printer jam", created_at=NOW + timedelta(hours=since - 1)),
        {"assignee": agent, "priority": priority},
        assigned_at=NOW + timedelta(hours=since),
        resolved_at=None if until is None else NOW + timedelta(hours=until),
    )


def test_the_absent_are_not_proposed_and_the_others_share_their_chances():
    assert said(away("ada", -1), Agent("bob")) == pytest.approx({"bob": 0.6, "eve": 0.4})
    one = replayed(away("ada", -1), Agent("bob")).fields["assignee"]
    assert (one.value, one.action.value, one.threshold) == ("bob", "apply", 0.5)


@pytest.mark.parametrize("agent", [away("ada", 1), away("ada", -9, 0), Agent("ada"), away("zoe", -1)])
def test_who_is_there_at_filing_or_not_proposed_anyway_changes_nothing(agent):
    assert said(agent) == {"ada": 0.5, "bob": 0.3, "eve": 0.2}


def test_two_rows_of_an_agent_are_two_absences():
    assert next(iter(said(away("ada", -99, -98), away("ada", -1, 1)))) == "bob"


def test_who_does_not_work_at_that_hour_is_not_proposed():
    assert "ada" not in said(Agent("ada", shift="Mon-Fri 10:00-18:00"))
    assert "ada" in said(Agent("ada", shift="Mon-Fri 08:00-18:00"))


def test_a_ticket_takes_room_from_its_assignment_until_it_is_solved():
    full = Agent("ada", capacity=2.0)
    open_ones = (had(1, "ada", -5, 1), had(2, "ada", -4, 2))
    assert "ada" not in said(full, history=open_ones)
    assert "ada" in said(full, history=(had(1, "ada", -5, 1), had(2, "ada", -4, -1)))
    assert "ada" in said(full, history=(had(1, "ada", -5, 1), had(2, "ada", 1, 3)))
    # One whose end nobody told may have ended long ago.
    assert "ada" in said(full, history=(had(1, "ada", -5, 1), had(2, "ada", -4, None)))


def test_a_grave_ticket_takes_the_room_that_the_policy_says():
    full = Agent("ada", capacity=2.0)
    urgent = (had(1, "ada", -5, 1, "urgent"),)
    assert "ada" not in said(full, history=urgent, routing=RoutingPolicy(effort={"urgent": 2.0}))
    assert "ada" in said(full, history=urgent)


def test_a_ticket_stays_in_its_team_unless_it_is_escalated():
    rows = (Agent("ada", "Mail"), Agent("bob", "Network", shift="Sat 08:00-16:00"), Agent("eve", "Desk"))
    ticket = Ticket("T-1", "printer jam", created_at=NOW, values={"team": "Network", "priority": "urgent"})
    one = replayed(*rows, ticket=ticket).fields["assignee"]
    assert (one.value, one.action.value, one.reason) == (None, "abstain", "no_eligible_agent")
    assert (one.confidence, one.top) == (None, ())
    path = RoutingPolicy(teams={"Network": TeamRouting(escalates_to=("Desk",))})
    assert said(*rows, ticket=ticket, routing=path) == {"eve": 1.0}


def test_an_agent_of_no_team_is_asked_whatever_the_team():
    ticket = Ticket("T-1", "printer jam", created_at=NOW, values={"team": "Network"})
    assert set(said(Agent("ada"), Agent("bob", "Mail"), ticket=ticket)) == {"ada", "eve"}


def test_a_persons_word_and_a_kill_switch_go_before_nobody():
    rows = [away(name, -1) for name in PEOPLE]
    chosen = Ticket("T-1", "printer jam", created_at=NOW, values={"assignee": "zoe"})
    assert replayed(*rows, ticket=chosen).fields["assignee"].reason == "human_value_present"
    assert replayed(*rows).fields["assignee"].reason == "no_eligible_agent"


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.tuples(*(agents(name) for name in PEOPLE)),
    st.lists(st.tuples(st.sampled_from(PEOPLE), st.integers(-9, 30), st.integers(1, 30)), max_size=9),
    st.sampled_from((None, "Mail", "Network", "Desk")),
    st.integers(-30, 30),
)
def test_nobody_is_proposed_who_could_not_have_had_the_ticket(rows, tickets, team, hours):
    filed = MONDAY + timedelta(hours=hours)
    history = tuple(had(n, who, since, since + hours) for n, (who, since, hours) in enumerate(tickets))
    asked = Ticket("T-1", "printer jam", created_at=filed, values={"team": team} if team else {})
    one = replayed(*rows, history=history, ticket=asked).fields["assignee"]
    loads = {
        name: sum(
            past.labels["assignee"] == name and past.assigned_at < filed <= past.resolved_at
            for past in history
        )
        for name in PEOPLE
    }

    def could(agent: Agent) -> bool:
        presence = availability(agent, filed, zone="UTC")
        return (
            agent.active
            and (team is None or not agent.all_teams or agent.is_in(team))
            and presence.is_there
            and not agent.is_absent(filed)
            and (agent.capacity is None or loads[agent.agent] + 1 <= agent.capacity)
        )

    able = {agent.agent for agent in rows if could(agent)}
    assert set(dict(one.top)) == able
    assert one.value in able if able else (one.value, one.reason) == (None, "no_eligible_agent")
