from datetime import UTC, datetime, timedelta

from triage.erasure import Erased, ErasedKind, ErasureKeys, erased_by, find_erased, pseudonyms_of
from triage.ticket import Ticket

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
KEYS = ErasureKeys(b"k" * 32)


def entry(kind: ErasedKind, key: str) -> Erased:
    return Erased(kind, key, "E-1", NOW, 1)


TICKET = entry(ErasedKind.TICKET, KEYS.ticket("T-1"))
ADA = entry(ErasedKind.REQUESTER, KEYS.requester("ada"))


def filed(name: str, days: float | None, requester: str | None = None) -> Ticket:
    at = None if days is None else NOW + timedelta(days=days)
    return Ticket(name, "x", created_at=at, requester=requester)


def test_a_model_knows_a_ticket_by_id_and_a_requester_by_what_they_filed_before():
    learnt = pseudonyms_of([filed("T-1", 1), filed("T-2", -1, "Ada "), filed("T-3", 1, "ada")], KEYS)
    assert find_erased(learnt, [TICKET, ADA]) == [TICKET, ADA]
    later = pseudonyms_of([filed("T-3", 1, "ada")], KEYS)
    assert find_erased(later, [TICKET, ADA]) == []
    assert find_erased(pseudonyms_of([filed("T-4", None, "ada")], KEYS), [ADA]) == [ADA]


def test_what_a_model_keeps_says_nothing_of_whom_and_comes_in_one_order():
    tickets = [filed("T-1", 1, "ada"), filed("T-2", -1, "bob")]
    learnt = pseudonyms_of(tickets, KEYS)
    assert b"ada" not in learnt.tobytes() and b"T-1" not in learnt.tobytes()
    assert learnt.tobytes() == pseudonyms_of(tickets[::-1], KEYS).tobytes()
    assert find_erased(pseudonyms_of(tickets, ErasureKeys(b"x" * 32)), [TICKET, ADA]) == []


def test_texts_of_the_ledger_name_no_ticket():
    text = entry(ErasedKind.TEXT, KEYS.ticket("T-2"))
    assert find_erased(pseudonyms_of([filed("T-2", 0)], KEYS), [text]) == []
    assert erased_by([text], [filed("T-2", 0)], KEYS) == set()
