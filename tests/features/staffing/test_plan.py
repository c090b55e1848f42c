from datetime import timedelta

import numpy as np
import pytest

from features.staffing.plan import make_plan
from tests.features.staffing.making import forecast, setup
from triage.errors import ConfigurationError, InputError
from triage.staffing.live import LivePromise, agents_needed, paid

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ALL = {"name": "all", "cost_per_hour": 10.0}
OFFICE = {"name": "office", "hours": "Mon-Fri 09:00-17:00"}
EXACT = {"handle_time": {"default": {"mean_s": 600, "sd_s": 0}}}


def test_deferred_work_takes_its_hours_over_occupancy_and_shrinkage():
    plan = make_plan(setup(ALL, **EXACT), forecast({"total": 144.0}, n=5, step=DAY))
    row = plan.rows[2]
    # 144 tickets of ten minutes are 24 hours: one person round the clock, over .85 and .7.
    assert row.workload_hours.p50 == pytest.approx(24.0, rel=0.01)
    # A little more than the middle day's work: what is left over from one day would make the next one late.
    assert 1 / 0.85 <= row.required.p50 < 1.08 / 0.85
    assert row.required_paid.p50 == pytest.approx(row.required.p50 / 0.7)
    assert 1.168 / 0.85 / 0.7 <= row.required_paid.p80 * 1.001 < 1.26 / 0.85 / 0.7
    assert row.cost == pytest.approx(row.required_paid.p80 * 24 * 10)
    assert 0.9 < plan.totals[0].on_time <= 1.0 and row.service_level is None


def test_live_contacts_take_what_erlang_says_at_the_percentile():
    channel = {"name": "phone", "kind": "live", "occupancy": 1.0, "shrinkage": 0.3}
    asked = setup(ALL, channels=[channel], handle_time={"default": 180})
    plan = make_plan(asked, forecast({"total": 200.0}, n=24, step=HOUR))
    row = plan.rows[12]
    promise = LivePromise(occupancy=1.0)
    for name, score in (("p50", 0.0), ("p80", 0.842), ("p95", 1.645)):
        load = 200.0 * (1 + 0.2 * score) * 180 / 3_600
        needed = agents_needed(load, 180.0, promise)
        # A future's load counts as the next of 256 steps above: one person more at most.
        assert needed <= getattr(row.required, name) <= needed + 1
    assert row.required_paid.p80 == paid(row.required.p80, 0.3)
    assert row.service_level > 0.8 and row.backlog == 0.0
    assert plan.totals[0].on_time is None


def test_a_quantile_of_a_week_of_slack_is_less_than_that_of_each_day():
    tight = make_plan(setup(ALL, **EXACT), forecast({"total": 144.0}, n=10, step=DAY))
    loose = make_plan(
        setup(ALL, channels=[{"name": "t", "deadline": "72h"}], **EXACT),
        forecast({"total": 144.0}, n=10, step=DAY),
    )
    assert loose.totals[0].paid_hours.p80 < tight.totals[0].paid_hours.p80
    assert loose.totals[0].on_time > 0.95


def test_a_peak_is_worked_off_within_the_deadline():
    volume = np.array([144.0, 144.0, 432.0, 144.0, 144.0, 144.0, 144.0])
    same = make_plan(setup(ALL, **EXACT), forecast({"total": volume}, n=7, step=DAY))
    later = make_plan(
        setup(ALL, channels=[{"name": "t", "deadline": "next day"}], **EXACT),
        forecast({"total": volume}, n=7, step=DAY),
    )
    assert same.totals[0].peak > 1.4 * later.totals[0].peak


def test_nobody_works_while_closed_and_the_work_of_the_night_waits_for_the_morning():
    plan = make_plan(setup(OFFICE, **EXACT), forecast({"total": 6.0}, n=48, step=HOUR))
    closed = [row for row in plan.rows if row.open_hours == 0]
    assert len(closed) == 32 and all(row.required_paid.p95 == 0 for row in closed)
    before, first = plan.rows[8], plan.rows[9]
    assert before.backlog == pytest.approx(54, rel=0.05)
    assert first.backlog < before.backlog
    assert plan.rows[16].backlog < 3 and plan.rows[16].breach_probability < 0.3


def test_what_nobody_is_scheduled_for_stays_grows_old_and_is_late():
    none = {"all": np.zeros(4)}
    plan = make_plan(setup(ALL, **EXACT), forecast({"total": 100.0}, n=4, step=DAY), scheduled=none)
    assert [round(row.backlog, -1) for row in plan.rows] == pytest.approx([100, 200, 300, 400], abs=15)
    assert [row.oldest_age_hours for row in plan.rows] == pytest.approx([24, 48, 72, 96])
    assert all(row.breach_probability == 1.0 and row.net < 0 for row in plan.rows)
    assert plan.totals[0].hours_under > 0 and plan.totals[0].on_time == pytest.approx(0.0, abs=1e-6)


def test_a_backlog_at_the_start_must_be_worked_off_first():
    channel = {"name": "t", "deadline": "same day", "backlog": [{"tickets": 144, "age": "8h"}]}
    plan = make_plan(setup(ALL, channels=[channel], **EXACT), forecast({"total": 144.0}, n=3, step=DAY))
    assert plan.rows[0].required_paid.p50 == pytest.approx(2 * plan.rows[2].required_paid.p50, rel=0.05)


def test_a_plan_is_the_same_every_time_and_more_volume_takes_more_people():
    asked = setup(ALL)
    one = make_plan(asked, forecast({"total": 100.0}, n=3, step=DAY))
    assert one == make_plan(asked, forecast({"total": 100.0}, n=3, step=DAY))
    more = make_plan(asked, forecast({"total": 130.0}, n=3, step=DAY))
    assert more.totals[0].paid_hours.p80 > 1.2 * one.totals[0].paid_hours.p80


def test_contacts_that_come_while_closed_are_told():
    channel = {"name": "phone", "kind": "live"}
    plan = make_plan(setup(OFFICE, channels=[channel]), forecast({"total": 6.0}, n=24, step=HOUR))
    assert "96 live contacts come while nobody is open" in plan.notes[0]


def test_work_that_nobody_may_do_and_forecasts_without_the_series_are_refused():
    two = forecast({"total": 20.0, "category=a": 10.0, "category=b": 10.0}, n=2, step=DAY)
    with pytest.raises(ConfigurationError, match="'b' by 'tickets' that no team may do"):
        make_plan(setup({"name": "x", "skills": ["a"]}, by="category"), two)
    with pytest.raises(InputError, match="without series of 'team'; it has category, total"):
        make_plan(setup(ALL, by="team"), two)
    with pytest.raises(InputError, match="schedule of team 'nobody'"):
        make_plan(setup(ALL), two, scheduled={"nobody": np.zeros(2)})


def test_every_chat_at_once_saves_people_and_patience_counts():
    def peak(**more: object) -> float:
        channel = {"name": "chat", "kind": "live", **more}
        asked = setup(ALL, channels=[channel], handle_time={"default": 600})
        return make_plan(asked, forecast({"total": 90.0}, n=3, step=HOUR)).totals[0].peak

    assert peak(concurrency=3) < 0.6 * peak()
    assert peak(patience_s=30) <= peak()
