import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.affinity.decayed_counts import DecayedCounts


def test_a_count_is_halved_after_its_half_life():
    counts = DecayedCounts([10.0, 20.0])
    counts.add("k", 1, 0.0)
    np.testing.assert_allclose(counts.read("k", 20.0, 3), [[0, 0.25, 0], [0, 0.5, 0]])


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 100)), max_size=30))
def test_sums_are_those_of_all_events_in_any_order(events):
    counts = DecayedCounts([7.0])
    expected = np.zeros(4)
    for person, at in events:
        counts.add("k", person, at)
        expected[person] += 0.5 ** ((100.0 - at) / 7.0)
    np.testing.assert_allclose(counts.read("k", 100.0, 4)[0], expected, atol=1e-9)


def test_what_was_added_can_be_taken_back():
    counts = DecayedCounts([7.0])
    counts.add("k", 0, 1.0)
    counts.add("k", 0, 5.0)
    counts.add("k", 0, 1.0, -1.0)
    assert counts.read("k", 5.0, 1)[0, 0] == pytest.approx(1.0)


def test_ages_are_those_of_the_last_event():
    counts = DecayedCounts([7.0])
    counts.add("k", 0, 1.0)
    counts.add("k", 0, 4.0)
    np.testing.assert_allclose(counts.ages("k", 10.0, 2, 50.0), [6.0, 50.0])
    np.testing.assert_allclose(counts.ages("other", 10.0, 2, 50.0), [50.0, 50.0])


def test_it_grows_past_its_first_rows():
    counts = DecayedCounts([7.0])
    for person in range(3000):
        counts.add("k", person, 0.0)
    assert counts.read("k", 0.0, 3000).sum() == pytest.approx(3000)


def test_one_persons_sums_are_those_read_with_everybodys_also_after_somebody_new_came():
    counts = DecayedCounts([7.0, 90.0])
    for person in range(60):
        counts.add("k", person, float(person))
        together = counts.read("k", 61.0, 61)
        for asked in (0, person, 60):
            np.testing.assert_allclose(counts.read_one("k", asked, 61.0), together[:, asked])
    assert not counts.read_one("other", 0, 61.0).any()
