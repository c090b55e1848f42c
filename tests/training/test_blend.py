import numpy as np
from scipy.special import log_softmax

from training.blend import learn_weights
from training.label_shares import SHARES


def heads(n: int = 2_000, seed: int = 0) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Two heads that each see half of what decides, and one that sees nothing."""
    rng = np.random.default_rng(seed)
    left, right, noise = (rng.normal(size=(n, 4)) for _ in range(3))
    logits = left + right
    classes = np.array([rng.choice(4, p=np.exp(row)) for row in log_softmax(logits, axis=1)])
    parts = {"left": left, "right": right, "noise": noise}
    return {name: log_softmax(part, axis=1) for name, part in parts.items()}, classes


def test_heads_that_know_share_the_weight_and_one_that_does_not_is_left_out():
    parts, classes = heads()
    weights = learn_weights(parts, classes)
    assert set(weights) == {"left", "right"}
    assert all(0.7 < weight < 1.2 for weight in weights.values())


def test_the_weights_calibrate_an_overconfident_head():
    parts, classes = heads()
    shouting = {"left": log_softmax(3 * parts["left"], axis=1)}
    (weight,) = learn_weights(shouting, classes).values()
    (calm,) = learn_weights({"left": parts["left"]}, classes).values()
    assert 0.8 < 3 * weight / calm < 1.2


def test_some_head_is_always_left():
    parts, classes = heads(n=200)
    assert len(learn_weights({"noise": parts["noise"]}, np.roll(classes, 7))) == 1


def test_heads_that_say_the_same_share_the_weight_of_one():
    parts, classes = heads()
    (alone,) = learn_weights({"left": parts["left"]}, classes).values()
    shared = learn_weights(dict.fromkeys(("a", "b", "c"), parts["left"]), classes)
    assert set(shared) == {"a", "b", "c"}
    np.testing.assert_allclose(list(shared.values()), alone / 3, atol=0.02)


def test_heads_that_held_out_tickets_hardly_tell_apart_share_the_weight():
    parts, classes = heads(n=300)
    rng = np.random.default_rng(1)
    near = log_softmax(parts["left"] + rng.normal(size=parts["left"].shape) * 0.02, axis=1)
    weights = learn_weights({"one": parts["left"], "other": near}, classes)
    assert abs(weights["one"] - weights["other"]) < 0.2


def test_a_label_that_a_fold_had_never_seen_costs_a_finite_loss():
    parts, classes = heads(n=300)
    blind = parts["left"].copy()
    blind[:, 0] = -np.inf
    weights = learn_weights({"blind": blind, "right": parts["right"]}, classes)
    assert all(np.isfinite(weight) and weight >= 0 for weight in weights.values())


def skewed(n: int = 4_000) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Two views that are independent given the label, each told by Bayes' rule, and the labels' shares."""
    rng = np.random.default_rng(3)
    shares = np.array([0.7, 0.2, 0.1])
    classes = rng.choice(3, size=n, p=shares)
    parts = {}
    for name in ("left", "right"):
        seen = rng.normal(size=(n, 3)) + 1.2 * np.eye(3)[classes]
        parts[name] = log_softmax(1.2 * seen + np.log(shares), axis=1)
    return parts | {SHARES: np.tile(np.log(shares), (n, 1))}, classes


def test_independent_views_are_pooled_nearly_by_the_product_rule():
    parts, classes = skewed()
    later = {name: part[2_000:] for name, part in parts.items()}
    weights = learn_weights({name: part[:2_000] for name, part in parts.items()}, classes[:2_000])
    assert weights[SHARES] < -0.6

    def loss(weights: dict[str, float]) -> float:
        said = log_softmax(sum(weight * later[name] for name, weight in weights.items()), axis=1)
        return float(-said[np.arange(2_000), classes[2_000:]].mean())

    exact, heads_only = loss({"left": 1.0, "right": 1.0, SHARES: -1.0}), loss({"left": 1.0, "right": 1.0})
    assert loss(weights) - exact < 0.1 * (heads_only - exact)


def test_shares_alone_are_no_pool():
    parts, classes = skewed(200)
    noise = {"left": np.zeros_like(parts["left"]) - np.log(3), SHARES: parts[SHARES]}
    assert "left" in learn_weights(noise, classes)
