from datetime import date

import numpy as np
import pytest

from features.calendar import day_range
from training.forecasting.events import event_factors
from training.forecasting.forecast import forecast_series
from training.forecasting.series import SeriesTable
from triage.errors import InputError
from triage.known_event import KnownEvent

FIRST = np.datetime64("2025-01-06")
PAST = (date(2025, 3, 4), date(2025, 4, 8), date(2025, 5, 13))
AHEAD = date(2025, 7, 1)


def desk():
    """Twenty-five weeks of a total and two parts; every release doubles the part vpn for a day."""
    n = 175
    rng = np.random.default_rng(0)
    vpn, mail = rng.poisson(20, n).astype(float), rng.poisson(20, n).astype(float)
    for day in PAST:
        vpn[(np.datetime64(day) - FIRST).astype(int)] = 60.0
    return ("total", "category=mail", "category=vpn"), np.stack([vpn + mail, mail, vpn])


def releases(factor=None, series="category=vpn"):
    days = (*PAST, AHEAD)
    return [KnownEvent(f"r{n}", "release", "R", day, day, series, factor) for n, day in enumerate(days)]


def days_of(counts, horizon=14):
    return day_range(FIRST, FIRST + (counts.shape[1] + horizon - 1))


def test_an_effect_is_learnt_from_earlier_events_and_moves_the_total_by_the_parts_share():
    names, counts = desk()
    factors, learnt, _ = event_factors(releases(), names, counts, days_of(counts))
    at = (np.datetime64(AHEAD) - FIRST).astype(int)
    # 180 came where 60 are usual; two days and twenty tickets hold it back: (180 + 60) / (60 + 60).
    assert learnt["release"]["category=vpn"] == pytest.approx(2.0, rel=0.05)
    assert factors[1].max() == 1.0
    assert 1.2 < factors[0, at] < factors[2, at]


def test_without_a_past_a_planners_factor_is_taken_as_it_is():
    names, counts = desk()
    event = KnownEvent("x", "campaign", "C", AHEAD, AHEAD, factor=1.5)
    factors, *_ = event_factors([event], names, counts, days_of(counts))
    at = (np.datetime64(AHEAD) - FIRST).astype(int)
    assert factors[:, at].tolist() == [1.5] * 3 and np.delete(factors, at, axis=1).max() == 1.0
    unknown = KnownEvent("x", "campaign", "C", AHEAD, AHEAD)
    assert (event_factors([unknown], names, counts, days_of(counts)).factors == 1.0).all()


@pytest.mark.parametrize("interval", ["day", "hour"])
def test_a_forecast_knows_of_the_next_event(interval):
    names, counts = desk()
    if interval == "hour":
        counts = np.repeat(counts, 24, axis=1) / 24
    step = np.timedelta64(1, "D" if interval == "day" else "h")
    starts = FIRST.astype("datetime64[s]") + np.arange(counts.shape[1] + 1) * step
    table = SeriesTable(names, starts[:-1], counts, interval, "UTC", starts[-1])
    horizon = 14 if interval == "day" else 72
    plain, told = (
        forecast_series(table, horizon=horizon, events=events).table.query("series == 'category=vpn'")
        for events in ((), releases())
    )
    on = (told["start"].dt.date == AHEAD).to_numpy()
    ratio = told["mean"].to_numpy() / plain["mean"].to_numpy()
    assert ratio[on].min() > 1.5 and abs(ratio[~on] - 1).max() < 0.15


@pytest.mark.parametrize("changes", [{"last_day": date(2025, 6, 1)}, {"factor": 50.0}, {"factor": 0.0}])
def test_an_impossible_event_is_refused(changes):
    values = {
        "event_id": "x",
        "kind": "k",
        "title": "t",
        "first_day": AHEAD,
        "last_day": AHEAD,
        "factor": None,
    }
    with pytest.raises(InputError, match="expected"):
        KnownEvent(**values | changes)


def test_a_small_part_stays_near_what_was_learnt_of_the_total():
    _, counts = desk()
    rare = np.full(counts.shape[1], 1.0 / 7)
    rare[(np.datetime64(PAST[0]) - FIRST).astype(int)] = 3.0
    counts = np.vstack([counts[0] + rare, counts[1:], rare])
    names = ("total", "category=mail", "category=vpn", "category=rare")
    learnt = event_factors(releases(series="total"), names, counts, days_of(counts)).learnt["release"]
    assert 1.3 < learnt["total"] < 1.8
    assert learnt["category=rare"] == pytest.approx(learnt["total"], rel=0.1)
    assert learnt["category=mail"] < learnt["total"] < learnt["category=vpn"]


def test_the_same_event_under_two_names_counts_once_and_is_told():
    names, counts = desk()
    once = event_factors(releases(), names, counts, days_of(counts))
    again = [KnownEvent("copy", "release", "R", AHEAD, AHEAD, "category=vpn")]
    twice = event_factors([*releases(), *again], names, counts, days_of(counts))
    np.testing.assert_array_equal(once.factors, twice.factors)
    assert once.noticed == () and "copy" in twice.noticed[0]


def test_events_of_one_kind_on_two_series_keep_what_was_learnt_of_each():
    names, counts = desk()
    mails = [KnownEvent("m", "release", "R", AHEAD, AHEAD, "category=mail", 1.1)]
    for events in ([*releases(), *mails], [*mails, *releases()]):
        learnt = event_factors(events, names, counts, days_of(counts)).learnt["release"]
        assert learnt["category=mail"] == pytest.approx(1.1)
        assert learnt["category=vpn"] == pytest.approx(2.0, rel=0.05)


def test_an_event_on_a_series_that_there_is_not_is_told():
    names, counts = desk()
    event = KnownEvent("x", "campaign", "C", AHEAD, AHEAD, "category=sales", 1.5)
    effects = event_factors([event], names, counts, days_of(counts))
    assert (effects.factors == 1.0).all()
    assert "category=sales" in effects.noticed[0] and "does not have" in effects.noticed[0]
