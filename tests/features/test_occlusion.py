import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from features.cleaning import clean
from features.occlusion import SENTENCES_MAX, WORDS_MAX, measure_deletions, passages, without
from triage.prediction import Explanation, Prediction
from triage.ticket import Ticket

LABELS = ("account", "network")
SENTENCES = [f"Sentence{at} says what{at} is there{at} on line{at} of{at} it." for at in range(30)]


def predict(tickets):
    """Network by one ``vpn``, account by one ``password``, in logits."""
    told = []
    for ticket in tickets:
        text = ticket.text.lower()
        logits = np.array([text.count("password"), 2.0 * text.count("vpn")])
        told.append({"team": Prediction("team", LABELS, np.exp(logits) / np.exp(logits).sum())})
    return told


def measured(ticket: Ticket):
    (whole,) = predict([ticket])
    explained = {"team": Explanation("team", "network", (), "account", 1.0)}
    return measure_deletions(ticket, whole, explained, predict)["team"]


def test_a_deletion_tells_what_is_said_without_it_largest_change_first():
    told = measured(Ticket("", "VPN", "The vpn wants my password."))
    assert [(one.kind, one.text, round(one.change, 6)) for one in told[:3]] == [
        ("word", "vpn", 4.0),
        ("word", "password", -1.0),
        ("word", "the", 0.0),
    ]
    assert told[0].label == "account" and told[0].confidence < 0.5 < told[1].confidence


def test_a_long_text_is_taken_apart_by_sentences():
    ticket = Ticket("", "Trouble", "\n".join([*SENTENCES[:3], "My VPN is down!", *SENTENCES[3:5]]))
    found = passages(ticket)
    assert [one.text for one in found] == ["Trouble", *SENTENCES[:3], "My VPN is down!", *SENTENCES[3:5]]
    assert measured(ticket)[0].text == "My VPN is down!"


def test_sentences_of_a_very_long_text_go_together():
    found = passages(Ticket("", "", " ".join(SENTENCES)))
    assert len(found) == SENTENCES_MAX
    assert " ".join(one.text for one in found) == " ".join(SENTENCES)


def test_other_scripts_have_sentences_too():
    body = "".join(f"第{at}行。" for at in range(WORDS_MAX + 1))
    assert len(passages(Ticket("", "", body))) == SENTENCES_MAX


def test_a_ticket_without_text_has_nothing_to_delete():
    assert measured(Ticket("", " ", "\n--\n")) == ()


@given(st.text(max_size=60), st.text(max_size=400))
def test_a_passage_can_be_deleted_from_any_text(subject: str, body: str):
    ticket = Ticket("T-1", subject, body, channel="web")
    found = passages(ticket)
    assert len(found) <= WORDS_MAX
    for one in found:
        shorter = without(ticket, one)
        assert shorter.channel == "web"
        gone = sum(end - start for _, start, end in one.spans)
        left = sum(len(clean(text)) for text in (subject, body)) - gone
        assert gone > 0 and len(shorter.subject) + len(shorter.body) <= left + len(one.spans)
