import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.hierarchy import NONE, UNKNOWN, Exponents, Hierarchy, joined_with

EXPONENTS = Exponents(1.0, 0.5, 1.0, 1.0, 0.0, -2.0)


def tree(pairs: list[tuple[int, int, float]], n_parents: int, n_children: int, **changes) -> Hierarchy:
    pairs = sorted(pairs)
    above, below, share = (np.array(one) for one in zip(*pairs, strict=True))
    filled = np.where(np.isin(np.arange(n_parents), above), 0.9, 0.0)
    return Hierarchy(
        "category",
        "subcategory",
        tuple(f"c{place}" for place in range(n_parents)),
        tuple(f"s{place}" for place in range(n_children)),
        above,
        below,
        share,
        filled,
        changes.get("exponents", EXPONENTS),
    )


TWO = tree([(0, 0, 1.0), (0, 1, 1.0), (1, 2, 1.0)], 2, 3)
"""c0 has the children s0 and s1, c1 has s2."""


@st.composite
def cases(draw) -> tuple[Hierarchy, np.ndarray, np.ndarray]:
    n_parents, n_children, rows = draw(st.integers(2, 5)), draw(st.integers(2, 7)), draw(st.integers(1, 4))
    random = np.random.default_rng(draw(st.integers(0, 2**31)))
    allowed = random.random((n_children, n_parents)) < 0.3
    allowed[np.arange(n_children), random.integers(0, n_parents - 1, n_children)] = True
    share = np.where(allowed, random.random(allowed.shape) + 0.05, 0)
    share /= share.sum(axis=1, keepdims=True)
    pairs = [(p, c, share[c, p]) for c, p in np.argwhere(allowed)]
    sharpness = draw(st.sampled_from([0.1, 1.0, 10.0, 300.0]))
    values = [draw(st.floats(0, 3)) for _ in range(4)]
    hierarchy = tree(
        pairs,
        n_parents,
        n_children,
        exponents=Exponents(*values, draw(st.floats(0, 1)), draw(st.floats(-12, 0))),
    )
    logits = [random.normal(size=(rows, size)) * sharpness for size in (n_parents, n_children)]
    found = [np.exp(one - one.max(axis=1, keepdims=True)) for one in logits]
    return hierarchy, *(one / one.sum(axis=1, keepdims=True) for one in found)


@given(cases())
@settings(max_examples=200, deadline=None)
def test_the_likeliest_child_lies_under_the_likeliest_parent_and_all_sums_are_one(case):
    hierarchy, parents, children = case
    found = hierarchy.combine(parents, children)
    for one in (found.parents, found.children):
        assert np.isfinite(one).all() and (one >= 0).all()
        np.testing.assert_allclose(one.sum(axis=1), 1.0, atol=1e-9)
    for row in np.flatnonzero(~found.withheld):
        assert hierarchy.lies_under(found.children[row].argmax(), found.parents[row].argmax())
    for row in np.flatnonzero(found.withheld):
        assert found.parents[row].argmax() not in hierarchy.above


@given(cases(), st.integers(0, 2**31))
@settings(max_examples=100, deadline=None)
def test_beside_a_persons_value_the_other_field_is_what_it_can_be(case, seed):
    hierarchy, parents, children = case
    random = np.random.default_rng(seed)
    upper = random.integers(UNKNOWN, len(hierarchy.parents), len(parents))
    lower = random.integers(UNKNOWN, len(hierarchy.children), len(parents))
    found = hierarchy.combine(parents, children, upper, np.full(len(parents), NONE))
    for row, place in enumerate(upper):
        if place >= 0 and place in hierarchy.above:
            assert not found.withheld[row]
            assert hierarchy.lies_under(found.children[row].argmax(), place)
        elif place != NONE:
            assert found.withheld[row]
    found = hierarchy.combine(parents, children, np.full(len(parents), NONE), lower)
    for row in np.flatnonzero(lower >= 0):
        assert hierarchy.lies_under(lower[row], found.parents[row].argmax())
    np.testing.assert_allclose(found.parents.sum(axis=1), 1.0, atol=1e-9)


@given(cases())
@settings(max_examples=50, deadline=None)
def test_a_ticket_gets_the_same_alone_and_among_others(case):
    hierarchy, parents, children = case
    together = hierarchy.combine(parents, children)
    for row in range(len(parents)):
        alone = hierarchy.combine(parents[row : row + 1], children[row : row + 1])
        assert np.array_equal(alone.parents[0], together.parents[row])
        assert np.array_equal(alone.children[0], together.children[row])


def test_a_sure_child_settles_an_unsure_parent_and_the_other_way_round():
    found = TWO.combine(np.array([[0.5, 0.5], [0.99, 0.01]]), np.array([[0.02, 0.03, 0.95], [0.3, 0.3, 0.4]]))
    assert found.parents[0, 1] > 0.7
    assert found.children[1, 2] < 0.1


def test_with_nothing_but_the_upper_field_to_count_it_stays_as_it_was():
    alone = tree([(0, 0, 1.0), (1, 1, 1.0)], 2, 2, exponents=Exponents(1.0, 0.0, 1.0, 1.0, 0.0, -2.0))
    parents = np.array([[0.7, 0.3]])
    found = alone.combine(parents, np.array([[0.1, 0.9]]))
    np.testing.assert_allclose(found.parents, parents)
    np.testing.assert_allclose(found.children, parents)


def test_a_child_of_many_siblings_does_not_lose_to_an_only_child_of_a_less_likely_parent():
    # c0 is likelier, but each of its two children is less likely than the only child of c1.
    plain = tree(
        [(0, 0, 1.0), (0, 1, 1.0), (1, 2, 1.0)], 2, 3, exponents=Exponents(1.0, 0.0, 1.0, 1.0, 0.0, -2.0)
    )
    found = plain.combine(np.array([[0.6, 0.4]]), np.array([[0.31, 0.29, 0.4]]))
    assert found.parents.argmax() == 0
    assert found.children.argmax() == 0
    assert found.children[0, 0] - found.children[0, 2] < 1e-4


def test_a_label_under_several_parents_goes_with_either():
    other = tree([(0, 0, 1.0), (0, 2, 0.5), (1, 1, 1.0), (1, 2, 0.5)], 2, 3)
    children = np.array([[0.01, 0.01, 0.98]])
    for parents, likeliest in ((np.array([[0.9, 0.1]]), 0), (np.array([[0.1, 0.9]]), 1)):
        found = other.combine(parents, children)
        assert (found.parents.argmax(), found.children.argmax()) == (likeliest, 2)


def test_a_parent_without_children_withholds_the_child():
    barren = tree([(0, 0, 1.0), (0, 1, 1.0)], 2, 2)
    found = barren.combine(np.array([[0.02, 0.98], [0.98, 0.02]]), np.full((2, 2), 0.5))
    assert found.withheld.tolist() == [True, False]


@pytest.mark.parametrize(("value", "place"), [("c1", 1), ("gone", UNKNOWN), (None, NONE), ("", NONE)])
def test_a_persons_value_is_found_or_told_unknown(value, place):
    assert TWO.places("category", [value]).tolist() == [place]


def test_a_field_is_joined_with_those_above_and_below_it_only():
    assert joined_with(TWO.parent, [TWO]) == [TWO.child]
    assert joined_with(TWO.child, [TWO]) == [TWO.parent]
    assert joined_with("priority", [TWO]) == joined_with(TWO.parent, []) == []
