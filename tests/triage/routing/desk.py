"""Agents and situations for tests, drawn at random or made by hand."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from triage.absence import Absence
from triage.agent import Agent
from triage.assignment import SureFrom
from triage.mode import Mode
from triage.policy import FieldPolicy, Policy
from triage.routing.policy import FairShare, RoutingPolicy, TeamRouting
from triage.routing.roster import Roster
from triage.routing.situation import Situation

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
TEAMS = ("Mail", "Network", "Desk")
SENIORITIES = ("junior", "senior", "lead")


def situation(*agents: Agent, routing: RoutingPolicy | None = None, **more: Any) -> Situation:
    """Make a situation in which assigning is switched on, whoever is sure of whom."""
    policy = more.pop("policy", None) or Policy(
        fields={"assignee": FieldPolicy(Mode.APPLY)}, routing=routing or RoutingPolicy()
    )
    more.setdefault("sure_from", SureFrom(0.0, 0.0))
    now = more.pop("now", MONDAY)
    roster = Roster(agents, holidays=more.pop("holidays", None), policy=policy.routing)
    return Situation(now, roster, policy, **more)


@st.composite
def agents(draw: st.DrawFn, name: str) -> Agent:
    start = MONDAY + timedelta(hours=draw(st.integers(-48, 48)))
    absence = Absence(start, start + timedelta(hours=draw(st.integers(1, 72))))
    return Agent(
        name,
        team=draw(st.sampled_from((None, *TEAMS))),
        teams=tuple(draw(st.lists(st.sampled_from(TEAMS), max_size=2, unique=True))),
        skills=tuple(draw(st.lists(st.sampled_from(("vpn", "dns")), unique=True))),
        skill_levels=draw(st.dictionaries(st.just("vpn"), st.integers(1, 3))),
        capacity=draw(st.sampled_from((None, 0.0, 1.0, 3.0, 8.0))),
        shift=draw(st.sampled_from((None, "Mon-Fri 08:00-16:00", "Sat-Sun 08:00-16:00", "Mon 22:00-06:00"))),
        zone=draw(st.sampled_from((None, "Asia/Tokyo", "America/New_York"))),
        languages=tuple(draw(st.lists(st.sampled_from(("de", "en")), unique=True))),
        seniority=draw(st.sampled_from((None, *SENIORITIES))),
        active=draw(st.booleans()) or draw(st.booleans()),
        absences=(absence,) if draw(st.booleans()) else (),
    )


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    count = draw(st.integers(0, 6))
    people = [draw(agents(f"a{number}")) for number in range(count)]
    routing = RoutingPolicy(
        skills={"VPN": draw(st.dictionaries(st.sampled_from(("vpn", "dns")), st.integers(1, 3)))},
        effort={"urgent": draw(st.sampled_from((1.0, 2.0, 0.5)))},
        default_capacity=draw(st.sampled_from((None, 2.0))),
        seniorities=SENIORITIES,
        least_seniority=draw(st.sampled_from(({}, {"urgent": "senior"}))),
        headroom_weight=draw(st.sampled_from((0.0, 0.5, 2.0))),
        fair_share=draw(st.sampled_from((None, FairShare(1.0, 7, 1), FairShare()))),
        teams={"Mail": TeamRouting(escalates_to=("Desk", "Network"))},
    )
    names = [one.agent for one in people]
    loads = {name: float(draw(st.integers(0, 8))) for name in names}
    given = {team: {name: draw(st.integers(0, 12)) for name in names} for team in TEAMS}
    now = MONDAY + timedelta(hours=draw(st.integers(-30, 30)))
    return situation(*people, routing=routing, loads=loads, given=given, now=now)
