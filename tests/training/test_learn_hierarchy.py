import numpy as np
import pytest

from training.learn_hierarchy import find_hierarchy, fit_exponents

PARENTS = ("hardware", "network")
CHILDREN = ("other", "printer", "vpn", "wifi")


def find(pairs: list[tuple[str | None, str | None]], parents=PARENTS, children=CHILDREN):
    above, below = zip(*pairs, strict=True)
    return find_hierarchy("category", "subcategory", above, below, parents, children)


HISTORY = [
    *[("hardware", "printer")] * 40,
    *[("network", "vpn")] * 30,
    *[("network", "wifi")] * 30,
    *[("hardware", "other")] * 6,
    *[("network", "other")] * 4,
    ("hardware", "vpn"),  # Misfiled.
    *[("network", None)] * 64,
]


def names(hierarchy) -> set[tuple[str, str]]:
    pairs = zip(hierarchy.above, hierarchy.below, strict=True)
    return {(hierarchy.parents[above], hierarchy.children[below]) for above, below in pairs}


def test_children_lie_under_their_parents_and_a_misfiled_ticket_makes_no_pair():
    found = find(HISTORY)
    assert names(found) == {
        ("hardware", "printer"),
        ("hardware", "other"),
        ("network", "other"),
        ("network", "vpn"),
        ("network", "wifi"),
    }
    share = dict(zip(zip(found.above, found.below, strict=True), found.share, strict=True))
    assert (share[0, 0], share[1, 0], share[1, 2]) == (0.6, 0.4, 1.0)
    np.testing.assert_allclose(found.filled, [1.0, 0.5])


def test_a_child_never_seen_with_a_parent_may_lie_under_any():
    found = find([*HISTORY, (None, "scanner")], children=(*CHILDREN, "scanner"))
    assert {("hardware", "scanner"), ("network", "scanner")} <= names(found)


def test_fields_that_go_together_at_random_are_no_hierarchy():
    children = tuple("abcdef")
    parents = tuple("uvwxyz")
    mixed = [(upper, lower) for upper in parents for lower in children for _ in range(5)]
    assert find(mixed, parents, children) is None
    assert find([("hardware", None), (None, "vpn")]) is None


@pytest.mark.parametrize("blind", ["parent", "child"])
def test_a_model_that_sees_nothing_is_helped_by_the_other(blind):
    random = np.random.default_rng(0)
    hierarchy = find(HISTORY)
    child = random.choice([1, 2, 3], 400)
    parent = np.where(child == 1, 0, 1)

    def model(classes: np.ndarray, labels: int, seeing: bool) -> np.ndarray:
        logits = random.normal(size=(len(classes), labels))
        logits[np.arange(len(classes)), classes] += 4.0 * seeing
        return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)

    parents, children = model(parent, 2, blind != "parent"), model(child, 4, blind != "child")
    fitted = fit_exponents(hierarchy, parents, children, parent, child)
    found = fitted.combine(parents, children)
    own, pooled, truth = (
        (parents, found.parents, parent) if blind == "parent" else (children, found.children, child)
    )
    assert (pooled.argmax(axis=1) == truth).mean() > (own.argmax(axis=1) == truth).mean() + 0.1
