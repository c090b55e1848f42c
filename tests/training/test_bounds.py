import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from training.bounds import fewest, lower_bound, run_chains


@pytest.mark.parametrize(
    ("right", "shown", "bound"), [(95, 100, 0.898), (190, 200, 0.917), (475, 500, 0.931), (59, 59, 0.950)]
)
def test_the_bound_has_the_reference_values(right, shown, bound):
    assert round(lower_bound(right, shown), 3) == bound


@given(st.integers(1, 300).flatmap(lambda shown: st.tuples(st.integers(1, shown), st.just(shown))))
def test_at_the_bound_so_many_right_would_be_one_chance_in_twenty(case):
    right, shown = case
    assert binom.sf(right - 1, shown, lower_bound(right, shown)) == pytest.approx(0.05, abs=1e-6)


def test_with_nothing_right_or_nothing_shown_nothing_is_promised():
    assert lower_bound(0, 50) == lower_bound(0, 0) == 0.0


@given(st.floats(0.5, 0.99))
def test_the_fewest_right_in_a_row_prove_the_target_and_one_fewer_do_not(target):
    least = fewest(target)
    assert lower_bound(least, least) >= target
    assert least == 1 or lower_bound(least - 1, least - 1) < target


def test_a_chain_stops_at_its_first_failure_even_where_later_steps_would_pass():
    counts = np.array([100, 200, 300, 400])
    hits = np.array([100, 200, 200, 400])
    assert run_chains(hits, counts, 0.9, [(0, 0.05)]) == 1
    assert run_chains(hits, counts, 0.9, [(0, 0.025), (3, 0.025)]) == 3
    assert run_chains(hits, counts, 0.9, [(2, 0.05)]) is None
    assert run_chains(hits, counts, 0.9, []) is None
