import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.metrics import COMMONEST, THINNEST, applied_by, held_out_metrics
from triage.errors import InputError
from triage.policy import Promise

LABELS = ("billing", "login", "printer", "vpn")


def promise(*thresholds: float | None, labels=LABELS) -> Promise:
    return Promise(0.9, dict(zip(labels, thresholds, strict=True)), 0.5)


@st.composite
def judged(draw):
    seed, rows = draw(st.integers(0, 10_000)), draw(st.integers(1, 60))
    random = np.random.default_rng(seed)
    probabilities = random.dirichlet(np.full(4, draw(st.sampled_from([0.2, 1.0, 5.0]))), rows)
    return probabilities, random.integers(-1, 4, rows)


def every_number(value):
    if isinstance(value, dict):
        return [one for part in value.values() for one in every_number(part)]
    if isinstance(value, list):
        return [one for part in value for one in every_number(part)]
    return [value] if isinstance(value, float) else []


@settings(max_examples=40, deadline=None)
@given(judged())
def test_every_share_lies_between_zero_and_one(case):
    metrics = held_out_metrics(*case, LABELS, promise(0.5, 0.6, None, 0.0))
    shares = {name: value for name, value in metrics.items() if name != "log_loss"}
    assert all(0.0 <= one <= 1.0 for one in every_number(shares))
    assert metrics["accuracy"] <= metrics["top3"]
    assert json.loads(json.dumps(metrics)) == metrics


@settings(max_examples=40, deadline=None)
@given(judged())
def test_the_risk_coverage_curve_rises_in_coverage_and_ends_at_all_tickets(case):
    curve = held_out_metrics(*case, LABELS, promise(0.5, 0.5, 0.5, 0.5))
    coverages = [point["coverage"] for point in curve["risk_coverage"]]
    assert coverages == sorted(set(coverages))
    assert coverages[-1] == 1.0
    assert curve["risk_coverage"][-1]["precision"] == curve["accuracy"]


@settings(max_examples=40, deadline=None)
@given(judged(), st.floats(0, 1), st.floats(0, 1))
def test_a_higher_threshold_never_applies_more(case, one, other):
    low, high = sorted((one, other))
    covered = [held_out_metrics(*case, LABELS, promise(*[at] * 4))["coverage"] for at in (low, high)]
    assert covered[0] >= covered[1]


@settings(max_examples=25, deadline=None)
@given(judged())
def test_nothing_depends_on_the_order_of_the_tickets(case):
    probabilities, classes = case
    turned = held_out_metrics(probabilities[::-1], classes[::-1], LABELS, promise(0.5, 0.6, None, 0.0))
    straight = held_out_metrics(probabilities, classes, LABELS, promise(0.5, 0.6, None, 0.0))
    for name in ("accuracy", "top3", "macro_f1", "coverage", "labels", "majority"):
        assert (
            turned[name] == pytest.approx(straight[name])
            if name != "labels"
            else turned[name] == straight[name]
        )


def test_a_perfect_predictor_has_perfect_figures():
    classes = np.arange(400) % 4
    metrics = held_out_metrics(np.eye(4)[classes], classes, LABELS, promise(0.9, 0.9, 0.9, 0.9))
    for name in ("accuracy", "top3", "macro_f1", "coverage", "precision"):
        assert metrics[name] == 1.0
    assert metrics["ece"] == metrics["log_loss"] == 0.0
    assert metrics["majority"] == 0.25
    assert 0.99 < metrics["precision_lower_bound"] < 1.0


def test_figures_of_a_small_case_are_those_worked_out_by_hand():
    probabilities = np.array(
        [[0.7, 0.1, 0.1, 0.1], [0.6, 0.2, 0.1, 0.1], [0.1, 0.8, 0.05, 0.05], [0.3, 0.1, 0.2, 0.4]]
    )
    classes = np.array([0, 1, 1, -1])
    metrics = held_out_metrics(probabilities, classes, LABELS, promise(0.65, 0.5, None, None))
    assert metrics["accuracy"] == 0.5
    assert metrics["top3"] == 0.75
    assert metrics["log_loss"] == pytest.approx(-np.log([0.7, 0.2, 0.8, 1e-6]).mean(), abs=1e-6)
    # billing: 1 hit, 2 guesses, 1 ticket; login: 1 hit, 1 guess, 2 tickets; vpn: 1 guess, no ticket.
    assert metrics["macro_f1"] == pytest.approx((2 / 3 + 2 / 3 + 0) / 3, abs=1e-6)
    assert (metrics["coverage"], metrics["precision"]) == (0.5, 1.0)
    assert metrics["labels_applied"] == 2
    login = metrics["labels"][0]
    assert login == {
        "label": "login",
        "tickets": 2,
        "precision": 1.0,
        "recall": 0.5,
        "coverage": 0.5,
        "applied": 1,
        "applied_precision": 1.0,
        "threshold": 0.5,
    }


def test_a_label_without_threshold_is_never_applied():
    probabilities = np.array([[0.99, 0.01, 0.0, 0.0]])
    assert not applied_by(probabilities, LABELS, promise(None, 0.1, 0.1, 0.1)).any()
    metrics = held_out_metrics(probabilities, np.array([0]), LABELS, promise(None, 0.1, 0.1, 0.1))
    assert (metrics["coverage"], metrics["precision"], metrics["precision_lower_bound"]) == (0.0, None, 0.0)


def test_what_was_really_applied_outranks_the_thresholds():
    probabilities = np.array([[0.9, 0.1, 0.0, 0.0], [0.9, 0.1, 0.0, 0.0]])
    metrics = held_out_metrics(
        probabilities, np.array([0, 1]), LABELS, promise(0.5, 0.5, 0.5, 0.5), applied=np.array([True, False])
    )
    assert (metrics["coverage"], metrics["precision"]) == (0.5, 1.0)


def test_a_field_of_many_labels_keeps_its_commonest_and_its_thinnest():
    labels = tuple(f"label {place:03}" for place in range(300))
    classes = np.concatenate([np.arange(300), np.arange(299), np.arange(150)])
    metrics = held_out_metrics(np.eye(300)[classes], classes, labels, promise(*[0.5] * 300, labels=labels))
    assert len(metrics["labels"]) == COMMONEST + THINNEST
    assert metrics["labels"][0]["tickets"] == 3
    assert metrics["labels"][-1] | {"label": "label 299", "tickets": 1} == metrics["labels"][-1]


def test_no_ticket_to_judge_by_is_said_so():
    with pytest.raises(InputError, match="no ticket to judge by"):
        held_out_metrics(np.empty((0, 4)), np.empty(0, int), LABELS, promise(0.5, 0.5, 0.5, 0.5))
