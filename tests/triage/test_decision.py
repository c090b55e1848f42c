from triage.decision import GUARDRAIL_PREFIX, Action, Reason


def test_actions_and_reasons_are_the_codes_that_others_build_on():
    assert [one.value for one in Action] == ["apply", "suggest", "abstain"]
    assert {one.value for one in Reason} == {
        "low_confidence",
        "unfamiliar",
        "too_short",
        "unsupported_language",
        "never_automate",
        "kill_switch",
        "shadow",
        "human_value_present",
        "no_eligible_agent",
        "no_model",
    }
    assert GUARDRAIL_PREFIX == "guardrail:"
