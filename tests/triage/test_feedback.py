from datetime import UTC, datetime

import pytest

from triage.decision import Action, Decision, FieldDecision
from triage.errors import InputError
from triage.feedback import Verdict, judged_value

DECIDED = FieldDecision("team", "web", 0.9, 0.8, Action.APPLY, None)
UNDECIDED = FieldDecision("category", None, None, None, Action.ABSTAIN, "no_model")
DECISION = Decision("d", "t", "v", datetime(2026, 1, 1, tzinfo=UTC), {"team": DECIDED, "category": UNDECIDED})


@pytest.mark.parametrize(
    ("verdict", "value", "right"),
    [
        (Verdict.ACCEPTED, None, "web"),
        (Verdict.ACCEPTED, "web", "web"),
        (Verdict.REPLACED, "mail", "mail"),
        (Verdict.SKIPPED, None, None),
    ],
)
def test_a_verdict_says_which_value_is_right(verdict: Verdict, value: str | None, right: str | None):
    assert judged_value(DECISION, "team", verdict, value) == right


@pytest.mark.parametrize(
    ("field", "verdict", "value"),
    [
        ("impact", Verdict.ACCEPTED, None),
        ("team", Verdict.REPLACED, None),
        ("team", Verdict.ACCEPTED, "mail"),
        ("team", Verdict.SKIPPED, "mail"),
        ("category", Verdict.ACCEPTED, None),
    ],
)
def test_feedback_that_contradicts_itself_or_the_decision_is_refused(
    field: str, verdict: Verdict, value: str | None
):
    with pytest.raises(InputError, match="expected"):
        judged_value(DECISION, field, verdict, value)
