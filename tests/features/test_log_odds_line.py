import numpy as np
import pytest

from features.log_odds_line import fit_line


def drawn(shift: float, slope: float, count: int = 4_000) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(3)
    stated = random.normal(-2.0, 1.5, count)
    return stated, random.random(count) < 1 / (1 + np.exp(-(shift + slope * stated)))


@pytest.mark.parametrize(("shift", "slope"), [(0.0, 1.0), (-1.2, 0.6), (1.5, 1.4)])
def test_many_cases_are_followed(shift: float, slope: float):
    found = fit_line(*drawn(shift, slope), prior_cases=50.0)
    assert found == pytest.approx((shift, slope), abs=0.15)


def test_few_cases_change_little():
    shift, slope = fit_line(np.zeros(4), [True] * 4, prior_cases=50.0)
    assert 0.1 < shift < 0.2 and slope == 1.0
    assert fit_line(np.zeros(4), [True] * 4, prior_cases=1.0)[0] > 1.0


def test_a_case_of_weight_three_counts_as_three():
    stated, came = drawn(-1.0, 0.8, 100)
    often = fit_line(np.repeat(stated, 3), np.repeat(came, 3), prior_cases=50.0)
    assert fit_line(stated, came, prior_cases=50.0, weights=np.full(100, 3.0)) == pytest.approx(often)


def test_what_is_likelier_stays_likelier_though_it_came_true_less_often():
    assert fit_line([-3.0, 3.0] * 500, [True, False] * 500, prior_cases=50.0)[1] == 0.05
