import pytest

from serving.console.wording import percent, reason_of, signed
from triage.decision import Action, FieldDecision, Reason


@pytest.mark.parametrize(
    ("share", "said"),
    [(0, "0 %"), (0.004, "<1 %"), (0.61, "61 %"), (0.994, "99 %"), (0.996, ">99 %"), (1, "100 %")],
)
def test_percentages_do_not_round_certainty_into_being(share: float, said: str):
    assert percent(share) == said


@pytest.mark.parametrize(("weight", "said"), [(1.87, "+1.9"), (-0.236, "−0.24"), (0.999, "+1.0")])
def test_a_contribution_has_a_sign_and_two_digits(weight: float, said: str):
    assert signed(weight) == said


def decided(action: str, reason: str | None, confidence: float | None = 0.61, threshold: float | None = 0.74):
    return FieldDecision("team", "desk", confidence, threshold, Action(action), reason)


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        (decided("suggest", "low_confidence"), "Not sure enough: 61 %, needs 74 %."),
        (decided("apply", None, 0.9), "Sure enough: 90 %, needs 74 %."),
        (decided("suggest", "guardrail:security_report"), "Held back by the guardrail “security report”."),
        (decided("abstain", "human_value_present"), "A person has already set it."),
        (decided("suggest", None, 0.9), "Sure enough to apply; the policy lets this field only suggest."),
    ],
)
def test_a_reason_is_a_sentence(decision: FieldDecision, said: str):
    assert reason_of(decision) == said


@pytest.mark.parametrize("reason", list(Reason))
@pytest.mark.parametrize("threshold", [None, 0.74])
def test_every_reason_code_has_its_words(reason: Reason, threshold: float | None):
    assert reason_of(decided("abstain", reason.value, threshold=threshold)).endswith(".")
