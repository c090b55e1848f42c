"""Promises minded by the worker, from tickets in the store to messages that a receiver has verified."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import httpx
import pytest

from tests.triage.sla.made import BOOK, HOUR, MONDAY, past
from training.worker.deliver import allowed_hosts, check_url, deliver_messages
from training.worker.sla_tick import raise_due_events
from triage.errors import ConfigurationError
from triage.sla.book import SlaBook
from triage.sla.clock import Pause
from triage.store.outbox import add_endpoint, list_endpoints, list_messages, replay_message
from triage.store.progress import set_status
from triage.store.sla_books import read_book, write_book
from triage.store.sla_events import list_notices
from triage.store.sla_pauses import list_pauses
from triage.store.tickets import iter_open_tickets, put_tickets
from triage.webhook_signature import endpoint_secret

KEY = b"k" * 32
HOSTS = frozenset({"desk.example"})
URL = "http://desk.example/hooks"


class Receiver:
    """Verifies and keeps what it gets; answers as told."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.got = []

    def __call__(self, request):
        self.got.append(request)
        answer = self.answers.pop(0) if self.answers else 204
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer)

    def deliver(self, store, now):
        client = httpx.Client(transport=httpx.MockTransport(self), follow_redirects=False)
        return deliver_messages(store, client, KEY, hosts=HOSTS, now=lambda: now, jitter=lambda: 0.0)


@pytest.fixture
def desk(store):
    """A workspace with promises in force, a ticket filed on Monday, and a receiver."""
    write_book(store, "acme", BOOK, "dana", now=MONDAY)
    put_tickets(store, "acme", [past()], source="x", updated_at=MONDAY)
    add_endpoint(store, "acme", URL, now=MONDAY)
    return store


def test_a_reminder_goes_from_the_ticket_to_the_receiver_once(desk):
    now = MONDAY + 0.5 * HOUR
    assert raise_due_events(desk, now=now) == 1
    assert raise_due_events(desk, now=now) == 0
    receiver = Receiver()
    assert receiver.deliver(desk, now) == 1
    assert receiver.deliver(desk, now + HOUR) == 0
    (request,) = receiver.got
    secret = endpoint_secret(KEY, list_endpoints(desk, "acme")[0].endpoint_id)
    signed = (
        f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode() + request.content
    )
    raw = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(raw, signed, hashlib.sha256).digest()).decode()
    assert request.headers["webhook-signature"] == f"v1,{expected}"
    body = json.loads(request.content)
    assert body["type"] == "sla.reminder"
    assert (body["data"]["ticket_id"], body["data"]["recipient"]) == ("T-1", "ada")
    assert b"VPN" not in request.content
    assert [one.event.kind.value for one in list_notices(desk, "acme")] == ["reminder"]


def test_a_receiver_that_is_down_for_an_hour_gets_everything_in_the_end(desk):
    down = [500, httpx.ConnectError("down"), 503, 302]
    receiver, now = Receiver(*down), MONDAY + 0.5 * HOUR
    raise_due_events(desk, now=now)
    for minute in range(0, 60 * 3, 5):
        receiver.deliver(desk, now + timedelta(minutes=minute))
    (message,) = list_messages(desk, "acme")
    assert message.delivered_at is not None
    assert len({one.headers["webhook-id"] for one in receiver.got}) == 1
    assert len(receiver.got) == len(down) + 1


def test_a_message_is_given_up_after_days_and_can_be_sent_again(desk):
    receiver, now = Receiver(*[500] * 11), MONDAY + 0.5 * HOUR
    raise_due_events(desk, now=now)
    for hour in range(0, 24 * 5):
        receiver.deliver(desk, now + hour * HOUR)
    (message,) = list_messages(desk, "acme")
    assert (message.problem, message.next_attempt_at, len(receiver.got)) == ("500", None, 11)
    assert message.given_up_at > now + timedelta(days=3)
    replay_message(desk, "acme", message.message_id, now=now)
    assert receiver.deliver(desk, now) == 1


def test_a_receiver_that_is_gone_gets_nothing_more(desk):
    receiver, now = Receiver(410), MONDAY + 0.5 * HOUR
    raise_due_events(desk, now=now)
    receiver.deliver(desk, now)
    assert list_endpoints(desk, "acme", only_enabled=True) == []
    raise_due_events(desk, now=now + HOUR)
    assert receiver.deliver(desk, now + HOUR) == 0
    assert len(receiver.got) == 1


def test_a_host_that_was_taken_off_the_list_is_not_called(desk):
    raise_due_events(desk, now=MONDAY + 0.5 * HOUR)
    client = httpx.Client(transport=httpx.MockTransport(Receiver()))
    now = MONDAY + 0.5 * HOUR
    assert deliver_messages(desk, client, KEY, hosts=frozenset(), now=lambda: now) == 0
    assert "TRIAGE_WEBHOOK_HOSTS" in list_messages(desk, "acme")[0].problem


def test_a_status_told_while_the_worker_looks_is_not_undone(desk, monkeypatch: pytest.MonkeyPatch):
    (stale,) = list(iter_open_tickets(desk, "acme", changed_since=MONDAY))

    def read_before_it_was_told(*_, **__):
        return iter([stale])

    monkeypatch.setattr("training.worker.sla_tick.iter_open_tickets", read_before_it_was_told)
    set_status(desk, "acme", "T-1", "pending", at=MONDAY + HOUR)
    raise_due_events(desk, now=MONDAY + 2 * HOUR)
    monkeypatch.undo()
    raise_due_events(desk, now=MONDAY + 3 * HOUR)
    assert list_pauses(desk, "acme", ["T-1"])["T-1"] == [Pause(MONDAY + HOUR)]


def test_a_state_of_waiting_pauses_the_solution(desk):
    waiting = past(status="Pending", first_response_at=MONDAY + 0.1 * HOUR)
    put_tickets(desk, "acme", [waiting], source="x", updated_at=MONDAY + HOUR)
    assert raise_due_events(desk, now=MONDAY + 6 * HOUR) == 0
    back = past(status="open", first_response_at=MONDAY + 0.1 * HOUR)
    put_tickets(desk, "acme", [back], source="x", updated_at=MONDAY + 7 * HOUR)
    assert raise_due_events(desk, now=MONDAY + 7.5 * HOUR) == 0
    (pause,) = list_pauses(desk, "acme", ["T-1"])["T-1"]
    assert (pause.started_at, pause.ended_at) == (MONDAY + HOUR, MONDAY + 7 * HOUR)
    assert raise_due_events(desk, now=MONDAY + 25 * HOUR) == 1


def test_what_fell_due_before_there_were_promises_is_told_to_nobody(store):
    put_tickets(store, "acme", [past()], source="x", updated_at=MONDAY)
    write_book(store, "acme", BOOK, "dana", now=MONDAY + 40 * HOUR)
    assert raise_due_events(store, now=MONDAY + 41 * HOUR) == 0


def test_a_changed_book_tells_only_what_falls_due_after_the_change(desk):
    document = BOOK.to_document()
    document["policies"][0] |= {"response": "15m", "resolution": "2h"}
    stricter = SlaBook.from_document(document)
    changed_at = MONDAY + 0.4 * HOUR
    write_book(desk, "acme", stricter, "dana", now=changed_at)
    assert raise_due_events(desk, now=changed_at) == 0
    assert raise_due_events(desk, now=MONDAY + HOUR) == 1
    (notice,) = list_notices(desk, "acme")
    assert (notice.event.kind.value, notice.event.target.value) == ("reminder", "resolution")


def test_holidays_written_down_by_the_worker_hush_nothing(desk):
    stands = read_book(desk, "acme")
    write_book(desk, "acme", stands.book, "dana", now=MONDAY + 0.9 * HOUR)
    other = SlaBook.from_document(BOOK.to_document() | {"done_statuses": ["gone"]})
    write_book(desk, "acme", other, "worker", is_upkeep=True, now=MONDAY + 0.9 * HOUR)
    assert raise_due_events(desk, now=MONDAY + HOUR) == 2


@pytest.mark.parametrize(
    "url", ["ftp://desk.example/", "http://", "http://other.example/", "http://user:word@desk.example/"]
)
def test_addresses_that_messages_may_not_go_to_are_refused(url):
    with pytest.raises(ConfigurationError):
        check_url(url, HOSTS)


def test_the_list_of_hosts_is_empty_by_default():
    assert allowed_hosts({}) == frozenset()
    assert allowed_hosts({"TRIAGE_WEBHOOK_HOSTS": " Desk.Example, hooks "}) == {"desk.example", "hooks"}
    check_url(URL, HOSTS)
