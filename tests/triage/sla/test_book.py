import pytest

from tests.triage.sla.made import BOOK, past
from triage.errors import ConfigurationError
from triage.sla.book import SlaBook
from triage.sla.policy import DEFAULT_STEPS
from triage.ticket import Ticket


def test_a_book_comes_back_from_its_document():
    assert SlaBook.from_document(BOOK.to_document()) == BOOK


def test_the_first_policy_that_holds_is_the_tickets():
    values = {"priority": "urgent"}
    assert BOOK.policy_for(Ticket("T", organization="Acme"), values).name == "gold"
    assert BOOK.policy_for(Ticket("T"), values).name == "urgent"
    assert BOOK.policy_for(Ticket("T"), {"priority": "low"}) is None


def test_what_is_left_out_is_usual():
    book = SlaBook.from_document({"policies": [{"name": "all", "response": "1h"}]})
    assert book.calendars["always"].hours == "24/7"
    assert book.policies[0].steps == DEFAULT_STEPS


def test_states_are_compared_without_capitals():
    assert BOOK.is_waiting(" Pending ")
    assert BOOK.is_done(past(status="Closed"))
    assert not BOOK.is_done(past(status="open"))


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"rules": []}, "'rules' in the SLA book"),
        ({"policies": [{"name": "a"}]}, "without a target"),
        ({"policies": [{"response": "1h"}]}, "name of an SLA policy"),
        ({"policies": [{"name": "a", "response": "2d"}]}, "response of the SLA policy 'a'='2d'"),
        ({"policies": [{"name": "a", "response": "1h", "calendar": "moon"}]}, "calendar 'moon'"),
        ({"policies": [{"name": "a", "response": "1h"}] * 2}, "named a, a"),
        ({"policies": [{"name": "a", "response": "1h", "priority": "high"}]}, "priority='high'"),
        ({"policies": [{"name": "a", "response": "1h", "steps": [{"kind": "nudge", "at": 1}]}]}, "'nudge'"),
        (
            {"policies": [{"name": "a", "response": "1h", "steps": [{"kind": "reminder", "at": "1"}]}]},
            "at='1'",
        ),
        ({"calendars": [{"name": "a", "holidays": ["Christmas"]}]}, "'Christmas' in the calendar 'a'"),
    ],
)
def test_a_mistake_is_named(document, message):
    with pytest.raises(ConfigurationError) as raised:
        SlaBook.from_document(document)
    assert message in str(raised.value)
