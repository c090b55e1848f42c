import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.solved_index import SIGHTS, SolvedIndex


def unit(random: np.random.Generator, count: int) -> np.ndarray:
    vectors = random.standard_normal((count, 8)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@given(st.integers(0, 60), st.integers(0, 2**32 - 1), st.integers(1, 10))
def test_it_finds_what_comparing_with_all_that_may_be_seen_finds(size: int, seed: int, count: int):
    random = np.random.default_rng(seed)
    vectors, teams = unit(random, size + 1), random.integers(0, 3, size)
    index = SolvedIndex(8)
    for row in range(size):
        index.put(f"T-{row}", vectors[row], {"team": str(teams[row])})
    query = vectors[size]
    found = index.search(query, count, hides=lambda labels: labels["team"] == "0")
    seen = [row for row in range(size) if teams[row] != 0]
    expected = sorted(seen, key=lambda row: -float(vectors[row] @ query))[:count]
    assert [one.ticket_id for one in found] == [f"T-{row}" for row in expected]


def test_it_grows_past_its_first_rows_and_a_changed_ticket_is_found_anew():
    vectors = unit(np.random.default_rng(1), 3_000)
    index = SolvedIndex(8)
    for row, vector in enumerate(vectors):
        index.put(f"T-{row}", vector, {})
    assert index.search(vectors[2_999], 1)[0].ticket_id == "T-2999"
    index.put("T-0", vectors[2_999], {})
    assert {one.ticket_id for one in index.search(vectors[2_999], 2)} == {"T-0", "T-2999"}
    index.withdraw("T-2999")
    index.withdraw("T-unknown")
    assert index.search(vectors[2_999], 1)[0].ticket_id == "T-0"
    assert len(index) == 2_999


@pytest.mark.parametrize("count", [0, 5])
def test_an_empty_index_finds_nothing(count: int):
    assert SolvedIndex(8).search(np.ones(8, np.float32), count) == []


def test_the_ticket_itself_is_left_out():
    index = SolvedIndex(2)
    index.put("T-1", np.array([1.0, 0.0]), {})
    assert index.search(np.array([1.0, 0.0]), 3, but="T-1") == []


def test_equal_sights_are_asked_of_new_labels_only_and_others_of_their_own():
    index, asked = SolvedIndex(2), []

    def search(hidden: str, sight: str | None) -> set[str]:
        def hides(labels):
            asked.append(labels["team"])
            return labels["team"] == hidden

        return {one.ticket_id for one in index.search(np.array([1.0, 0.0]), 9, hides=hides, sight=sight)}

    index.put("T-1", np.array([1.0, 0.0]), {"team": "HR"})
    index.put("T-2", np.array([1.0, 0.0]), {"team": "IT"})
    assert search("HR", "a") == {"T-2"} and search("HR", "a") == {"T-2"}
    assert asked == ["HR", "IT"]
    index.put("T-3", np.array([1.0, 0.0]), {"team": "Law"})
    assert search("HR", "a") == {"T-2", "T-3"} and asked == ["HR", "IT", "Law"]
    assert search("IT", "b") == {"T-1", "T-3"}
    assert search("Law", None) == {"T-1", "T-2"}
    index.put("T-1", np.array([1.0, 0.0]), {"team": "IT"})
    assert search("HR", "a") == {"T-1", "T-2", "T-3"}


def test_only_so_many_sights_are_remembered():
    index = SolvedIndex(2)
    index.put("T-1", np.array([1.0, 0.0]), {})
    for sight in range(SIGHTS + 5):
        assert len(index.search(np.array([1.0, 0.0]), 1, sight=sight)) == 1
    assert len(index._shown_to) == SIGHTS
