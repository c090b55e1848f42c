import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.triage.routing.desk import MONDAY, TEAMS, situation, situations
from triage.absence import Absence
from triage.agent import Agent
from triage.assignment import Candidate, SureFrom
from triage.decision import Action, FieldDecision
from triage.mode import Mode
from triage.policy import FieldPolicy, Policy
from triage.routing.assign import assign
from triage.routing.policy import FairShare, RoutingPolicy, TeamRouting
from triage.ticket import Ticket

VPN = Ticket("T-1", "VPN is down", values={"team": "Network"})


def team_of(value: str, action: Action = Action.APPLY, reason: str | None = None) -> dict[str, FieldDecision]:
    return {"team": FieldDecision("team", value, 0.9, 0.8, action, reason)}


ADA = Agent("ada", "Network", capacity=8, shift="Mon-Fri 08:00-18:00")
BOB = Agent("bob", "Network", capacity=8, shift="Mon-Fri 08:00-18:00")
CHOICES = [Candidate("ada", 0.6, ("solved 14 similar VPN tickets in 60 days",)), Candidate("bob", 0.2)]


def test_the_best_of_the_team_gets_it_and_the_sentence_says_why():
    done = assign(VPN, CHOICES, situation(ADA, BOB, loads={"ada": 4}))
    assert (done.agent, done.team, done.action, done.reason) == ("ada", "Network", Action.APPLY, None)
    assert done.choices[0].sentence == (
        "solved 14 similar VPN tickets in 60 days, on shift until 18:00, 4 of 8 slots used"
    )
    assert [one.agent for one in done.choices] == ["ada", "bob"]
    assert done.choices[1].sentence == "no such tickets yet, on shift until 18:00, 0 of 8 slots used"


def test_full_hands_count_beside_affinity():
    busy = situation(ADA, BOB, loads={"ada": 7})
    assert assign(VPN, CHOICES, busy).agent == "bob"
    only_affinity = situation(ADA, BOB, loads={"ada": 7}, routing=RoutingPolicy(headroom_weight=0))
    assert assign(VPN, CHOICES, only_affinity).agent == "ada"


def test_a_persons_choice_is_never_overwritten():
    ticket = replace(VPN, values={"team": "Network", "assignee": "zoe"})
    done = assign(ticket, CHOICES, situation(ADA, BOB))
    assert (done.agent, done.action, done.reason) == ("zoe", Action.ABSTAIN, "human_value_present")


@pytest.mark.parametrize(
    ("agent", "why"),
    [
        (replace(ADA, absences=(Absence(MONDAY, MONDAY + timedelta(days=2)),)), "1 absent"),
        (replace(ADA, shift="Tue 08:00-10:00"), "1 off shift; next there Tue 08:00"),
        (replace(ADA, capacity=3), "1 full"),
        (replace(ADA, active=False), "1 deactivated"),
    ],
)
def test_where_nobody_can_take_it_the_team_has_it_and_the_reason_says_why(agent, why):
    done = assign(VPN, CHOICES, situation(agent, Agent("zoe", "Mail"), loads={"ada": 3}))
    assert (done.agent, done.team, done.action) == (None, "Network", Action.ABSTAIN)
    assert done.reason == "no_eligible_agent"
    assert why in done.detail


def test_holidays_are_days_off_but_not_for_a_team_that_works_then():
    holidays = {None: {date(2026, 3, 2)}}
    assert assign(VPN, CHOICES, situation(ADA, holidays=holidays)).agent is None
    works = RoutingPolicy(teams={"Network": TeamRouting(works_holidays=True)})
    assert assign(VPN, CHOICES, situation(ADA, holidays=holidays, routing=works)).agent == "ada"


def test_a_new_agent_is_reached_through_skills():
    routing = RoutingPolicy(skills={"VPN": {"vpn": 2}})
    new = Agent("new", "Network", skills=("vpn",), skill_levels={"vpn": 3})
    learner = Agent("ali", "Network", skills=("vpn",))
    ticket = replace(VPN, values={"team": "Network", "category": "VPN"})
    done = assign(ticket, [], situation(ADA, learner, new, routing=routing))
    assert done.agent == "new"
    assert done.choices[0].sentence == "skilled in vpn (level 3)"


def test_languages_hold_back_only_those_who_are_known_not_to_speak_it():
    ticket = replace(VPN, language="de-AT")
    known = [replace(ADA, languages=("en",)), replace(BOB, languages=("DE",))]
    assert assign(ticket, CHOICES, situation(*known)).agent == "bob"
    assert assign(ticket, CHOICES, situation(ADA, BOB)).agent == "ada"
    off = RoutingPolicy(match_language=False)
    assert assign(ticket, CHOICES, situation(*known, routing=off)).agent == "ada"


def test_urgent_tickets_go_to_seniors_and_then_the_escalation_path():
    routing = RoutingPolicy(
        seniorities=("junior", "senior"),
        least_seniority={"urgent": "senior"},
        teams={"Network": TeamRouting(escalates_to=("Nobodies", "Desk"))},
    )
    junior, senior = replace(ADA, seniority="junior"), replace(BOB, seniority="senior")
    urgent = replace(VPN, values={"team": "Network", "priority": "urgent"})
    assert assign(VPN, CHOICES, situation(junior, senior, routing=routing)).agent == "ada"
    assert assign(urgent, CHOICES, situation(junior, senior, routing=routing)).agent == "bob"
    desk = Agent("dee", "Desk", seniority="senior")
    done = assign(urgent, CHOICES, situation(junior, desk, routing=routing))
    assert (done.agent, done.team) == ("dee", "Desk")
    assert "escalated to Desk" in done.detail
    normal = assign(replace(VPN, language=None), [], situation(desk, routing=routing))
    assert normal.reason == "no_eligible_agent"


def test_above_a_fair_share_another_gets_it_unless_nobody_else_is_there():
    routing = RoutingPolicy(fair_share=FairShare(1.0, 7, 1))
    taken = {"Network": {"ada": 9, "bob": 1}}
    shared = assign(VPN, CHOICES, situation(ADA, BOB, routing=routing, given=taken))
    assert shared.agent == "bob"
    assert shared.detail.endswith("; ada would come first but has had a fair share")
    behind = assign(VPN, [Candidate("bob", 0.6)], situation(ADA, BOB, routing=routing, given=taken))
    assert behind.agent == "bob" and "fair share" not in behind.detail
    away = replace(BOB, shift="Tue 08:00-10:00")
    alone = assign(VPN, CHOICES, situation(ADA, away, routing=routing, given=taken))
    assert alone.agent == "ada" and "above a fair share" in alone.detail


def test_each_team_has_its_own_mode():
    def routed(mode: Mode):
        routing = RoutingPolicy(teams={"Network": TeamRouting(mode=mode)})
        return assign(VPN, CHOICES, situation(ADA, routing=routing))

    assert routed(Mode.OFF) is None
    assert (routed(Mode.SHADOW).action, routed(Mode.SHADOW).reason) == (Action.ABSTAIN, "shadow")
    assert (routed(Mode.SUGGEST).action, routed(Mode.SUGGEST).reason) == (Action.SUGGEST, None)
    assert routed(Mode.APPLY).action is Action.APPLY


def test_without_a_mode_of_its_own_a_team_follows_the_field():
    policy = Policy(fields={"assignee": FieldPolicy(Mode.SUGGEST)})
    assert assign(VPN, CHOICES, situation(ADA, policy=policy)).action is Action.SUGGEST


def test_the_kill_switch_and_guardrails_hold_assignments_back():
    killed = assign(VPN, CHOICES, situation(ADA, policy=Policy(kill_switch=True)))
    assert (killed.agent, killed.reason) == (None, "kill_switch")
    never = Policy(fields={"assignee": FieldPolicy(never_automate=frozenset({"ada"}))})
    assert assign(VPN, CHOICES, situation(ADA, policy=never)).reason == "never_automate"


def test_a_teams_own_kill_switch_holds_for_its_tickets_and_for_those_that_would_escalate_to_it():
    stopped = Policy(stopped_teams=frozenset({"Network"}))
    assert assign(VPN, CHOICES, situation(ADA, policy=stopped)).reason == "kill_switch"
    decided = team_of("Network")
    ticket = Ticket("T-1", "VPN is down")
    assert assign(ticket, CHOICES, situation(ADA, policy=stopped), decided=decided).agent is None
    other = replace(VPN, values={"team": "Servers"})
    assert assign(other, CHOICES, situation(replace(ADA, team="Servers"), policy=stopped)).agent == "ada"
    routing = RoutingPolicy(
        escalated=frozenset({"urgent"}), teams={"Network": TeamRouting(escalates_to=("Core",))}
    )
    core = replace(ADA, team="Core")
    urgent = replace(VPN, values={"team": "Network", "priority": "urgent"})
    assert assign(urgent, CHOICES, situation(core, routing=routing)).agent == "ada"
    policy = Policy(routing=routing, stopped_teams=frozenset({"Core"}))
    done = assign(urgent, CHOICES, situation(core, policy=policy))
    assert (done.agent, done.reason, done.detail) == (None, "kill_switch", "Team Core has stopped automation")


@pytest.mark.parametrize(
    ("action", "reason", "expected"),
    [
        (Action.APPLY, None, ("ada", Action.APPLY, None)),
        (Action.SUGGEST, "low_confidence", ("ada", Action.SUGGEST, "low_confidence")),
        (Action.ABSTAIN, "unfamiliar", (None, Action.ABSTAIN, "unfamiliar")),
        (Action.ABSTAIN, "shadow", ("ada", Action.ABSTAIN, "shadow")),
    ],
)
def test_an_agent_is_not_surer_than_the_team(action, reason, expected):
    ticket = Ticket("T-1", "VPN is down")
    done = assign(ticket, CHOICES, situation(ADA), decided=team_of("Network", action, reason))
    assert (done.agent, done.action, done.reason) == expected


def test_agents_below_the_least_affinity_are_only_suggested():
    done = assign(VPN, CHOICES, situation(ADA, routing=RoutingPolicy(least_affinity=0.7)))
    assert (done.agent, done.action, done.reason) == ("ada", Action.SUGGEST, "low_confidence")
    assert done.threshold == 0.7


@pytest.mark.parametrize(
    ("sure_from", "action", "threshold"),
    [
        (SureFrom(), Action.SUGGEST, None),
        (SureFrom(anybody=0.1), Action.SUGGEST, None),
        (SureFrom(in_team=0.6), Action.APPLY, 0.6),
        (SureFrom(in_team=0.61), Action.SUGGEST, 0.61),
    ],
)
def test_an_agent_is_assigned_from_where_the_promise_is_kept(sure_from, action, threshold):
    done = assign(VPN, CHOICES, situation(ADA, sure_from=sure_from))
    assert (done.agent, done.action, done.threshold) == ("ada", action, threshold)


def test_the_admins_word_goes_before_what_was_learnt_an_agents_own_threshold_first():
    field = FieldPolicy(Mode.APPLY, thresholds={"ada": 0.5})
    policy = Policy(fields={"assignee": field}, routing=RoutingPolicy(least_affinity=0.9))
    stands = situation(ADA, BOB, policy=policy, sure_from=SureFrom(0.99, 0.99))
    assert assign(VPN, CHOICES, stands).action is Action.APPLY
    only_bob = assign(VPN, CHOICES, replace(stands, roster=situation(BOB).roster))
    assert (only_bob.agent, only_bob.action, only_bob.threshold) == ("bob", Action.SUGGEST, 0.9)


def test_until_an_admin_says_more_agents_are_only_suggested():
    done = assign(VPN, CHOICES, situation(ADA, policy=Policy()))
    assert (done.agent, done.action, done.reason) == ("ada", Action.SUGGEST, None)
    assert Policy.from_document({"fields": {"assignee": {}}}).field("assignee").mode is Mode.SUGGEST


tickets = st.builds(
    lambda team, priority, language, category: Ticket(
        "T-1",
        "VPN is down",
        language=language,
        values={
            name: value
            for name, value in (("team", team), ("priority", priority), ("category", category))
            if value is not None
        },
    ),
    st.sampled_from((None, *TEAMS)),
    st.sampled_from((None, "urgent", "normal")),
    st.sampled_from((None, "de", "fr")),
    st.sampled_from((None, "VPN")),
)
candidates = st.lists(
    st.builds(Candidate, st.sampled_from([f"a{n}" for n in range(8)]), st.sampled_from((0.0, 0.2, 0.5))),
    max_size=8,
    unique_by=lambda one: one.agent,
)


@given(tickets, candidates, situations())
def test_nobody_who_cannot_have_it_is_ever_chosen(ticket, candidates, stands):
    done = assign(ticket, candidates, stands)
    routing = stands.policy.routing
    urgent = ticket.values.get("priority") == "urgent"
    effort = routing.effort["urgent"] if urgent else 1.0
    team = ticket.values.get("team")
    allowed = {team, *(routing.team(team).escalates_to if urgent else ())}
    assert done.agent in (None, *(one.agent for one in done.choices))
    for choice in done.choices:
        agent = stands.roster.agents[choice.agent]
        assert agent.active
        assert not any(one.starts_at <= stands.now < one.ends_at for one in agent.absences)
        assert on_shift(agent, stands.now)
        capacity = routing.default_capacity if agent.capacity is None else agent.capacity
        assert capacity is None or stands.load(agent.agent) + effort <= capacity
        assert team is None or choice.team in allowed
        assert choice.team is None or choice.team in (agent.team, *agent.teams)
        if ticket.values.get("category") == "VPN":
            assert all(agent.level(skill) >= level for skill, level in routing.skills["VPN"].items())
        if urgent and routing.least_seniority:
            assert agent.seniority in ("senior", "lead")


def on_shift(agent: Agent, now) -> bool:
    """Say it another way than the code under test: by the wall clock, for the shifts of desk.py."""
    from zoneinfo import ZoneInfo

    local = now.astimezone(ZoneInfo(agent.zone or "UTC"))
    return {
        None: True,
        "Mon-Fri 08:00-16:00": local.weekday() < 5 and 8 <= local.hour < 16,
        "Sat-Sun 08:00-16:00": local.weekday() > 4 and 8 <= local.hour < 16,
        "Mon 22:00-06:00": (local.weekday() == 0 and local.hour >= 22)
        or (local.weekday() == 1 and local.hour < 6),
    }[agent.shift]


@given(tickets, candidates, situations(), st.randoms(use_true_random=False))
def test_ties_are_broken_the_same_way_whatever_the_order(ticket, candidates, stands, shuffler: random.Random):
    people, others = list(stands.roster.agents.values()), list(candidates)
    shuffler.shuffle(people)
    shuffler.shuffle(others)
    again = situation(*people, policy=stands.policy, loads=stands.loads, given=stands.given, now=stands.now)
    assert assign(ticket, others, again) == assign(ticket, candidates, stands)
