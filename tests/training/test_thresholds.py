import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from training.thresholds import lower_bound, solve_promise

LABELS = tuple("abcdefgh")


def calibrated(random: np.random.Generator, rows: int, labels: int = 8, spread: float = 0.1):
    """Probabilities and a truth drawn from them."""
    probabilities = random.dirichlet(np.full(labels, spread), rows)
    classes = (random.random(rows)[:, None] < probabilities.cumsum(axis=1)).argmax(axis=1)
    return probabilities, classes


def needed(promise, labels) -> np.ndarray:
    return np.array(
        [np.inf if promise.thresholds[one] is None else promise.thresholds[one] for one in labels]
    )


@pytest.mark.parametrize(
    ("right", "shown", "bound"), [(95, 100, 0.898), (190, 200, 0.917), (475, 500, 0.931), (59, 59, 0.950)]
)
def test_the_bound_has_the_reference_values(right, shown, bound):
    assert round(lower_bound(right, shown), 3) == bound


@given(st.integers(1, 300).flatmap(lambda shown: st.tuples(st.integers(1, shown), st.just(shown))))
def test_at_the_bound_so_many_right_would_be_one_chance_in_twenty(case):
    right, shown = case
    assert binom.sf(right - 1, shown, lower_bound(right, shown)) == pytest.approx(0.05, abs=1e-6)


def test_with_nothing_right_or_nothing_shown_nothing_is_promised():
    assert lower_bound(0, 50) == lower_bound(0, 0) == 0.0


@pytest.mark.parametrize(
    ("labels", "rows", "spread", "target"), [(4, 300, 0.15, 0.9), (8, 1_000, 0.05, 0.95)]
)
def test_the_promise_is_kept_in_nineteen_of_twenty_histories(labels, rows, spread, target):
    random = np.random.default_rng(3)
    future, _ = calibrated(random, 20_000, labels, spread)
    chosen, confidence = future.argmax(axis=1), future.max(axis=1)
    kept, covered = [], []
    for _ in range(60):
        promise, _ = solve_promise(
            *calibrated(random, rows, labels, spread), LABELS[:labels], target_precision=target
        )
        applied = confidence >= needed(promise, LABELS[:labels])[chosen]
        covered.append(applied.mean())
        # Of calibrated tickets the mean confidence is the true precision.
        kept.append(not applied.any() or confidence[applied].mean() >= target)
    assert np.mean(kept) >= 0.95
    assert np.mean(covered) > 0.2


def test_the_precision_measured_on_held_out_tickets_is_the_true_one():
    random = np.random.default_rng(5)
    future, _ = calibrated(random, 20_000)
    chosen, confidence = future.argmax(axis=1), future.max(axis=1)
    gaps = []
    for _ in range(30):
        probabilities, classes = calibrated(random, 1_000)
        promise, applied = solve_promise(probabilities, classes, LABELS, target_precision=0.9)
        if applied.any():
            true = confidence[confidence >= needed(promise, LABELS)[chosen]].mean()
            gaps.append((probabilities.argmax(axis=1) == classes)[applied].mean() - true)
    assert len(gaps) > 20
    assert abs(np.mean(gaps)) < 0.01


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 400), st.sampled_from([0.5, 0.8, 0.95, 0.99]))
def test_a_label_without_threshold_is_never_applied_and_a_threshold_is_one_that_was_seen(seed, rows, target):
    probabilities, classes = calibrated(np.random.default_rng(seed), rows, labels=4)
    promise, applied = solve_promise(probabilities, classes, LABELS[:4], target_precision=target)
    chosen, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
    assert set(promise.thresholds) == set(LABELS[:4])
    for place, label in enumerate(LABELS[:4]):
        threshold = promise.thresholds[label]
        assert threshold is None or threshold in confidence[chosen == place]
    assert applied.shape == (rows,)
    assert not applied.any() or any(one is not None for one in promise.thresholds.values())
    assert 0.0 <= promise.suggest_at <= 1.0


def test_where_every_value_is_wrong_nothing_is_ever_applied():
    probabilities, _ = calibrated(np.random.default_rng(1), 500)
    wrong = (probabilities.argmax(axis=1) + 1) % 8
    promise, applied = solve_promise(probabilities, wrong, LABELS, target_precision=0.5)
    assert set(promise.thresholds.values()) == {None}
    assert not applied.any()
    assert promise.suggest_at == 1.0


def test_where_every_value_is_right_all_predicted_labels_are_applied():
    probabilities, _ = calibrated(np.random.default_rng(1), 500)
    promise, applied = solve_promise(
        probabilities, probabilities.argmax(axis=1), LABELS, target_precision=0.95
    )
    assert None not in promise.thresholds.values()
    assert applied.mean() > 0.9


def test_a_label_that_is_wrong_though_sure_gets_no_threshold_or_a_stricter_one():
    random = np.random.default_rng(2)
    probabilities, classes = calibrated(random, 3_000, labels=4)
    mistaken = (probabilities.argmax(axis=1) == 2) & (random.random(3_000) < 0.5)
    classes[mistaken] = 3
    promise, _ = solve_promise(probabilities, classes, LABELS[:4], target_precision=0.9)
    strict = [promise.thresholds[label] for label in "abd"]
    assert None not in strict
    assert promise.thresholds["c"] is None or promise.thresholds["c"] > max(strict)


def test_labels_with_one_held_out_ticket_each_can_keep_a_promise_together():
    probabilities = np.full((300, 300), 0.01 / 299)
    np.fill_diagonal(probabilities, 0.99)
    names = [f"label-{place}" for place in range(300)]
    promise, applied = solve_promise(probabilities, np.arange(300), names, target_precision=0.95)
    assert None not in promise.thresholds.values() and applied.all()
    promise, _ = solve_promise(probabilities, (np.arange(300) + 1) % 300, names, target_precision=0.5)
    assert set(promise.thresholds.values()) == {None}


def test_too_few_held_out_tickets_promise_nothing_however_right():
    probabilities, _ = calibrated(np.random.default_rng(1), 50)
    promise, _ = solve_promise(probabilities, probabilities.argmax(axis=1), LABELS, target_precision=0.95)
    assert set(promise.thresholds.values()) == {None}


def test_a_label_that_the_model_does_not_know_counts_as_wrong():
    probabilities, _ = calibrated(np.random.default_rng(1), 500)
    promise, _ = solve_promise(probabilities, np.full(500, -1), LABELS, target_precision=0.5)
    assert set(promise.thresholds.values()) == {None}


def test_values_are_worth_showing_from_where_they_are_right_half_the_time():
    random = np.random.default_rng(4)
    confidence = random.random(20_000) / 2 + 0.5
    probabilities = np.stack([confidence, 1 - confidence], axis=1)
    classes = (random.random(20_000) > 2 * confidence - 1).astype(int)  # Right half the time at 0.75.
    promise, _ = solve_promise(probabilities, classes, ("a", "b"), target_precision=0.9)
    assert promise.suggest_at == pytest.approx(0.75, abs=0.05)


def test_a_label_that_was_never_likeliest_is_never_applied():
    probabilities, classes = calibrated(np.random.default_rng(1), 2_000, labels=3)
    widened = np.hstack([probabilities, np.zeros((2_000, 1))])
    promise, _ = solve_promise(widened, classes, ("a", "b", "c", "zebra"), target_precision=0.9)
    assert promise.thresholds["zebra"] is None
    assert promise.thresholds["a"] is not None
