import pytest

from triage.errors import ConfigurationError
from triage.policy import Policy
from triage.privacy import Kept, PrivacyPolicy, Redaction, read_privacy


def test_what_is_said_of_privacy_comes_back_as_it_was_said():
    said = {"retention": {"tickets": 730, "messages": 30}, "retrain_days": 7, "redaction": "stored"}
    policy = Policy.from_document({"privacy": said})
    assert policy.privacy == PrivacyPolicy({Kept.TICKETS: 730, Kept.MESSAGES: 30}, 7, Redaction.STORED)
    assert policy.to_document()["privacy"] == said


def test_without_a_word_everything_is_kept_as_it_was_sent():
    assert Policy.from_document({}).privacy == PrivacyPolicy({}, 30, Redaction.OFF)


@pytest.mark.parametrize(
    "said",
    [
        {"retention": {"everything": 3}},
        {"retention": {"tickets": 0}},
        {"retention": {"tickets": 1.5}},
        {"retention": {"tickets": True}},
        {"retention": []},
        {"retrain_days": -1},
        {"redaction": "sometimes"},
        {"other": 1},
    ],
)
def test_what_makes_no_sense_is_refused(said):
    with pytest.raises(ConfigurationError, match="expected"):
        read_privacy(said)
