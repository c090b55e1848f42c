import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import softmax
from threadpoolctl import threadpool_limits

from features.field_model import FieldModel, Head
from training.head_fitting import HeadFitting
from triage.pooling import FLOOR, pool_logits

SIZES = {"words": 12, "meaning": 24, "fields": 5}


def views_of(random: np.random.Generator, rows: int) -> dict:
    return {
        "words": sp.random(rows, SIZES["words"], 0.3, format="csr", dtype=np.float32, random_state=random),
        "meaning": random.normal(size=(rows, SIZES["meaning"])).astype(np.float32),
        "fields": sp.random(rows, SIZES["fields"], 0.5, format="csr", dtype=np.float32, random_state=random),
    }


def model_of(random: np.random.Generator, labels: int, scale: float = 1.0) -> FieldModel:
    def head(*blocks: str) -> Head:
        coefs = [scale * random.normal(size=(SIZES[one], labels)).astype(np.float32) for one in blocks]
        return Head(blocks, tuple(coefs), random.normal(size=labels).astype(np.float32))

    heads = {"words": head("words"), "meaning": head("meaning"), "joint": head("words", "meaning", "fields")}
    weights = {name: float(weight) for name, weight in zip(heads, random.random(3) * 2, strict=True)}
    return FieldModel("category", tuple(f"label-{place}" for place in range(labels)), heads, weights)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 9), st.integers(1, 40), st.sampled_from([0.1, 1.0, 50.0]))
def test_probabilities_sum_to_one(seed, rows, labels, scale):
    random = np.random.default_rng(seed)
    found = model_of(random, labels, scale).probabilities(views_of(random, rows))
    assert found.shape == (rows, labels) and found.dtype == np.float64
    assert (found >= 0).all()
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 12), st.integers(2, 70))
def test_a_batch_is_its_tickets_one_by_one_bit_for_bit(seed, rows, labels):
    random = np.random.default_rng(seed)
    model, views = model_of(random, labels), views_of(random, rows)
    together = model.probabilities(views)
    for row in range(rows):
        alone = model.probabilities({name: matrix[row : row + 1] for name, matrix in views.items()})
        assert (alone[0] == together[row]).all()


@pytest.mark.parametrize("labels", [3, 33, 2_000])
def test_the_number_of_threads_changes_no_bit(labels):
    random = np.random.default_rng(0)
    coef = random.normal(size=(384, labels)).astype(np.float32)
    head = Head(("meaning",), (coef,), np.zeros(labels, np.float32))
    model = FieldModel("category", tuple(map(str, range(labels))), {"meaning": head}, {"meaning": 1.0})
    views = {"meaning": random.normal(size=(5, 384)).astype(np.float32)}
    found = []
    for threads in (1, 2, 4):
        with threadpool_limits(threads):
            found.append(model.probabilities(views))
    assert (found[0] == found[1]).all() and (found[0] == found[2]).all()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 9))
def test_directions_are_the_exact_gradient_of_the_blended_logit(seed, labels):
    random = np.random.default_rng(seed)
    model, views = model_of(random, labels), views_of(random, 4)
    label = model.labels[seed % labels]
    blended = sum(weight * model.heads[name].logits(views) for name, weight in model.weights.items())
    constant = sum(weight * model.heads[name].intercept for name, weight in model.weights.items())
    column = seed % labels
    wanted = (blended - constant)[:, column] - (blended - constant).mean(axis=1)
    found = sum(np.asarray(views[block] @ model.direction(block, label)).ravel() for block in model.blocks)
    np.testing.assert_allclose(found, wanted, atol=1e-3)


def test_only_heads_with_weight_are_read():
    random = np.random.default_rng(0)
    model = model_of(random, 3)
    lean = FieldModel(model.field, model.labels, model.heads, {"words": 1.0})
    assert lean.blocks == ("words",)
    assert lean.probabilities({"words": views_of(random, 2)["words"]}).shape == (2, 3)
    with pytest.raises(ValueError, match="meaning"):
        lean.direction("meaning", "label-0")


def test_the_nearest_past_tickets_with_a_label_vote_however_many_have_none():
    random = np.random.default_rng(0)
    classes = np.where(random.random(400) < 0.2, random.integers(0, 3, 400), -1)
    model = FieldModel("team", ("a", "b", "c"), {}, {"neighbours": 1.0}, classes)
    assert 90 <= model.looked_at <= 115
    order = random.permutation(400)
    cosines = np.linspace(0.9, 0.1, 400)
    places, near, own = model.voters(order[None, : model.looked_at], cosines[None, : model.looked_at])
    labelled = np.flatnonzero(classes[order] >= 0)[:20]
    found = own[0] >= 0
    assert found.sum() >= 12 and (np.diff(near[0][found]) < 0).all()
    assert places[0][found].tolist() == order[labelled][: found.sum()].tolist()
    everywhere = model.voters(order[None], cosines[None])
    assert everywhere[0][0].tolist() == order[labelled].tolist()
    assert FieldModel("team", ("a", "b"), {}, {}).looked_at == 0


@pytest.mark.parametrize("weights", [{"sure": 1.0}, {"sure": 0.4, "mild": 0.6}])
def test_a_served_probability_is_the_one_that_training_judged_for_a_head_that_rules_a_label_out(weights):
    # A head of a rare label that gives it less than one in a million, as one that a fold never saw.
    views = {"meaning": np.eye(3, dtype=np.float32)}
    sure = Head(("meaning",), (60 * np.eye(3, 4, dtype=np.float32),), np.array([0, 0, 0, -80], np.float32))
    mild = Head(("meaning",), (np.eye(3, 4, dtype=np.float32),), np.array([0, 0, 0, 2], np.float32))
    model = FieldModel("category", ("a", "b", "c", "d"), {"sure": sure, "mild": mild}, weights)
    everywhere = np.arange(3)
    fitting = HeadFitting(everywhere, 4)
    judged = {
        name: fitting.judge(views, head.blocks, (list(head.coefs), head.intercept), everywhere)
        for name, head in model.heads.items()
    }
    assert judged["sure"].min() < np.log(FLOOR)
    in_training = softmax(pool_logits(judged, weights), axis=1)
    np.testing.assert_allclose(model.probabilities(views), in_training, rtol=1e-9)
