from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.decision import Action, Lifted
from triage.engine import decide
from triage.lifts import Lift
from triage.policy import FieldPolicy, Mode, Policy, PriorityPolicy, Promise
from triage.prediction import Assessment, Prediction
from triage.priority import PRIORITIES, PriorityMatrix
from triage.priority_route import pool, through_matrix
from triage.priority_rule import PriorityRoute, PriorityRule
from triage.ticket import Ticket

STEPS = ("low", "medium", "high")
MATRIX = PriorityMatrix.default(STEPS, STEPS)
EVEN = dict.fromkeys(PRIORITIES, 0.25)
PROMISE = Promise(0.9, dict.fromkeys(PRIORITIES, 0.8), 0.5)
THROUGH = PriorityRoute({"matrix": 1.0}, PROMISE)
ROUTES = dict.fromkeys(("nothing", "impact", "urgency"), THROUGH)
RULE = PriorityRule(MATRIX, "history", 0.99, 0.98, 0.97, 0.96, EVEN, 0.9, ROUTES)
TICKET = Ticket("T-1", "VPN drops", "since this morning", organization="Acme")
GOLD = Lift("gold", "customer_tier", "organization", values=("Acme",), at_least="urgent")

spreads = st.lists(st.floats(0.01, 1), min_size=3, max_size=3).map(lambda one: np.array(one) / sum(one))


def assessment(impact=(0.02, 0.03, 0.95), urgency=(0.02, 0.95, 0.03), priority=None, rule=RULE, familiar=0.5):
    predictions = {
        "impact": Prediction("impact", STEPS, np.array(impact)),
        "urgency": Prediction("urgency", STEPS, np.array(urgency)),
        "priority": Prediction("priority", PRIORITIES, np.array(priority or (0.1, 0.7, 0.1, 0.1))),
    }
    return Assessment(predictions, familiar, priority_rule=rule)


def priority(ticket=TICKET, seen=None, policy=None):
    promises = dict.fromkeys(("impact", "urgency", "priority"), PROMISE)
    return decide(ticket, seen or assessment(), promises, policy or Policy()).get("priority")


def with_values(**values):
    return replace(TICKET, values=values)


def test_the_likeliest_cell_names_where_a_priority_came_from():
    one = priority()
    assert (one.value, one.action) == ("high", Action.APPLY)
    assert one.basis == "impact high × urgency medium → high, by the matrix"
    assert one.confidence == pytest.approx(0.99 * (0.95 * 0.95 + 0.03 * 0.03) + 0.01 * 0.25)


def test_without_a_rule_priority_is_learnt_and_says_so():
    one = priority(seen=assessment(rule=None))
    assert (one.value, one.basis) == ("normal", "learnt from past tickets")


def test_values_of_a_person_are_certain_whatever_was_predicted_and_however_strange_the_text():
    ticket = Ticket("T-1", values={"impact": "low", "urgency": "high"})
    one = priority(ticket, assessment(familiar=0.0))
    assert (one.value, one.action, one.threshold) == ("normal", Action.APPLY, 0.9)
    assert one.confidence == pytest.approx(0.97 + 0.03 * 0.25)


def test_a_matrix_that_was_broken_more_often_than_promised_is_only_suggested():
    one = priority(
        with_values(impact="low", urgency="high"), assessment(rule=replace(RULE, kept_at_least=0.89))
    )
    assert (one.action, one.reason) == (Action.SUGGEST, "low_confidence")


def test_one_value_of_a_person_leaves_only_the_other_to_chance():
    one = priority(with_values(impact="low"))
    assert one.value == "low"
    assert one.basis == "impact low × urgency medium → low, by the matrix"


def test_a_persons_value_off_the_matrix_leaves_priority_to_the_direct_model():
    assert priority(with_values(impact="odd")).basis == "learnt from past tickets"


def test_a_persons_priority_is_never_overwritten_nor_lifted():
    policy = Policy(priority=PriorityPolicy(lifts=(GOLD,)))
    one = priority(with_values(priority="low", impact="high", urgency="high"), policy=policy)
    assert (one.action, one.reason, one.lifted) == (Action.ABSTAIN, "human_value_present", None)


def edited(cell, to):
    return Policy(priority=PriorityPolicy(matrix=replace(MATRIX, cells={**MATRIX.cells, cell: to})))


def test_the_policys_matrix_outranks_the_bundles():
    one = priority(with_values(impact="low", urgency="low"), policy=edited(("low", "low"), "urgent"))
    assert (one.value, one.action, one.confidence) == ("urgent", Action.APPLY, 1.0)
    assert one.basis == "impact low × urgency low → urgent, by the policy's matrix"


def test_an_edited_cell_is_suggested_until_measured_and_the_others_are_still_applied():
    assert priority(policy=edited(("high", "medium"), "urgent")).action is Action.SUGGEST
    assert priority(policy=edited(("low", "low"), "normal")).action is Action.APPLY


def test_the_policys_matrix_works_where_no_matrix_was_found():
    policy = Policy(priority=PriorityPolicy(matrix=MATRIX))
    assert priority(seen=assessment(rule=None), policy=policy).action is Action.SUGGEST
    seen = assessment(rule=None)
    bare = replace(seen, predictions={k: v for k, v in seen.predictions.items() if k != "priority"})
    assert priority(with_values(impact="high", urgency="high"), bare, policy).action is Action.APPLY


def test_the_default_matrix_says_that_the_history_shows_none_and_is_only_suggested():
    rule = PriorityRule(MATRIX, "default", 1.0, 0.0, 1.0, 0.0, EVEN, 0.9)
    one = priority(with_values(impact="high", urgency="high"), assessment(rule=rule))
    assert (one.value, one.action) == ("urgent", Action.SUGGEST)
    assert (priority(seen=assessment(rule=rule)).value, priority(seen=assessment(rule=rule)).action) == (
        "high",
        Action.SUGGEST,
    )
    assert one.basis.endswith("by the default matrix, since the history shows none")


def test_where_both_were_weighed_the_direct_model_is_heard_too():
    both = PriorityRoute({"matrix": 0.5, "learnt": 0.5}, PROMISE)
    one = priority(seen=assessment(rule=replace(RULE, routes={"nothing": both})))
    assert one.confidence < priority().confidence
    assert one.basis.endswith("and what was learnt directly")


def test_where_only_the_direct_model_counts_it_alone_decides():
    alone = PriorityRoute({"learnt": 1.0}, PROMISE)
    assert priority(seen=assessment(rule=replace(RULE, routes={"nothing": alone}))).value == "normal"


def test_a_lift_raises_the_value_and_keeps_the_confidence_of_the_one_before():
    one = priority(policy=Policy(priority=PriorityPolicy(lifts=(GOLD,))))
    assert (one.value, one.action) == ("urgent", Action.APPLY)
    assert one.lifted == Lifted("gold", "high", "urgent")
    assert (one.confidence, one.top) == (priority().confidence, priority().top)


@given(
    spreads, spreads, st.sampled_from([Mode.APPLY, Mode.SUGGEST, Mode.SHADOW]), st.booleans(), st.booleans()
)
def test_a_lifted_value_is_never_applied_where_its_base_was_not(impact, urgency, mode, kill, never):
    own = {"priority": FieldPolicy(mode, {}, frozenset({"urgent"} if never else ()))}
    policy = Policy(kill, own)
    seen = assessment(impact, urgency)
    base = priority(seen=seen, policy=policy)
    raised = priority(seen=seen, policy=replace(policy, priority=PriorityPolicy(lifts=(GOLD,))))
    assert PRIORITIES.index(raised.value) >= PRIORITIES.index(base.value)
    assert raised.action is base.action or (raised.action, never) == (Action.SUGGEST, True)
    assert raised.action is not Action.APPLY or base.action is Action.APPLY
    assert not (raised.action is Action.APPLY and never and raised.value == "urgent")


@given(spreads, spreads, st.floats(0, 1))
def test_chances_through_a_matrix_that_not_all_follow_sum_to_one(impact, urgency, follows):
    chances = through_matrix(
        MATRIX, impact[None], urgency[None], STEPS, STEPS, PRIORITIES, follows=follows, prior=EVEN
    )
    assert chances.sum() == pytest.approx(1.0) and (chances >= 0).all()
    pooled = pool({"matrix": chances, "learnt": np.full((1, 4), 0.25)}, {"matrix": 1.3, "learnt": 0.4})
    assert pooled.sum() == pytest.approx(1.0)


OWN = ("4 - Minor", "3 - Normal", "2 - High", "1 - Critical")
LIFTED = Policy(priority=PriorityPolicy(lifts=(replace(GOLD, at_least="high"),)))


def test_a_rule_written_with_our_priorities_raises_those_of_the_bundles_own_scale():
    cells = {pair: OWN[PRIORITIES.index(value)] for pair, value in MATRIX.cells.items()}
    matrix = PriorityMatrix(STEPS, STEPS, cells, OWN)
    promise = Promise(0.9, dict.fromkeys(OWN, 0.8), 0.5)
    routes = {"nothing": PriorityRoute({"matrix": 1.0}, promise)}
    rule = replace(RULE, matrix=matrix, prior=dict.fromkeys(OWN, 0.25), routes=routes)
    seen = assessment(impact=(0.98, 0.01, 0.01), urgency=(0.98, 0.01, 0.01), rule=rule)
    one = priority(seen=seen, policy=LIFTED)
    assert (one.value, one.lifted) == ("2 - High", Lifted("gold", "4 - Minor", "2 - High"))


@pytest.mark.parametrize(
    ("labels", "after"), [(("P1", "P2", "P3", "P4"), "P2"), (("red", "blue", "green", "grey"), None)]
)
def test_without_a_matrix_the_labels_that_were_learnt_are_the_scale_if_they_tell_their_order(labels, after):
    seen = assessment(rule=None)
    chances = np.array([0.1, 0.1, 0.1, 0.7])
    own = replace(seen, predictions={"priority": Prediction("priority", labels, chances)})
    one = priority(seen=own, policy=LIFTED)
    assert one.value == (after or labels[3])
    assert one.lifted == (None if after is None else Lifted("gold", "P4", "P2"))
