from dataclasses import replace
from datetime import timedelta

import pytest

from tests.triage.made_incident import BURST, burst, incident
from triage.errors import ConflictError, InputError, NotFoundError
from triage.incident import IncidentState, Member
from triage.store.incident_verdicts import accept_incident, dismiss_incident
from triage.store.incident_watches import LEASE, end_look, read_watch, set_threshold, take_watch
from triage.store.incidents import (
    accepted_tickets,
    get_incident,
    list_incidents,
    save_incidents,
    watched_incidents,
)
from triage.store.outbox import add_endpoint, list_messages
from triage.store.parents import (
    LinkKind,
    children_of,
    list_parent_links,
    parent_of,
    remove_parent,
    set_parent,
)
from triage.store.tickets import put_tickets
from triage.ticket import PastTicket

NOW = BURST + timedelta(hours=1)


@pytest.fixture
def desk(store):
    """A workspace with six look-alikes, three of them in an incident, and a receiver."""
    put_tickets(store, "acme", [PastTicket(one) for one in burst(6)], source="x")
    add_endpoint(store, "acme", "http://desk.example/hooks", now=BURST)
    save_incidents(store, "acme", [incident()], now=NOW)
    return store


def names(links):
    return [one.ticket_id for one in links]


def ticket(number: int) -> str:
    return burst(6)[number].ticket_id


def test_an_incident_comes_back_as_it_was_kept(desk):
    assert get_incident(desk, "acme", "inc-1") == incident()
    assert list_incidents(desk, "acme") == [incident()]
    assert list_incidents(desk, "acme", state=IncidentState.ACCEPTED) == []
    assert list_incidents(desk, "other") == []
    with pytest.raises(NotFoundError):
        get_incident(desk, "other", "inc-1")


def test_saving_again_adds_tickets_tells_nobody_and_leaves_what_people_said(desk):
    dismiss_incident(desk, "acme", "inc-1", "dana", now=NOW)
    told = len(list_messages(desk, "acme"))
    grown = replace(incident(count=5), surprise=12.0)
    for _ in range(2):
        save_incidents(desk, "acme", [grown], now=NOW)
    stands = get_incident(desk, "acme", "inc-1")
    assert (len(stands.members), stands.surprise, stands.state) == (5, 12.0, IncidentState.DISMISSED)
    assert len(list_messages(desk, "acme")) == told


def test_a_new_incident_and_each_verdict_go_to_receivers_once(desk):
    accept_incident(desk, "acme", "inc-1", "dana", now=NOW)
    accept_incident(desk, "acme", "inc-1", "dana", now=NOW + LEASE)
    kinds = [one.kind for one in list_messages(desk, "acme")]
    assert sorted(kinds) == ["incident.accepted", "incident.suspected"]
    body = next(one.body for one in list_messages(desk, "acme") if one.kind == "incident.suspected")
    assert body["data"]["words"] == ["certificates", "vpn"] and len(body["data"]["tickets"]) == 3


def test_accepting_links_tickets_to_the_first_one_again_changes_nothing(desk):
    first = accept_incident(desk, "acme", "inc-1", "dana", now=NOW)
    again = accept_incident(desk, "acme", "inc-1", "bob", now=NOW + LEASE)
    assert first == again and (again.parent_id, again.judged_by) == (ticket(0), "dana")
    assert names(children_of(desk, "acme", ticket(0))) == [ticket(1), ticket(2)]
    assert parent_of(desk, "acme", ticket(1)).incident_id == "inc-1"
    assert accepted_tickets(desk, "acme") == {ticket(0), ticket(1), ticket(2)}
    with pytest.raises(ConflictError, match="was accepted with"):
        accept_incident(desk, "acme", "inc-1", "bob", parent_id=ticket(5))


def test_tickets_that_join_an_accepted_incident_become_children(desk):
    accept_incident(desk, "acme", "inc-1", "dana", parent_id=ticket(5), now=NOW)
    save_incidents(desk, "acme", [incident(count=4)], now=NOW)
    assert names(children_of(desk, "acme", ticket(5))) == [ticket(0), ticket(1), ticket(2), ticket(3)]


def test_tickets_with_a_parent_of_their_own_stay(desk):
    set_parent(desk, "acme", ticket(2), ticket(4), "dana")
    accept_incident(desk, "acme", "inc-1", "dana", now=NOW)
    assert parent_of(desk, "acme", ticket(2)).parent_id == ticket(4)
    assert names(children_of(desk, "acme", ticket(0))) == [ticket(1)]


def test_the_first_ticket_that_is_nobodys_child_is_the_parent(desk):
    set_parent(desk, "acme", ticket(0), ticket(4), "dana")
    assert accept_incident(desk, "acme", "inc-1", "dana").parent_id == ticket(1)


def test_a_parent_must_be_stored_and_nobodys_child(desk):
    set_parent(desk, "acme", ticket(3), ticket(4), "dana")
    with pytest.raises(NotFoundError):
        accept_incident(desk, "acme", "inc-1", "dana", parent_id="nowhere")
    with pytest.raises(ConflictError, match="itself a child"):
        accept_incident(desk, "acme", "inc-1", "dana", parent_id=ticket(3))
    assert get_incident(desk, "acme", "inc-1").state is IncidentState.SUSPECTED


def test_dismissing_unlinks_and_can_be_taken_back(desk):
    accept_incident(desk, "acme", "inc-1", "dana", now=NOW)
    assert dismiss_incident(desk, "acme", "inc-1", "dana", now=NOW).parent_id is None
    assert children_of(desk, "acme", ticket(0)) == [] and accepted_tickets(desk, "acme") == set()
    accept_incident(desk, "acme", "inc-1", "dana", now=NOW + LEASE)
    assert len(children_of(desk, "acme", ticket(0))) == 2


def test_there_are_no_chains_of_parents(desk):
    made = set_parent(desk, "acme", ticket(1), ticket(0), "dana", now=NOW)
    assert set_parent(desk, "acme", ticket(1), ticket(0), "bob") == made
    assert names(list_parent_links(desk, "acme", LinkKind.DUPLICATE)) == [ticket(1)]
    with pytest.raises(ConflictError):
        set_parent(desk, "acme", ticket(1), ticket(2), "dana")
    with pytest.raises(ConflictError):
        set_parent(desk, "acme", ticket(2), ticket(1), "dana")
    with pytest.raises(ConflictError):
        set_parent(desk, "acme", ticket(0), ticket(2), "dana")
    with pytest.raises(InputError):
        set_parent(desk, "acme", ticket(2), ticket(2), "dana")
    with pytest.raises(NotFoundError):
        set_parent(desk, "other", ticket(2), ticket(0), "dana")
    assert remove_parent(desk, "acme", ticket(1)) and not remove_parent(desk, "acme", ticket(1))


def test_incidents_that_got_no_ticket_lately_are_not_watched(desk):
    assert watched_incidents(desk, "acme", BURST) == [incident()]
    assert watched_incidents(desk, "acme", NOW) == []


def test_a_large_incident_is_kept_whole(store):
    many = tuple(Member(f"T-{number:04}", BURST) for number in range(1_200))
    save_incidents(store, "acme", [replace(incident(), members=many)], now=NOW)
    assert len(get_incident(store, "acme", "inc-1").members) == 1_200


def test_one_process_watches_at_a_time(store):
    first = take_watch(store, "acme", "one", threshold=4.5, now=NOW)
    assert (first.looked_at, first.threshold) == (NOW, 4.5)
    assert take_watch(store, "acme", "two", threshold=4.5, now=NOW + LEASE / 2) is None
    assert take_watch(store, "acme", "one", threshold=4.5, now=NOW + LEASE / 2) is not None
    second = take_watch(store, "acme", "two", threshold=4.5, now=NOW + 2 * LEASE)
    assert second.looked_at == NOW
    assert not end_look(store, first, now=NOW + 2 * LEASE)
    assert end_look(store, second, now=NOW + 2 * LEASE)
    assert read_watch(store, "acme").looked_at == NOW + 2 * LEASE


def test_a_threshold_is_kept_before_and_after_the_first_look(store):
    set_threshold(store, "acme", 6.5, {"days": 100}, now=NOW)
    assert take_watch(store, "acme", "one", threshold=4.5, now=NOW).threshold == 6.5
    set_threshold(store, "acme", 7.5, {"days": 200}, now=NOW)
    assert (read_watch(store, "acme").threshold, read_watch(store, "acme").basis) == (7.5, {"days": 200})
