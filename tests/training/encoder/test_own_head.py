import numpy as np

from features.views import MEANING_SCALE
from training.encoder.own_head import OwnHead, heads_from_bytes, heads_to_bytes
from training.learn_field import learn_field
from training.pool_members import TUNED
from training.splits import Fold
from training.targets import FieldTarget

RANDOM = np.random.default_rng(0)
HEAD = OwnHead(("a", "b"), RANDOM.normal(size=(2, 6)).astype(np.float32), np.array([0.5, -0.5], np.float32))
UNIT = RANDOM.normal(size=(5, 6)).astype(np.float32)


def test_its_logits_are_those_of_the_softmax_whatever_the_order_of_labels():
    [coef], intercept = HEAD.start(["b", "new", "a"])
    logits = UNIT * MEANING_SCALE @ coef + intercept
    expected = UNIT @ HEAD.weights.T + HEAD.bias
    np.testing.assert_allclose(logits[:, [2, 0]], expected, rtol=1e-5, atol=1e-5)
    assert (logits[:, 1] == 0).all()


def test_beside_other_vectors_it_says_the_same():
    both = np.hstack([RANDOM.normal(size=(5, 3)), UNIT]) / np.sqrt(2)
    wide = HEAD.beside(3)
    np.testing.assert_allclose(both @ wide.weights.T, UNIT @ HEAD.weights.T, rtol=1e-5, atol=1e-5)


def test_it_survives_its_file():
    kept = heads_from_bytes(heads_to_bytes({"category": HEAD, "team": HEAD}))
    assert set(kept) == {"category", "team"} and kept["team"].labels == HEAD.labels
    np.testing.assert_array_equal(kept["category"].weights, HEAD.weights)


def test_a_field_weighs_it_by_what_it_said_of_held_out_tickets():
    truth = RANDOM.integers(0, 2, 400)
    vectors = RANDOM.normal(0, 0.3, (400, 6)).astype(np.float32)
    vectors[:, 0] += np.where(truth == 1, 1.0, -1.0)
    right = OwnHead(("a", "b"), np.eye(2, 6, dtype=np.float32) * [[-8], [0]] + 0, np.zeros(2, np.float32))
    fold = Fold(np.arange(20), np.arange(20, 400))
    views = {"meaning": vectors}
    learnt = learn_field(
        "category",
        ["ab"[one] for one in truth],
        views,
        ordered=True,
        target=FieldTarget(target=0.9),
        judging=[(fold, views, right)],
        own_head=right,
    )
    assert learnt.model.weights[TUNED] > 0.1 and TUNED in learnt.model.heads
    np.testing.assert_allclose(learnt.model.heads[TUNED].coefs[0][0], [-4.0, 0.0])
