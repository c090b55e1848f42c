import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.guardrails import BLOCKING, SUGGEST_ONLY, held_back_by
from triage.ticket import Ticket


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: VPN",
        "Out of office until Monday",
        "AUTO-REPLY",
        "  Undeliverable: your ticket",
        "Delivery Status Notification (Failure)",
        "Mail delivery failed: returning message",
        "Automatische Antwort: Drucker",
        "Réponse automatique : imprimante",
        "Respuesta automática: VPN",
        "自動応答: 見積もりの件",
        "Returned mail: see transcript for details",
    ],
)
def test_a_machines_reply_is_held_back(subject):
    assert held_back_by(Ticket("T-1", subject), BLOCKING, frozenset()) == "automatic_reply"


@pytest.mark.parametrize("subject", ["How do I set an out of office reply?", "Autoreplying", "VPN", ""])
def test_a_question_about_such_replies_is_not(subject):
    assert held_back_by(Ticket("T-1", subject), BLOCKING, frozenset()) is None


@pytest.mark.parametrize(
    "body",
    ["All files end in .locked, ransomware?", "I was phished", "my STOLEN LAPTOP", "The account got hacked"],
)
def test_a_report_of_an_attack_is_looked_at_by_a_person(body):
    assert held_back_by(Ticket("T-1", "Help", body), SUGGEST_ONLY, frozenset()) == "security_report"


def test_a_rule_that_is_switched_off_holds_nothing_back():
    ticket = Ticket("T-1", "ransomware")
    assert held_back_by(ticket, SUGGEST_ONLY, frozenset({"security_report"})) is None


@given(st.text(max_size=200), st.text(max_size=200))
def test_no_text_breaks_a_rule(subject, body):
    ticket = Ticket("T-1", subject, body)
    assert held_back_by(ticket, BLOCKING, frozenset()) in {None, *BLOCKING}
    assert held_back_by(ticket, SUGGEST_ONLY, frozenset()) in {None, *SUGGEST_ONLY}


def test_every_rule_says_in_one_sentence_what_it_holds_back():
    for rule in (*BLOCKING.values(), *SUGGEST_ONLY.values()):
        assert rule.__doc__.count(".") == 1
