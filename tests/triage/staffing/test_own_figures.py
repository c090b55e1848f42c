from datetime import timedelta

import numpy as np
import pytest

from tests.features.staffing.making import MONDAY, forecast
from triage.staffing.own_figures import with_own_figures

DAY = timedelta(days=1)
AHEAD = forecast({"total": 30.0, "category=a": 10.0, "category=b": np.array([20.0, 0.0])}, n=2, step=DAY)


def test_a_figure_moves_its_interval_in_proportion_and_nothing_else():
    found = with_own_figures(AHEAD, {("category=a", MONDAY): 25.0, ("category=x", MONDAY): 9.0})
    assert found.mean[1].tolist() == [25.0, 10.0]
    assert found.quantiles[1, 0] == pytest.approx(AHEAD.quantiles[1, 0] * 2.5)
    assert (found.mean[[0, 2]] == AHEAD.mean[[0, 2]]).all() and AHEAD.mean[1, 0] == 10.0
    assert (found.quantiles[:, 1] == AHEAD.quantiles[:, 1]).all()


def test_where_the_model_expects_nothing_a_figure_scatters_as_counts_do():
    found = with_own_figures(AHEAD, {("category=b", MONDAY + DAY): 9.0, ("total", MONDAY): 0.0})
    assert found.quantiles[2, 1] == pytest.approx(
        9.0 + 3.0 * np.array([-1.645, -1.282, -0.842, 0, 0.842, 1.282, 1.645]), abs=0.01
    )
    assert not found.quantiles[0, 0].any() and found.mean[0, 0] == 0.0
