import threading
from datetime import timedelta

import pytest

from tests.triage.made_incident import BURST, burst, by_time, ordinary
from training.worker.incident_threshold import learn_watch
from training.worker.incident_tick import IncidentChore
from triage.incident import IncidentState
from triage.incident_watch import DEFAULT_THRESHOLD
from triage.store.incident_verdicts import accept_incident, dismiss_incident
from triage.store.incident_watches import LEASE, read_watch
from triage.store.incidents import list_incidents
from triage.store.outbox import add_endpoint, list_messages
from triage.store.parents import children_of
from triage.store.tickets import put_tickets
from triage.store.workspaces import ensure_workspace
from triage.ticket import PastTicket

HOUR = timedelta(hours=1)


def put(store, tickets):
    put_tickets(store, "acme", [PastTicket(one) for one in tickets], source="x")


@pytest.fixture
def desk(store):
    """A workspace with five weeks of ordinary tickets, looked at until just before a burst."""
    ensure_workspace(store, "acme")
    put(store, [one for one in ordinary() if one.created_at < BURST])
    return store


def test_a_burst_in_the_store_is_raised_once_and_told(desk):
    add_endpoint(desk, "acme", "http://desk.example/hooks", now=BURST)
    chore = IncidentChore(desk)
    assert chore.look(BURST) == 0
    put(desk, burst(8))
    assert chore.look(BURST + HOUR) == 1
    assert chore.look(BURST + HOUR + LEASE) == 0
    (found,) = list_incidents(desk, "acme")
    assert len(found.members) == 8 and "certificate" in found.words
    assert [one.kind for one in list_messages(desk, "acme")] == ["incident.suspected"]


def test_the_past_is_not_raised_at_the_first_look(desk):
    put(desk, burst(12))
    assert IncidentChore(desk).look(BURST + 2 * HOUR) == 0
    assert list_incidents(desk, "acme") == []


def test_another_worker_goes_on_where_one_died_and_nothing_is_raised_twice(desk):
    first = IncidentChore(desk, "one")
    first.look(BURST)
    put(desk, burst(8))
    first.look(BURST + HOUR)
    put(desk, burst(14))
    second = IncidentChore(desk, "two")
    assert second.look(BURST + HOUR + LEASE / 2) == 0
    assert len(list_incidents(desk, "acme")[0].members) == 8
    assert second.look(BURST + 2 * HOUR) == 0
    (found,) = list_incidents(desk, "acme")
    assert len(found.members) == 14
    assert first.look(BURST + 2 * HOUR + LEASE / 2) == 0


def test_a_restart_changes_nothing(desk):
    IncidentChore(desk, "one").look(BURST)
    whole, parts = burst(10), [burst(10)[:4], burst(10)[4:7], burst(10)[7:]]
    for number, part in enumerate(parts):
        put(desk, part)
        IncidentChore(desk, "one").look(whole[-1].created_at + (number + 1) * timedelta(minutes=1))
    (found,) = list_incidents(desk, "acme")
    assert len(found.members) == 10


def test_tickets_that_are_stored_a_little_late_are_seen(desk):
    chore = IncidentChore(desk)
    chore.look(BURST)
    put(desk, burst(10)[5:])
    chore.look(BURST + HOUR)
    put(desk, burst(10)[:5])
    chore.look(BURST + HOUR + LEASE)
    (found,) = list_incidents(desk, "acme")
    assert len(found.members) == 10


def test_a_history_imported_later_becomes_what_is_usual(store):
    ensure_workspace(store, "acme")
    chore = IncidentChore(store)
    chore.look(BURST - HOUR)
    put(store, [one for one in ordinary() if one.created_at < BURST - HOUR])
    chore.look(BURST)
    put(store, burst(8))
    assert chore.look(BURST + HOUR) == 1


def test_an_accepted_incident_takes_its_look_alikes_and_a_dismissed_one_keeps_them_quiet(desk):
    chore = IncidentChore(desk)
    chore.look(BURST)
    put(desk, burst(8))
    chore.look(BURST + HOUR)
    (found,) = list_incidents(desk, "acme")
    parent = accept_incident(desk, "acme", found.incident_id, "dana").parent_id
    put(desk, burst(10))
    chore.look(BURST + 2 * HOUR)
    assert len(children_of(desk, "acme", parent)) == 9
    dismiss_incident(desk, "acme", found.incident_id, "dana")
    put(desk, burst(14))
    assert chore.look(BURST + 3 * HOUR) == 0
    assert [one.state for one in list_incidents(desk, "acme")] == [IncidentState.DISMISSED]


def test_several_workers_at_once_raise_once(desk):
    IncidentChore(desk, "zero").look(BURST)
    put(desk, burst(8))
    raised = []
    workers = [
        threading.Thread(target=lambda name=name: raised.append(IncidentChore(desk, name).look(BURST + HOUR)))
        for name in ("one", "two", "three")
    ]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert sum(raised) == 1 and len(list_incidents(desk, "acme")) == 1


def test_a_training_learns_the_threshold_and_a_short_history_leaves_it(desk):
    tickets = by_time(ordinary(days=120))
    learn_watch(desk, "acme", tickets[:200])
    assert read_watch(desk, "acme") is None
    learn_watch(desk, "acme", tickets)
    watch = read_watch(desk, "acme")
    assert watch.threshold < DEFAULT_THRESHOLD and watch.basis["budget"] == 1.0
