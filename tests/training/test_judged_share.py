import pytest

from training.judged_share import FEWEST_JUDGED, TOO_FEW, interval, share_of, span


def test_the_interval_is_clopper_pearsons():
    # With nothing wrong the bound is the share of which as many right in a row come once in forty times.
    assert interval(1.0, 30) == pytest.approx((0.025 ** (1 / 30), 1.0), abs=1e-9)
    assert interval(0.95, 200) == pytest.approx((0.9100, 0.9758), abs=1e-4)
    assert interval(0.0, 30) == pytest.approx((0.0, 0.1157), abs=1e-4)


def test_below_a_count_no_share_is_told():
    assert share_of(1.0, FEWEST_JUDGED - 1) == TOO_FEW
    assert span(1.0, FEWEST_JUDGED - 1) == ""
    assert share_of(1.0, FEWEST_JUDGED) == "100.0%"
    assert span(1.0, FEWEST_JUDGED) == "88.4–100.0%"


def test_what_was_never_judged_is_a_dash():
    assert share_of(None, 0) == share_of(0.5, 0) == "–"
