import numpy as np
import pytest
import scipy.sparse as sp

from tests.trained import TARGETS, Trained
from training.config import TrainingConfig
from training.formless import formless_facts, formless_fields
from training.learn_field import LearntField, learn_field
from training.targets import FieldTarget

ROWS = 240
RANDOM = np.random.default_rng(0)
CLASSES = RANDOM.integers(0, 2, ROWS)
VIEWS = {
    "meaning": (np.eye(2, 6)[CLASSES] + RANDOM.normal(0, 0.5, (ROWS, 6))).astype(np.float32),
    "fields": sp.csr_matrix(np.eye(2, dtype=np.float32)[CLASSES]),
}
LABELS = {"category": ["a" if one else "b" for one in CLASSES]}
SILENT = VIEWS | {"meaning": np.zeros((ROWS, 6), np.float32)}


def learnt(views) -> LearntField:
    return learn_field(
        "category", LABELS["category"], views, ordered=True, target=FieldTarget(target=0.8), formless=True
    )


def test_a_field_that_only_the_form_tells_abstains_and_says_so():
    labels = LABELS | {"team": LABELS["category"]}
    alone = {"category": learnt(VIEWS), "team": learnt(SILENT)}
    found = formless_fields(alone, labels, VIEWS, TrainingConfig())
    assert list(found) == ["category", "team"]
    assert found["category"] is alone["category"].formless
    assert not found["team"].learnable and "Only the form" in found["team"].reason
    assert set(found["team"].promise.thresholds.values()) == {None}


def test_where_only_the_form_tells_anything_tickets_without_are_answered_as_before():
    assert formless_fields({"category": learnt(SILENT)}, LABELS, SILENT, TrainingConfig()) == {}


def test_a_field_that_reads_no_form_anyway_stays_as_it_is():
    text = learnt({"meaning": VIEWS["meaning"]})
    found = formless_fields({"category": learnt(VIEWS), "team": text}, LABELS, VIEWS, TrainingConfig())
    assert found["team"] is text


def test_facts_are_those_of_the_held_out_tickets():
    one = learnt(VIEWS).formless
    (told,) = formless_facts({"category": one}).values()
    right = one.probabilities.argmax(axis=1) == one.classes
    assert told["tickets"] == len(right)
    assert told["accuracy"] == pytest.approx(right.mean(), abs=1e-6)
    assert told["coverage"] == pytest.approx(one.applied.mean(), abs=1e-6)
    assert told["precision"] == pytest.approx(right[one.applied].mean(), abs=1e-6)
    assert set(told["weights"]) == set(one.model.weights) | set(one.share_weights)


def test_the_manifest_tells_what_tickets_without_a_form_get(trained: Trained):
    told = trained.manifest.training["formless"]
    assert set(told) == set(TARGETS)
    whole = trained.manifest.fields
    assert all(told[name]["tickets"] <= whole[name]["metrics"]["tickets"] for name in TARGETS)
    model = trained.bundle.model.formless
    for name in TARGETS:
        assert told[name]["promise"]["target"] == model.promises[name].target_precision
        assert set(told[name]["weights"]) >= set(model.fields[name].weights)
