import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.metrics import applied_by
from training.thresholds import lower_bound, solve_promise

LABELS = ("mail", "network", "vpn")


def calibrated(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities over three labels, and outcomes that come true exactly as often as they say."""
    rng = np.random.default_rng(seed)
    probabilities = rng.dirichlet([0.25] * 3, n)
    classes = np.array([rng.choice(3, p=row) for row in probabilities])
    return probabilities, classes


def test_the_bound_is_that_of_clopper_and_pearson():
    assert lower_bound(0, 10) == 0.0
    assert lower_bound(59, 59) >= 0.95 > lower_bound(58, 58)


def test_what_is_applied_keeps_the_promise_on_tickets_not_seen_nearly_always():
    broken = 0
    for seed in range(40):
        promise = solve_promise(*calibrated(1_500, seed), LABELS, target_precision=0.9)
        probabilities, classes = calibrated(20_000, 1_000 + seed)
        applied = applied_by(probabilities, LABELS, promise)
        assert applied.mean() > 0.3
        broken += (probabilities.argmax(axis=1) == classes)[applied].mean() < 0.9
    # The bound fails in one of twenty; eight or more of forty would be chance once in a thousand.
    assert broken < 8


def test_no_threshold_where_no_bound_can_hold():
    probabilities, classes = calibrated(30, 0)
    promise = solve_promise(probabilities, classes, LABELS, target_precision=0.95)
    assert set(promise.thresholds.values()) == {None}


def test_a_label_that_was_never_likeliest_is_never_applied():
    probabilities, classes = calibrated(2_000, 1)
    widened = np.hstack([probabilities, np.zeros((2_000, 1))])
    promise = solve_promise(widened, classes, (*LABELS, "zebra"), target_precision=0.9)
    assert promise.thresholds["zebra"] is None
    assert promise.thresholds["mail"] is not None


def test_a_label_the_model_does_not_know_counts_as_wrong():
    probabilities, _ = calibrated(2_000, 2)
    promise = solve_promise(probabilities, np.full(2_000, -1), LABELS, target_precision=0.9)
    assert set(promise.thresholds.values()) == {None}


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.sampled_from([0.8, 0.9, 0.95]))
@pytest.mark.filterwarnings("error")
def test_a_promise_is_kept_on_the_tickets_it_was_solved_on(seed: int, target: float):
    probabilities, classes = calibrated(400, seed)
    promise = solve_promise(probabilities, classes, LABELS, target_precision=target)
    applied = applied_by(probabilities, LABELS, promise)
    right = probabilities.argmax(axis=1) == classes
    assert not applied.any() or lower_bound(int(right[applied].sum()), int(applied.sum())) >= target
    assert all(one is None or 0 <= one <= 1 for one in promise.thresholds.values())
