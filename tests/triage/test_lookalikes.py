import pytest

from triage.guardrails import BLOCKING, SUGGEST_ONLY, held_back_by
from triage.lookalikes import as_seen
from triage.ticket import Ticket


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("plain", "plain"),
        ("рhishing", "phishing"),
        ("phi\u200bsh\u00ading", "phishing"),
        ("ｐｈｉｓｈｉｎｇ", "phishing"),
        ("Grüße, 你好", "Grüße, 你好"),
    ],
)
def test_text_is_read_as_it_looks(text: str, seen: str):
    assert as_seen(text) == seen


def test_rules_are_not_escaped_by_letters_that_only_look_the_same():
    assert held_back_by(Ticket("T", "а data\u200b breаch"), SUGGEST_ONLY, frozenset()) == "security_report"
    assert held_back_by(Ticket("T", "Оut of Оffice"), BLOCKING, frozenset()) == "automatic_reply"
