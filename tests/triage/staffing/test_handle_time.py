import numpy as np
import pytest

from triage.errors import ConfigurationError, InputError
from triage.staffing.handle_time import HandleTime, learn_handle_times


def draws(mean: float, n: int, seed: int) -> list[float]:
    return np.random.default_rng(seed).gamma(2.0, mean / 2.0, n).tolist()


def test_means_and_spreads_are_learnt_by_label():
    labels = ["vpn"] * 600 + ["mail"] * 600
    found = learn_handle_times(labels, draws(1_200, 600, 0) + draws(300, 600, 1))
    assert found.of("vpn").mean_s == pytest.approx(1_200, rel=0.1)
    assert found.of("mail").mean_s == pytest.approx(300, rel=0.1)
    assert found.of("vpn").spread_s == pytest.approx(1_200 / np.sqrt(2), rel=0.15)
    assert found.of("never seen") == found.default


def test_three_tickets_of_a_rare_label_do_not_decide_alone():
    labels = ["vpn"] * 300 + ["mail"] * 300 + ["rare"] * 3
    found = learn_handle_times(labels, draws(600, 300, 0) + draws(700, 300, 1) + [3_000.0] * 3)
    assert found.default.mean_s < found.of("rare").mean_s < 2_000


def test_a_clock_that_ran_over_the_weekend_does_not_count_as_that():
    found = learn_handle_times(["vpn"] * 400, [*draws(600, 399, 0), 250_000.0])
    assert found.default.mean_s < 700


def test_clocks_that_were_forgotten_are_left_out_and_counted():
    rng = np.random.default_rng(3)
    labels = ["quick"] * 1_000 + ["project"] * 100
    times = [*rng.lognormal(6.0, 0.5, 980), *[1e7] * 20, *rng.lognormal(10.0, 0.5, 100)]
    found = learn_handle_times(labels, times)
    assert found.left_out == 20 and found.default.tickets == 1_080
    assert found.of("quick").mean_s == pytest.approx(np.exp(6.125), rel=0.1)
    assert found.of("quick").median_s == pytest.approx(np.exp(6.0), rel=0.1)
    # A label that is another kind of work is no mistake.
    assert found.of("project").mean_s == pytest.approx(np.exp(10.125), rel=0.15)


def test_long_times_stay_where_times_scatter_widely():
    times = np.random.default_rng(4).lognormal(6.0, 1.5, 2_000).tolist()
    assert learn_handle_times(["a"] * 2_000, times).left_out <= 2
    assert learn_handle_times(["a"] * 30, [600.0] * 29 + [5_000.0]).left_out == 0
    # A year of work is none, however widely others scatter.
    wide = learn_handle_times(["a"] * 2_001, [*times, 3.2e7])
    assert wide.left_out >= 1 and wide.default.mean_s < 5_000


def test_missing_and_senseless_times_are_left_out_and_none_at_all_is_an_error():
    found = learn_handle_times(["a", "a", None, "b"], [600.0, None, 300.0, -5.0])
    assert found.default.tickets == 2 and found.doubted == {"negative": 1}
    with pytest.raises(InputError, match="handle_seconds"):
        learn_handle_times(["a"], [None])
    with pytest.raises(InputError, match=r"1 longer than 30 days, 1 zero, 1 negative\); expected seconds"):
        learn_handle_times(["a"] * 3, [4e7, 0.0, -1.0])
    with pytest.raises(ConfigurationError, match="mean_s"):
        HandleTime(0.0)
