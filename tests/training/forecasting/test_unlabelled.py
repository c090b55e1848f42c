import numpy as np
import pytest

from training.forecasting.series import count_series
from training.forecasting.unlabelled import share_out

NAMES = ("total", "team=(none)", "team=net", "team=sec")


def history(without, n=60):
    """Sixty days of three tickets of one team and one of the other, and some of none."""
    net, sec = np.full(n, 3.0), np.full(n, 1.0)
    none = np.broadcast_to(np.asarray(without, dtype=float), (n,)).copy()
    return np.stack([net + sec + none, none, net, sec])


def test_tickets_of_the_last_day_that_have_no_team_yet_are_shared_among_the_teams():
    without = np.zeros(60)
    without[-1] = 4.0
    before = history(without)
    names, counts, said = share_out(NAMES, before, "team", 28)
    assert names == ("total", "team=net", "team=sec")
    assert counts[1:, -1].tolist() == [6.0, 2.0]
    np.testing.assert_allclose(counts[1:].sum(axis=0), before[0])
    assert said is not None and said.startswith("4 of the latest tickets without a team")
    assert before[1, -1] == 4.0


def test_what_never_had_a_label_stays_a_series():
    rng = np.random.default_rng(0)
    for without in (2.0, rng.poisson(2, 60)):
        before = history(without)
        names, counts, said = share_out(NAMES, before, "team", 28)
        assert names == NAMES and said is None
        np.testing.assert_array_equal(counts, before)


def test_only_what_goes_beyond_the_usual_is_shared():
    without = np.full(60, 1.0)
    without[-7:] = 9.0
    before = history(without)
    names, counts, _ = share_out(NAMES, before, "team", 28)
    assert names == NAMES
    came = before[:, -28:].sum(axis=1)
    assert counts[1, -28:].sum() == pytest.approx(0.2 * came[0])
    np.testing.assert_allclose(counts[1:].sum(axis=0), before[0])


def test_a_field_that_nobody_sets_and_one_without_gaps_are_left_alone():
    lone = np.stack([np.ones(60), np.ones(60)])
    assert share_out(("total", "team=(none)"), lone, "team", 28)[0] == ("total", "team=(none)")
    assert share_out(NAMES[:1] + NAMES[2:], history(0.0)[[0, 2, 3]], "team", 28)[2] is None


def test_a_counted_history_says_what_was_shared():
    times = np.datetime64("2026-01-05T08:00", "s") + np.arange(120) * np.timedelta64(12, "h")
    teams = ["net", "sec"] * 57 + [None] * 6
    table = count_series(times, {"team": teams}, by=["team"], until=np.datetime64("2026-03-06"))
    assert table.names == ("total", "team=net", "team=sec")
    assert table.noticed[0].startswith("6 of the latest tickets without a team")
