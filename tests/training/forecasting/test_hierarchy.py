import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from training.forecasting.hierarchy import groupings, mean_variance, reconcile

NAMES = ("total", "category=a", "category=b", "category=c", "team=x", "team=y")
EVEN = np.array([6.0, 2.0, 2.0, 2.0, 3.0, 3.0])
SETS = [np.array([1, 2, 3]), np.array([4, 5])]


@given(arrays(float, (6, 4), elements=st.floats(0, 1e6)))
def test_every_grouping_adds_up_to_the_total_and_nothing_is_negative(base):
    result = reconcile(base, 0, SETS, EVEN)
    assert (result >= 0).all()
    for rows in SETS:
        np.testing.assert_allclose(result[rows].sum(axis=0), result[0], rtol=1e-9, atol=1e-6)


def test_one_grouping_is_reconciled_by_the_textbook_formula():
    base = np.array([[100.0], [60.0], [30.0], [20.0]])
    summing = np.vstack([np.ones(3), np.eye(3)])
    variance = np.array([5.0, 1.0, 2.0, 9.0])
    inverse = np.diag(1 / variance)
    expected = summing @ np.linalg.solve(summing.T @ inverse @ summing, summing.T @ inverse @ base)
    np.testing.assert_allclose(reconcile(base, 0, [np.array([1, 2, 3])], variance), expected)


def test_coherent_forecasts_are_left_as_they_are():
    base = np.array([[10.0], [5.0], [3.0], [2.0], [4.0], [6.0]])
    np.testing.assert_allclose(reconcile(base, 0, SETS, EVEN), base)


def test_only_series_that_make_up_the_total_are_a_grouping():
    counts = np.array([[10.0, 4], [5, 1], [3, 1], [2, 2], [4, 3], [6, 2]])
    found = groupings(NAMES, counts)
    assert [rows.tolist() for rows in found] == [[1, 2, 3]]
    assert groupings(NAMES[1:], counts[1:]) == []


def test_a_series_that_began_yesterday_gives_way_to_those_that_are_well_founded():
    base = np.array([[12.0], [6.0], [6.0], [5.0]])
    variance = mean_variance(base[:, 0], np.ones(4), np.array([200.0, 200.0, 200.0, 1.0]))
    total, one, other, newborn = reconcile(base, 0, [np.array([1, 2, 3])], variance)[:, 0]
    assert newborn < 2.0 and 5.2 < one == other < 6.0 and 12.0 < total < 13.2


def test_a_set_without_a_ticket_can_be_reconciled():
    base = np.zeros((3, 2))
    assert (
        reconcile(base, 0, [np.array([1, 2])], mean_variance(base[:, 0], np.ones(3), np.ones(3))) == 0
    ).all()
