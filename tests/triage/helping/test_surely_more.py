import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from triage.helping.surely_more import binomial_tail, surely


@given(st.integers(0, 300), st.integers(0, 300), st.floats(0.001, 0.999))
def test_the_tail_is_the_exact_one(successes: int, more: int, share: float):
    cases = successes + more
    assert binomial_tail(successes, cases, share) == pytest.approx(
        binom.sf(successes - 1, cases, share), rel=1e-6, abs=1e-12
    )


@pytest.mark.parametrize(("share", "expected"), [(0.0, 0.0), (1.0, 1.0)])
def test_shares_at_the_ends_are_certain(share: float, expected: float):
    assert binomial_tail(1, 5, share) == expected


@given(st.lists(st.floats(0, 1), max_size=30))
def test_more_tests_make_none_sure_that_was_not(probabilities: list[float]):
    sure = surely(probabilities)
    assert all(one <= 0.05 for one, is_sure in zip(probabilities, sure, strict=True) if is_sure)
    again = surely([*probabilities, 1.0])
    assert all(before or not after for before, after in zip(sure, again[:-1], strict=True))
