import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from features.ticket_clusters import find_clusters


def blobs(random: np.random.Generator, sizes: list[int], noise: float = 0.2) -> tuple[np.ndarray, np.ndarray]:
    centres = random.standard_normal((len(sizes), 48))
    owners = np.repeat(np.arange(len(sizes)), sizes)
    vectors = centres[owners] + noise * random.standard_normal((len(owners), 48))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32), owners


def names(count: int) -> list[str]:
    return [f"T-{place:05}" for place in range(count)]


def test_it_finds_what_belongs_together_the_largest_first():
    vectors, owners = blobs(np.random.default_rng(3), [30, 12, 7, 1, 1, 1])
    found = find_clusters(vectors, names(len(vectors)))
    assert [set(owners[one.rows]) for one in found] == [{0}, {1}, {2}]
    assert [len(one.rows) for one in found] == [30, 12, 7]


def test_it_spans_blocks_and_the_most_typical_comes_first():
    vectors, _ = blobs(np.random.default_rng(4), [2_500, 40])
    (first, second) = find_clusters(vectors, names(len(vectors)))
    assert (len(first.rows), len(second.rows)) == (2_500, 40)
    cosines = vectors[first.rows] @ first.centre
    assert np.all(np.diff(cosines) <= 1e-6)


@settings(max_examples=25)
@given(st.lists(st.integers(1, 20), min_size=1, max_size=8), st.integers(0, 2**32 - 1), st.floats(0.1, 0.9))
def test_clusters_share_nothing_are_tight_and_do_not_depend_on_the_order(
    sizes: list[int], seed: int, noise: float
):
    random = np.random.default_rng(seed)
    vectors, _ = blobs(random, sizes, noise)
    keys = names(len(vectors))
    found = find_clusters(vectors, keys, least=3)
    rows = np.concatenate([one.rows for one in found]) if found else np.empty(0, int)
    assert len(rows) == len(set(rows.tolist()))
    for one in found:
        assert len(one.rows) >= 3
        assert float((vectors[one.rows] @ one.centre).min()) >= 0.62 - 1e-5
    turned = random.permutation(len(vectors))
    again = find_clusters(vectors[turned], [keys[place] for place in turned], least=3)
    assert [{keys[row] for row in one.rows} for one in found] == [
        {keys[turned[row]] for row in one.rows} for one in again
    ]


def test_few_or_lonely_tickets_make_no_cluster():
    vectors, _ = blobs(np.random.default_rng(5), [1] * 10)
    assert find_clusters(vectors, names(10)) == []
    assert find_clusters(vectors[:0], []) == []
