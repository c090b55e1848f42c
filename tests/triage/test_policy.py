import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.errors import ConfigurationError
from triage.guardrails import BLOCKING, SUGGEST_ONLY
from triage.lifts import Lift
from triage.policy import FieldPolicy, Mode, Policy, PriorityPolicy
from triage.priority import PriorityMatrix
from triage.ticket import FIELDS

labels = st.text(min_size=1, max_size=4)
MATRIX = PriorityMatrix.default(("low", "high"), ("low", "high"))
GOLD = Lift("gold", "customer_tier", "field.tier", values=("gold",), at_least="high")
SHORT = Lift("short", "sla_exposure", "organization", targets_hours={"A": 4}, shorter_than_hours=8, steps=1)
field_policies = st.builds(
    FieldPolicy, st.sampled_from(Mode), st.dictionaries(labels, st.floats(0, 1)), st.frozensets(labels)
)
policies = st.builds(
    Policy,
    st.booleans(),
    st.dictionaries(st.sampled_from(FIELDS), field_policies),
    st.frozensets(st.sampled_from([*BLOCKING, *SUGGEST_ONLY])),
    st.builds(
        PriorityPolicy,
        st.sampled_from([None, MATRIX]),
        st.sampled_from([(), (GOLD,), (SHORT, GOLD)]),
    ),
)


@settings(max_examples=30, deadline=None)
@given(policies)
def test_the_json_form_gives_the_same_policy_back(policy):
    assert Policy.from_document(json.loads(json.dumps(policy.to_document()))) == policy


def test_an_empty_document_is_the_default_policy():
    assert Policy.from_document({}) == Policy()
    assert Policy().field("team") == FieldPolicy(Mode.APPLY)


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({"killswitch": True}, "killswitch"),
        ({"kill_switch": "yes"}, "true or false"),
        ({"kill_switch": 1}, "true or false"),
        ({"fields": {"colour": {}}}, "colour"),
        ({"fields": []}, "fields"),
        ({"fields": {"team": "off"}}, "team"),
        ({"fields": {"team": {"mode": "automatic"}}}, "off, shadow, suggest, apply"),
        ({"fields": {"team": {"mode": ["apply"]}}}, "off, shadow, suggest, apply"),
        ({"fields": {"team": {"threshold": 0.5}}}, "threshold"),
        ({"fields": {"team": {"thresholds": [0.5]}}}, "thresholds"),
        ({"fields": {"team": {"thresholds": {"web": 1.4}}}}, "from 0 to 1"),
        ({"fields": {"team": {"thresholds": {"web": True}}}}, "from 0 to 1"),
        ({"fields": {"team": {"thresholds": {"web": float("nan")}}}}, "from 0 to 1"),
        ({"fields": {"team": {"thresholds": {"web": "0.5"}}}}, "from 0 to 1"),
        ({"fields": {"team": {"never_automate": "security"}}}, "never_automate"),
        ({"fields": {"team": {"never_automate": [1]}}}, "never_automate"),
        ({"disabled_guardrails": "security_report"}, "disabled_guardrails"),
        ({"disabled_guardrails": 3}, "disabled_guardrails"),
        ({"priority": [1]}, "priorities"),
        ({"priority": {"lift": []}}, "lift"),
        ({"priority": {"lifts": {"a": 1}}}, "list of rules"),
        ({"priority": {"lifts": ["gold"]}}, "lift"),
        ({"priority": {"lifts": [GOLD.to_document()] * 2}}, "name of its own"),
        (
            {"priority": {"lifts": [GOLD.to_document() | {"at_least": "hihg"}]}},
            "low, normal, high, urgent",
        ),
        ({"priority": {"matrix": {"impacts": ["low"]}}}, "priority matrix"),
    ],
)
def test_a_document_with_a_mistake_is_refused_and_the_mistake_named(document, told):
    with pytest.raises(ConfigurationError, match=told):
        Policy.from_document(document)
