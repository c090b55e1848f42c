"""What lies encrypted in which extent, bound to its row; the envelope is test_sealing.py's."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, text

from tests.triage.store.filled import fill
from triage.encryption_keys import VARIABLE
from triage.erasure import ErasureKeys
from triage.errors import ConfigurationError, SealError
from triage.helping.reply import Reply
from triage.sealing import looks_sealed
from triage.store import Store, open_store
from triage.store.erase import erase
from triage.store.every_table import metadata
from triage.store.help_facts import solved_cases
from triage.store.idempotency import Reply as Answer
from triage.store.idempotency import earlier_reply, run_once
from triage.store.knowledge_reports import put_gaps, read_gaps
from triage.store.open_tickets import held_tickets
from triage.store.outbox import add_endpoint, claim_messages, list_endpoints, put_messages
from triage.store.replies import put_replies, replies_of
from triage.store.scope import Across
from triage.store.sealer import SEALED, Sealer
from triage.store.tickets import get_ticket, iter_open_tickets, iter_past_tickets, put_ticket
from triage.store.work import close_ticket
from triage.ticket import PastTicket, Ticket

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
SECRET = "canary-5f1d"
URL = f"https://hooks.example.org/{SECRET}"
FULL = PastTicket(
    Ticket(
        "T-1",
        f"{SECRET} subject",
        f"{SECRET} body é",
        NOW,
        requester=f"Ada-{SECRET}",
        organization=f"{SECRET} Ltd",
        custom={"room": SECRET},
    ),
    resolution=f"{SECRET} solved it",
)
KEYS = ErasureKeys(b"k" * 32)


@pytest.fixture
def texts(store_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A store in which texts are encrypted, too."""
    monkeypatch.setenv("TRIAGE_ENCRYPT", "texts")
    opened = open_store(store_url)
    yield opened
    opened.close()


def all_there_is(store: Store) -> str:
    """Every value of every table, as it lies there."""
    with store.reading(Across.OPERATOR) as connection:
        return repr([connection.execute(select(table)).all() for table in metadata.sorted_tables])


def put_everything(store: Store) -> None:
    put_ticket(store, "acme", FULL, source="test")
    put_replies(store, "acme", [Reply("T-1", "R-1", f"{SECRET} reply", NOW, "ada")])
    put_gaps(store, "acme", {"subject": SECRET}, NOW)
    run_once(store, "acme", "k1", "h", lambda: Answer(201, {"shown": SECRET}))
    add_endpoint(store, "acme", URL, now=NOW)


def test_no_text_lies_in_the_clear_and_all_are_read_as_they_were(texts: Store):
    put_everything(texts)
    assert SECRET not in all_there_is(texts)
    assert get_ticket(texts, "acme", "T-1") == FULL
    assert [[FULL]] == list(iter_past_tickets(texts, "acme"))
    assert replies_of(texts, "acme", ["T-1"])["T-1"][0].body == f"{SECRET} reply"
    gaps, answer = read_gaps(texts, "acme"), earlier_reply(texts, "acme", "k1", "h")
    assert gaps is not None and gaps.document == {"subject": SECRET}
    assert answer is not None and answer.document == {"shown": SECRET}
    assert [one.url for one in list_endpoints(texts, "acme")] == [URL]


def test_secrets_are_encrypted_unasked_and_texts_are_not(store: Store):
    put_everything(store)
    seen = all_there_is(store)
    assert URL not in seen and f"{SECRET} body" in seen
    put_messages(store, "acme", [("E-1", "test", {})], now=NOW)
    ((_, endpoint),) = claim_messages(store, now=NOW)
    assert endpoint.url == URL


def test_what_was_stored_with_one_extent_is_read_with_the_other(
    texts: Store, monkeypatch: pytest.MonkeyPatch
):
    put_ticket(texts, "acme", FULL, source="test")
    monkeypatch.delenv("TRIAGE_ENCRYPT")
    plain = open_store(texts.url)
    put_ticket(plain, "acme", PastTicket(Ticket("T-2", "clear")), source="test")
    for store in (plain, texts):
        assert get_ticket(store, "acme", "T-1") == FULL
        found = get_ticket(store, "acme", "T-2")
        assert found is not None and found.ticket.subject == "clear"
    plain.close()


def test_a_text_that_looks_encrypted_is_a_text_all_the_same(store: Store):
    for subject in ("$sealed$1$0badc0de$AAAA", "$sealed$"):
        put_ticket(store, "acme", PastTicket(Ticket("T-1", subject)), source="test")
        found = get_ticket(store, "acme", "T-1")
        assert found is not None and found.ticket.subject == subject


@pytest.mark.parametrize("moved", ["workspace = 'other'", "ticket_id = 'T-2'"])
def test_a_row_that_was_moved_does_not_open(texts: Store, moved: str):
    put_ticket(texts, "acme", FULL, source="test")
    with texts.writing(Across.OPERATOR) as connection:
        connection.execute(text(f"UPDATE tickets SET {moved}"))
    workspace, name = ("other", "T-1") if "other" in moved else ("acme", "T-2")
    with pytest.raises(SealError, match="changed or moved"):
        get_ticket(texts, workspace, name)


def test_a_value_that_was_moved_to_another_column_does_not_open(texts: Store):
    put_ticket(texts, "acme", FULL, source="test")
    with texts.writing("acme") as connection:
        connection.execute(text("UPDATE tickets SET subject = body"))
    with pytest.raises(SealError, match=r"tickets\.subject"):
        get_ticket(texts, "acme", "T-1")


def test_what_is_empty_stays_so(texts: Store):
    put_ticket(texts, "acme", PastTicket(Ticket("T-1")), source="test")
    with texts.reading("acme") as connection:
        row = connection.execute(select(SEALED["tickets"].table)).one()
    assert (row.subject, row.requester, row.custom, row.resolution) == ("", None, {}, None)


def test_closing_encrypts_what_solved_it(texts: Store):
    put_ticket(texts, "acme", PastTicket(Ticket("T-1", "VPN", created_at=NOW)), source="test")
    close_ticket(texts, "acme", "T-1", labels={}, resolution=f"{SECRET} restart")
    assert SECRET not in all_there_is(texts)
    found = get_ticket(texts, "acme", "T-1")
    assert found is not None and found.resolution == f"{SECRET} restart"


def test_work_and_reports_read_encrypted_tickets(texts: Store):
    labels = {"assignee": "ada"}
    put_ticket(texts, "acme", PastTicket(FULL.ticket, labels, status="open"), source="test")
    (held,) = held_tickets(texts, "acme", "ada")
    assert held.subject == FULL.ticket.subject
    ((past, _),) = next(iter(iter_open_tickets(texts, "acme", changed_since=NOW)))
    assert past.ticket == FULL.ticket
    solved = PastTicket(Ticket("T-2", "x" * 300, "y" * 300, NOW), resolved_at=NOW)
    put_ticket(texts, "acme", solved, source="test")
    case = next(one for one in solved_cases(texts, "acme", NOW) if one.ticket_id == "T-2")
    texts.sealer = Sealer(texts.sealer.keyring)
    put_ticket(texts, "acme", solved, source="test")
    assert solved_cases(texts, "acme", NOW)[0].kind == case.kind


def test_erasing_finds_requester_and_answers_that_are_encrypted(texts: Store):
    put_everything(texts)
    put_ticket(texts, "acme", PastTicket(Ticket("T-9", requester="grace")), source="test")
    run_once(texts, "acme", "k2", "h", lambda: Answer(200, {"similar": [{"ticket_id": "T-1"}]}))
    run_once(texts, "acme", "k3", "h", lambda: Answer(200, {"similar": [{"ticket_id": "T-11"}]}))
    done = erase(
        texts, "acme", keys=KEYS, text_key=lambda one: one.subject, requester=f"ADA-{SECRET.upper()}"
    )
    assert done.rows["tickets"] == 1 and done.rows["idempotency_keys, changed"] == 1
    assert get_ticket(texts, "acme", "T-1") is None and get_ticket(texts, "acme", "T-9") is not None
    kept = earlier_reply(texts, "acme", "k3", "h")
    assert kept is not None and kept.document["similar"] == [{"ticket_id": "T-11"}]


def test_another_key_says_which_one_lacks(texts: Store, monkeypatch: pytest.MonkeyPatch):
    put_ticket(texts, "acme", FULL, source="test")
    lost = texts.sealer.keyring.ids[0]
    monkeypatch.setenv(VARIABLE, "11" * 32)
    other = open_store(texts.url)
    with pytest.raises(SealError, match=rf"encrypted with key {lost}; expected that key in \$TRIAGE_ENC"):
        get_ticket(other, "acme", "T-1")
    other.close()


def test_an_unknown_extent_is_refused(monkeypatch: pytest.MonkeyPatch, store_url: str):
    monkeypatch.setenv("TRIAGE_ENCRYPT", "everything")
    with pytest.raises(ConfigurationError, match=r"Got 'everything' in \$TRIAGE_ENCRYPT; expected"):
        open_store(store_url)


def test_every_column_that_may_be_encrypted_is_there_and_takes_an_envelope(store: Store):
    fill(store, "acme")
    for one in SEALED.values():
        with store.writing(Across.OPERATOR) as connection:
            row: dict[str, Any] = dict(connection.execute(select(one.table)).one()._mapping)
            filled = row | {name: {"a": 1} if name in one.documents else "é" * 320 for name in one.columns}
            ready = store.sealer.sealed(one.table, filled, one.columns)
            assert all(looks_sealed(ready[name]) for name in one.columns)
            connection.execute(one.table.update().values(ready))
            stored = connection.execute(select(one.table)).one()._mapping
            assert store.sealer.opened(one.table, stored) == filled
