from dataclasses import replace
from datetime import timedelta

import pytest

from tests.serving.console.conftest import Desk
from tests.triage.made_incident import BURST, burst, incident
from triage.incident import IncidentState, Member
from triage.store.incidents import get_incident, save_incidents
from triage.store.parents import children_of
from triage.store.tickets import put_tickets
from triage.ticket import PastTicket

CARD = "/console/incidents/inc-1"


@pytest.fixture
def watched(desk: Desk) -> Desk:
    put_tickets(desk.house.store, "acme", [PastTicket(one) for one in burst(8)], source="x")
    save_incidents(desk.house.store, "acme", [incident(count=8)], now=BURST)
    return desk


def test_without_incidents_the_page_says_what_it_waits_for(desk: Desk):
    page = desk.get("/console/incidents").text
    assert "Nothing out of the ordinary" in page and "Nobody has looked" in page


def test_a_card_shows_words_growth_tickets_and_what_can_be_done(watched: Desk):
    page = watched.get("/console/incidents").text
    assert "certificates, vpn" in page and "8 tickets since" in page
    assert "12 people used “certificates” within 3 hours; usually hardly anybody does" in page
    assert page.count("VPN certificate expired") == 5 and "All 8" in page
    assert page.count("<title>") == 2 and "at most 8" in page
    assert "link its tickets" in page and "It is none" in page
    assert f"would become children of {burst(1)[0].ticket_id}" in page


def test_accepting_and_dismissing_change_the_card_in_place(watched: Desk):
    store, first = watched.house.store, burst(1)[0].ticket_id
    part = watched.post(f"{CARD}/accept").text
    assert "<html" not in part and "Accepted by admin@acme" in part and f"children of {first}" in part
    assert len(children_of(store, "acme", first)) == 7
    part = watched.post(f"{CARD}/dismiss").text
    assert "Dismissed by" in part and get_incident(store, "acme", "inc-1").state is IncidentState.DISMISSED
    assert watched.post(f"{CARD}/accept", part=False).status_code == 303


def test_the_list_can_be_narrowed(watched: Desk):
    assert "None of these" in watched.get("/console/incidents?state=accepted").text
    assert "certificates" in watched.get("/console/incidents?state=suspected").text
    assert watched.get("/console/incidents?state=").status_code == 200


def test_who_may_not_judge_sees_no_button(watched: Desk):
    watched.sign_in("auditor")
    page = watched.get("/console/incidents").text
    assert "certificates, vpn" in page and "It is none" not in page
    assert watched.post(f"{CARD}/accept").status_code == 403


def test_a_long_incident_is_drawn_by_longer_steps(desk: Desk):
    late = burst(1, BURST + timedelta(days=30))[0]
    one = incident(count=2)
    grown = replace(one, members=(*one.members, Member(late.ticket_id, late.created_at)))
    put_tickets(desk.house.store, "acme", [PastTicket(late)], source="x")
    save_incidents(desk.house.store, "acme", [grown], now=BURST)
    assert "Tickets by the day" in desk.get("/console/incidents").text
