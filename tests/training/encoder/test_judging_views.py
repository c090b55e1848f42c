import numpy as np
import pytest

from training.encoder.judging_views import views_within
from training.learn_field import learn_field
from training.splits import Fold
from training.targets import FieldTarget
from triage.errors import TrainingError

N, LABELS = 600, 3
TRUTH = np.random.default_rng(1).integers(0, LABELS, N)
NAMES = [f"label {one}" for one in TRUTH]


def memorised() -> np.ndarray:
    """Vectors of an encoder that knows every ticket's label by heart, although the labels are pure chance."""
    noise = np.random.default_rng(2).normal(0, 0.1, (N, 8)).astype(np.float32)
    noise[np.arange(N), TRUTH] += 1.0
    return noise


def judged_by(cut: int) -> np.ndarray:
    """Vectors of one that knows only the labels before the cut; after it there is nothing to see."""
    vectors = memorised()
    vectors[cut:] = np.random.default_rng(3).normal(0, 0.4, (N - cut, 8))
    return vectors


def test_labels_learnt_by_heart_promise_nothing_when_judged_by_an_encoder_that_never_saw_them():
    views = {"meaning": memorised()}
    leaking = learn_field("category", NAMES, views, ordered=True, target=FieldTarget(target=0.9))
    assert (leaking.probabilities.argmax(axis=1) == leaking.classes).mean() > 0.99
    assert leaking.applied.mean() > 0.8  # what would be promised without judging encoders
    fold = Fold(np.arange(300), np.arange(300, N))
    honest = learn_field(
        "category",
        NAMES,
        views,
        ordered=True,
        target=FieldTarget(target=0.9),
        judging=[(fold, {"meaning": judged_by(300)}, None)],
    )
    assert (honest.probabilities.argmax(axis=1) == honest.classes).mean() < 0.45
    assert not honest.applied.any()
    assert all(one is None for one in honest.promise.thresholds.values())


def test_parts_are_found_again_among_the_tickets_that_have_a_label():
    fold = Fold(np.array([0, 1, 2, 3]), np.array([4, 5]))
    views = {"meaning": np.arange(12.0).reshape(6, 2)}
    [(within, taken, _)] = views_within([(fold, views, {})], np.array([1, 3, 4]), "team")
    assert within.learn.tolist() == [0, 1] and within.judge.tolist() == [2]
    np.testing.assert_array_equal(taken["meaning"], views["meaning"][[1, 3, 4]])


def test_a_field_whose_tickets_were_all_seen_is_refused_rather_than_judged_by_what_saw_them():
    fold = Fold(np.array([0, 1, 2, 3]), np.array([4, 5]))
    views = {"meaning": np.zeros((6, 2))}
    with pytest.raises(TrainingError, match="seen every ticket with a label of 'team'"):
        views_within([(fold, views, {})], np.array([0, 2]), "team")
    assert views_within([], np.array([0, 2]), "team") == []
