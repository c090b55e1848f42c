import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.highest import about_highest


@given(size=st.integers(0, 300), count=st.integers(0, 400), every=st.integers(1, 9), seed=st.integers(0, 50))
def test_what_is_left_out_is_never_higher_than_what_is_returned(size, count, every, seed):
    scores = np.random.default_rng(seed).normal(size=size)
    found = about_highest(scores, count, every=every)
    assert (np.diff(found) > 0).all()
    others = np.setdiff1d(np.arange(size), found)
    assert not len(others) or (len(found) and scores[found].min() >= scores[others].max())
    if count >= size:
        assert len(found) == size


@pytest.mark.parametrize("every", [1, 8, 64])
def test_about_as_many_are_returned_as_wanted(every):
    scores = np.random.default_rng(0).normal(size=100_000)
    assert 700 <= len(about_highest(scores, 1_000, every=every)) <= 1_400
