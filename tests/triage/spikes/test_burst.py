import numpy as np
import pytest

from triage.spikes.baseline import HOURS_A_WEEK, usual
from triage.spikes.budget import solve_limits
from triage.spikes.burst import bursts

DAY = np.concatenate([np.full(7, 2.0), np.full(12, 24.0), np.full(5, 4.0)])


def weeks(n, seed=0, k=30.0):
    """Hourly counts of a helpdesk that works from 7 to 19, Monday to Friday; (counts, weekday)."""
    weekday = np.arange(24 * 7 * n) // 24 % 7
    mean = np.where(weekday < 5, np.tile(DAY, 7 * n), 1.0)
    rng = np.random.default_rng(seed)
    return rng.poisson(mean * rng.gamma(k, 1 / k, len(mean))).astype(float), weekday.astype(np.intp)


def found_in(counts, weekday, per_month=1.0):
    base = usual(counts, weekday)
    return bursts(counts, base, solve_limits(counts, base, per_month))


def test_the_usual_is_learnt_from_the_hours_before_alone():
    counts, weekday = weeks(12)
    later = counts.copy()
    later[1500:] *= 5
    np.testing.assert_array_equal(usual(counts, weekday).mean[:1500], usual(later, weekday).mean[:1500])
    at_ten = 24 * 7 * 10 + 24 + 10
    assert usual(counts, weekday).mean[at_ten] == pytest.approx(24, rel=0.2)


def test_a_burst_of_twice_the_usual_is_found_within_hours():
    counts, weekday = weeks(12)
    begin = 24 * 7 * 11 + 24 + 9
    counts[begin : begin + 4] *= 2
    hit = [one for one in found_in(counts, weekday) if begin <= one.found < begin + 4]
    assert len(hit) == 1 and hit[0].strength >= 1
    assert hit[0].count > hit[0].expected


@pytest.mark.parametrize("seed", range(4))
def test_when_nothing_happens_alerts_stay_within_the_budget(seed):
    counts, weekday = weeks(12, seed)
    # Eleven weeks are two and a half months; a budget of one a month leaves room for chance.
    assert len(found_in(counts, weekday, per_month=1.0)) <= 5


def test_a_smaller_budget_never_alerts_more():
    counts, weekday = weeks(12, 3)
    counts[1500:1503] += 12
    many = [len(found_in(counts, weekday, per_month)) for per_month in (0.2, 1.0, 8.0)]
    assert many == sorted(many)


def test_a_quiet_holiday_raises_no_alarm_on_the_day_after():
    counts, weekday = weeks(12, 5)
    holiday = slice(24 * 7 * 10 + 24, 24 * 7 * 10 + 48)
    counts[holiday] = 0
    after = range(holiday.stop, holiday.stop + 24)
    assert not [one for one in found_in(counts, weekday) if one.found in after]


def test_hours_marked_false_ask_for_more_evidence_and_true_ones_do_not():
    counts, weekday = weeks(12, 6)
    spots = [24 * 7 * week + 24 * 2 + 10 for week in (3, 5, 7)]
    flagged = np.zeros(len(counts), dtype=bool)
    for at in spots:
        counts[at : at + 4] *= 1.9
        flagged[at : at + 4] = True
    base = usual(counts, weekday)
    true = solve_limits(counts, base, 0.5, flagged)
    false = solve_limits(counts, base, 0.5, None, flagged)
    assert false.cusum > true.cusum or false.total > true.total


def test_a_week_of_history_knows_nothing_usual():
    counts, weekday = weeks(1)
    assert np.isnan(usual(counts, weekday).mean[:HOURS_A_WEEK]).all()
    assert found_in(counts, weekday) == []
