import html
import re
from datetime import UTC, datetime, timedelta

import pytest

from serving.console.agents_page import SHOWN
from serving.console.agents_view import days_away, view_agent, view_agents, view_team
from serving.presence import Presence
from tests.serving.console.conftest import Desk
from tests.serving.desk import decide, people, policy
from tests.serving.house import House
from triage.absence import Absence
from triage.agent import Agent
from triage.errors import InputError
from triage.routing.availability import Availability, availability
from triage.routing.roster import Roster
from triage.store.agents import absence_id, get_agent, put_agents, put_calendar
from triage.store.feedback import feedback_on
from triage.store.tickets import get_ticket, put_tickets
from triage.ticket import PastTicket, Ticket

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def presence(name: str, *, is_there: bool = True, load: float = 1.0, **more) -> Presence:
    agent = Agent(name, **more)
    return Presence(
        agent, is_there, agent.is_absent(NOW), None, None, load, agent.capacity, None, NOW, "Europe/Berlin"
    )


def test_who_is_there_comes_first_and_who_left_last():
    found = [
        presence("gone", active=False, is_there=False),
        presence("off", is_there=False),
        presence("zoe", capacity=2.0),
        presence("ada", capacity=4.0),
    ]
    agents = view_agents(found)
    assert [(one.name, one.state) for one in agents] == [
        ("ada", "there"),
        ("zoe", "there"),
        ("off", "off"),
        ("gone", "gone"),
    ]
    assert (agents[0].filled, agents[0].slots, agents[2].filled, agents[2].slots) == (
        0.25,
        "1 of 4",
        None,
        "1 open",
    )
    team = view_team(agents)
    assert (team.there, team.active, team.load, team.capacity) == (2, 3, 2.0, 6.0)
    assert view_team(view_agents([presence("ada")])).capacity is None


def test_whole_days_are_told_as_days_and_what_is_over_is_not_told():
    days = days_away("2026-03-09", "2026-03-13", "Europe/Berlin")
    assert days == Absence(datetime(2026, 3, 8, 23, tzinfo=UTC), datetime(2026, 3, 13, 23, tzinfo=UTC))
    one = days_away("2026-03-30", "2026-03-30", "Europe/Berlin")
    hours = Absence(NOW, NOW + timedelta(hours=2), "u")
    over = Absence(NOW - timedelta(days=9), NOW - timedelta(days=8))
    shown = view_agent(presence("ada", absences=(one, days, hours, over))).absences
    assert [each.words for each in shown] == [
        "Mon 2 Mar 11:00 – Mon 2 Mar 13:00",
        "Mon 9 Mar – Fri 13 Mar",
        "Mon 30 Mar",
    ]
    assert [(each.is_now, each.is_from_calendar) for each in shown] == [
        (True, True),
        (False, False),
        (False, False),
    ]
    open_end = view_agent(presence("ada", absences=(days_away("2026-03-09", "", "Europe/Berlin"),)))
    assert open_end.absences[0].words == "from Mon 9 Mar until further notice"


@pytest.mark.parametrize(("first", "last"), [("", ""), ("soon", ""), ("2026-03-09", "2026-03-08")])
def test_days_without_sense_are_refused(first: str, last: str):
    with pytest.raises(InputError):
        days_away(first, last, "UTC")


def test_the_page_shows_the_agents_of_a_team_and_says_when_there_is_nobody(house: House, desk: Desk):
    assert "Nobody is known here yet" in desk.get("/console/agents").text
    people(house, ada={"team": "web", "capacity": 4.0}, bob={"team": "desk"})
    page = desk.get("/console/agents").text
    assert "<b>2</b> of 2 are there now" in page and "0 of 4" in page
    only = desk.get("/console/agents?team=desk").text
    assert 'aria-label="bob"' in only and 'aria-label="ada"' not in only


def test_absences_are_added_and_removed_by_form(house: House, desk: Desk):
    people(house)
    row = desk.post("/console/agents/ada/absences", first="2020-01-01").text
    assert "Away" in row and "until further notice" in row and "<html" not in row
    stored = get_agent(house.store, "acme", "ada").absences
    assert stored == (Absence(datetime(2020, 1, 1, tzinfo=UTC), None),)
    wrong = desk.post("/console/agents/ada/absences", first="2026-03-09", last="2026-03-01")
    assert wrong.status_code == 422 and "first day first" in wrong.text
    gone = desk.post(f"/console/agents/ada/absences/{absence_id(stored[0])}/remove", part=False)
    assert (gone.status_code, gone.headers["location"]) == (303, "/console/agents")
    assert get_agent(house.store, "acme", "ada").absences == ()
    assert desk.post("/console/agents/ada/absences/0/remove").status_code == 404
    assert desk.post("/console/agents/nobody/absences", first="2026-03-09").status_code == 404


def test_an_agent_may_look_but_not_change(house: House):
    people(house)
    put_calendar(house.store, "acme", "ada", [Absence(NOW, None, "u1")])
    visitor = Desk(house)
    visitor.sign_in("agent")
    page = visitor.get("/console/agents").text
    assert "from the calendar" in page and "First day away" not in page
    assert visitor.post("/console/agents/ada/absences", first="2026-03-09").status_code == 403


def give(desk: Desk, decision_id: str, agent: str, ticket_id: str = ""):
    return desk.post(f"/console/decisions/{decision_id}/assignee", agent=agent, ticket_id=ticket_id)


def test_a_trial_shows_choices_and_giving_is_only_feedback(house: House, desk: Desk):
    people(house)
    policy(house)
    page = desk.post("/console/decide", subject="vpn").text
    assert "Give it to ada" in page and "0 of 2 slots used." in page
    decision_id = decide(house)["decision_id"]
    said = give(desk, decision_id, "bob")
    assert "this was a trial" in said.text
    (kept,) = feedback_on(house.store, "acme", decision_id)
    assert (kept.field, kept.value) == ("assignee", "bob")
    assert give(desk, decision_id, "nobody").status_code == 404


def test_a_ticket_that_waits_is_given_once(house: House, desk: Desk):
    people(house)
    policy(house)
    put_tickets(
        house.store, "acme", [PastTicket(Ticket("N-1", "vpn", "x", NOW), status="new")], source="jira"
    )
    page = desk.post("/console/examples/N-1").text
    assert 'name="ticket_id" value="N-1"' in page
    decision_id = decide(house)["decision_id"]
    assert "has ticket N-1 now" in give(desk, decision_id, "bob", "N-1").text
    assert get_ticket(house.store, "acme", "N-1").labels["assignee"] == "bob"
    assert "this was a trial" in give(desk, decision_id, "ada", "N-1").text
    assert get_ticket(house.store, "acme", "N-1").labels["assignee"] == "bob"


def test_nobody_to_give_it_to_is_told_with_the_reason(house: House, desk: Desk):
    people(house, ada={"team": "web", "active": False})
    policy(house)
    page = desk.post("/console/decide", subject="vpn").text
    assert "Nobody of web can take it now: 1 deactivated." in page and "Give it to" not in page


def test_many_agents_come_in_pages_and_anybody_is_found(house: House, desk: Desk):
    crowd = [Agent(f"a{number:04}", team=f"team {number % 7}") for number in range(250)]
    put_agents(house.store, "acme", [*crowd, Agent("zoë", team="Mail")])
    first = desk.get("/console/agents").text
    assert first.count('class="agent there"') == SHOWN and "251 in all, by name" in first
    follow = re.search(r'href="([^"]+)" rel="next"', first)
    assert follow is not None
    second = desk.get(html.unescape(follow[1])).text
    assert 'aria-label="a0100"' in second and 'aria-label="a0099"' not in second
    last = desk.get("/console/agents?after=a0199").text
    assert 'aria-label="zoë"' in last and 'rel="next"' not in last and "The first page" in last
    found = desk.get("/console/agents?search=mail+zo%C3%8B").text
    assert found.count("<article") == 1 and 'aria-label="zoë"' in found
    assert "Nobody is called so" in desk.get("/console/agents?search=nobody").text
    of_team = desk.get("/console/agents?team=team+3&search=a0003").text
    assert of_team.count("<article") == 1


def test_nobody_but_the_agents_of_the_page_is_looked_at(
    house: House, desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    shift = "Mon-Fri 09:00-17:00"
    put_agents(house.store, "acme", [Agent(f"a{number:04}", shift=shift) for number in range(250)])
    looked: list[str] = []

    def presence(roster: Roster, agent: Agent, moment: datetime) -> Availability:
        looked.append(agent.agent)
        return availability(agent, moment)

    monkeypatch.setattr(Roster, "presence", presence)
    assert desk.get("/console/agents?after=a0009").status_code == 200
    assert set(looked) == {f"a{number:04}" for number in range(10, 10 + SHOWN)}
