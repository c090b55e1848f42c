import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.risk_coverage import area_under_risk, least_area, risk_coverage

CASES = st.lists(st.tuples(st.sampled_from([0.2, 0.5, 0.7, 0.9]), st.booleans()), min_size=1, max_size=60)


def test_the_area_is_the_mean_share_wrong_worked_out_by_hand():
    # Surest first: right, wrong, right: risks 0, 1/2, 1/3.
    found = area_under_risk(np.array([0.9, 0.5, 0.7]), np.array([True, True, False]))
    assert found == pytest.approx((0 + 1 / 2 + 1 / 3) / 3)


def test_confidence_that_says_nothing_has_the_error_rate():
    assert area_under_risk(np.full(10, 0.5), np.arange(10) < 7) == pytest.approx(0.3)


@given(CASES)
def test_no_order_has_a_smaller_area_than_that_of_the_truth(case):
    confidence, right = (np.array([row[place] for row in case]) for place in (0, 1))
    assert least_area(right) <= area_under_risk(confidence, right) + 1e-12


def test_the_least_area_is_reached_by_the_best_order():
    right = np.array([True, False, True])
    assert least_area(right) == pytest.approx(area_under_risk(np.array([0.9, 0.1, 0.8]), right)) == 1 / 9


@given(CASES)
def test_the_order_of_the_tickets_makes_no_difference(case):
    confidence, right = (np.array([row[place] for row in case]) for place in (0, 1))
    assert area_under_risk(confidence[::-1], right[::-1]) == pytest.approx(area_under_risk(confidence, right))
    assert risk_coverage(confidence, right)[-1]["coverage"] == 1.0
