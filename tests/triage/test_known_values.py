from dataclasses import replace

import numpy as np
import pytest

from triage.engine import decide, triage_tickets
from triage.known_values import UnknownValue, unknown_values
from triage.policy import Policy, PriorityPolicy, Promise
from triage.prediction import Assessment, Prediction
from triage.priority import PRIORITIES, PriorityMatrix
from triage.priority_rule import PriorityRule
from triage.ticket import Ticket

STEPS = ("low", "medium", "high")
MATRIX = PriorityMatrix.default(STEPS, STEPS)
RULE = PriorityRule(MATRIX, "history", 0.99, 0.98, 0.97, 0.96, {}, 0.9)
OWN = Policy(priority=PriorityPolicy(PriorityMatrix.default(("some", "all"), STEPS)))
SEEN = Assessment(
    {
        "category": Prediction("category", ("mail", "vpn"), np.array([0.4, 0.6])),
        "impact": Prediction("impact", STEPS, np.array([0.2, 0.2, 0.6])),
    },
    familiarity=0.5,
)


def told(values: dict[str, str], seen: Assessment = SEEN, policy: Policy | None = None):
    return unknown_values(Ticket("T-1", "VPN drops", values=values), seen, policy or Policy())


def test_values_that_are_labels_and_fields_that_nobody_knows_are_not_told():
    assert told({}) == ()
    assert told({"category": "vpn", "impact": "high", "team": "anything", "priority": "odd"}) == ()


def test_what_the_model_does_not_know_is_told_with_what_it_knows():
    assert told({"impact": "enormous", "category": "Vpn"}) == (
        UnknownValue("category", "Vpn", ("mail", "vpn")),
        UnknownValue("impact", "enormous", STEPS),
    )


@pytest.mark.parametrize(
    ("seen", "policy", "known"),
    [(replace(SEEN, priority_rule=RULE), None, STEPS), (SEEN, OWN, ("some", "all"))],
    ids=["the bundle's", "the policy's"],
)
def test_where_a_matrix_holds_its_scales_are_what_counts(seen, policy, known):
    value = "high" if policy else "enormous"
    assert told({"impact": value, "priority": "gigantic"}, seen, policy) == (
        UnknownValue("impact", value, known),
        UnknownValue("priority", "gigantic", PRIORITIES),
    )
    assert told({"impact": known[0], "urgency": "low", "priority": "low"}, seen, policy) == ()


def test_a_decision_carries_them_and_decides_as_without():
    class Model:
        promises = dict.fromkeys(("category", "impact"), Promise(0.9, {}, 0.5))

        def assess(self, tickets, **extras):
            return [SEEN for _ in tickets]

    given = Ticket("T-1", "VPN drops", values={"impact": "enormous"})
    (decision,) = triage_tickets([given], Model(), "v1", Policy())
    assert [one.field for one in decision.unknown_values] == ["impact"]
    assert decision.fields == decide(given, SEEN, Model.promises, Policy())
    assert decision.fields["impact"].reason == "human_value_present"
