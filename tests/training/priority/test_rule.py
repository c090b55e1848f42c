from dataclasses import replace

import numpy as np
import pytest

from tests.training.priority.made import matrix_history
from training.learn_field import learn_field
from training.priority.rule import learn_rule
from training.targets import FieldTarget
from triage.priority import PRIORITIES, PriorityMatrix

STEPS = ("low", "medium", "high")
MATRIX = PriorityMatrix.default(STEPS, STEPS)


def learnt_of(history, noise=0.5, names=("impact", "urgency", "priority")):
    """Fields learnt from features that tell impact and urgency, each with some noise."""
    draws = np.random.default_rng(0)
    told = [
        np.eye(3)[[STEPS.index(past.labels[name]) for past in history]]
        + draws.normal(size=(len(history), 3)) * noise
        for name in ("impact", "urgency")
    ]
    features = np.concatenate(told, axis=1).astype(np.float32)
    labels = {name: [past.labels.get(name) for past in history] for name in names}
    learnt = {
        name: learn_field(name, values, {"meaning": features}, ordered=True, target=FieldTarget(target=0.8))
        for name, values in labels.items()
    }
    return labels, learnt


@pytest.fixture(scope="module")
def followed():
    history = matrix_history(MATRIX, count=600, broken=range(0, 600, 40))
    labels, learnt = learnt_of(history)
    return labels, learnt, *learn_rule(history, labels, learnt, 0.8)


def test_where_cells_decide_priority_comes_through_the_matrix(followed):
    _, before, after, rule = followed
    assert rule.source == "history" and rule.matrix == MATRIX
    assert rule.priority_from in ("matrix", "both")
    assert (rule.follows, rule.kept) == pytest.approx((586 / 602, 586 / 602))
    assert set(rule.routes) == {"nothing", "impact", "urgency"}

    def loss(one):
        return -np.log(one.probabilities[np.arange(len(one.classes)), one.classes]).mean()

    assert loss(after["priority"]) <= loss(before["priority"]) + 1e-6
    assert after["impact"] is before["impact"]


def test_knowing_one_value_of_the_two_promises_more(followed):
    *_, rule = followed
    covered = [
        sum(at is not None for at in rule.routes[name].promise.thresholds.values())
        for name in ("nothing", "impact")
    ]
    assert covered[1] >= covered[0] > 0


def test_the_rule_goes_into_a_manifest_as_json(followed):
    *_, rule = followed
    document = rule.to_document()
    assert PriorityMatrix.from_document(document["matrix"]) == MATRIX
    assert set(document["weights"]["nothing"]) <= {"matrix", "learnt"}


def test_priorities_that_follow_no_matrix_are_learnt_directly():
    history = matrix_history(MATRIX, count=400)
    loose = [
        replace(past, labels=past.labels | {"priority": PRIORITIES[number % 4]})
        for number, past in enumerate(history)
    ]
    labels, learnt = learnt_of(loose)
    after, rule = learn_rule(loose, labels, learnt, 0.8)
    assert rule is None and after == learnt


def test_without_any_priority_the_default_matrix_stands_in_and_says_so():
    history = [
        replace(past, labels={name: past.labels[name] for name in ("impact", "urgency")})
        for past in matrix_history(MATRIX, count=200)
    ]
    labels, learnt = learnt_of(history, names=("impact", "urgency"))
    _, rule = learn_rule(history, labels, learnt, 0.8)
    assert (rule.source, rule.matrix, rule.follows_at_least, rule.kept_at_least) == ("default", MATRIX, 0, 0)
    assert rule.priority_from == "learnt"


def test_a_matrix_is_kept_for_values_of_people_where_impact_was_not_learnt():
    history = matrix_history(MATRIX, count=300)
    labels, learnt = learnt_of(history, names=("priority",))
    _, rule = learn_rule(history, labels, learnt, 0.8)
    assert rule.matrix == MATRIX and rule.routes == {}
