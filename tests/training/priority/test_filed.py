from tests.training.priority.made import past
from training.priority.filed import filed_and_kept
from triage.priority import PriorityMatrix

STEPS = ("low", "medium", "high")
MATRIX = PriorityMatrix.default(STEPS, STEPS)


def tickets(count=60, changed=6, **more):
    return [
        past(
            n,
            "high",
            "high",
            "urgent",
            first_impact="low" if n < changed else "high",
            first_urgency="high",
            **more,
        )
        for n in range(count)
    ]


def test_tickets_whose_values_were_changed_after_filing_are_counted():
    assert filed_and_kept(tickets(), MATRIX) == (54, 60)


def test_a_history_without_values_of_filing_says_nothing():
    assert filed_and_kept([past(n, "high", "high", "urgent") for n in range(60)], MATRIX) is None
    assert filed_and_kept(tickets(count=49), MATRIX) is None


def test_two_columns_that_could_be_meant_are_not_guessed_between():
    assert filed_and_kept(tickets(impact_of_vendor="low"), MATRIX) is None
    assert filed_and_kept(tickets(impact_text="we cannot work"), MATRIX) == (54, 60)
