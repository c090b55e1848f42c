from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.staffing.flow import split_day
from features.staffing.plan import make_plan
from tests.features.staffing.making import forecast, setup

ENDLESS = np.array([np.inf, np.inf])
BOTH = np.array([[True, True]])


def test_the_cheaper_team_gets_it_until_its_hours_are_used_up():
    cost = np.array([10.0, 30.0])
    assert split_day(np.array([8.0]), BOTH, cost, ENDLESS) == pytest.approx(np.array([[1.0, 0.0]]))
    found = split_day(np.array([8.0]), BOTH, cost, np.array([6.0, 100.0]))
    assert found == pytest.approx(np.array([[0.75, 0.25]]))


def test_at_the_same_cost_everybody_is_as_busy_as_the_others():
    found = split_day(np.array([8.0]), BOTH, np.array([10.0, 10.0]), np.array([30.0, 10.0]))
    assert found == pytest.approx(np.array([[0.75, 0.25]]), abs=1e-6)


def test_who_alone_may_do_something_is_kept_free_for_it():
    allowed = np.array([[True, False], [True, True]])
    found = split_day(np.array([6.0, 4.0]), allowed, np.array([10.0, 20.0]), np.array([7.0, 9.0]))
    assert found == pytest.approx(np.array([[1.0, 0.0], [0.25, 0.75]]))


@settings(max_examples=40, deadline=None)
@given(
    hours=st.lists(st.floats(0.0, 50.0), min_size=1, max_size=4),
    rooms=st.lists(st.floats(0.0, 60.0), min_size=2, max_size=3),
    data=st.data(),
)
def test_shares_sum_to_one_and_go_only_to_those_who_may(hours, rooms, data):
    rows = st.lists(st.booleans(), min_size=len(rooms), max_size=len(rooms)).filter(any)
    allowed = np.array([data.draw(rows) for _ in hours])
    found = split_day(np.array(hours), allowed, np.arange(len(rooms), dtype=float), np.array(rooms))
    assert found.sum(axis=1) == pytest.approx(np.ones(len(hours)))
    assert (found >= -1e-9).all() and (found[~allowed] == 0).all()


def test_teams_with_several_skills_help_out_in_a_plan():
    volume = {"total": 300.0, "category=a": 100.0, "category=b": 200.0}
    teams = (
        {"name": "a only", "skills": ["a"], "cost_per_hour": 10.0},
        {"name": "b", "skills": ["b"], "cost_per_hour": 10.0, "agents": 1},
        {"name": "both", "skills": ["a", "b"], "cost_per_hour": 20.0},
    )
    plan = make_plan(
        setup(*teams, by="category", handle_time={"default": 600}),
        forecast(volume, n=3, step=timedelta(days=1)),
    )
    by_team = {one.team: plan.of_team(one.team)[1].workload_hours.p50 for one in plan.totals}
    assert by_team["a only"] == pytest.approx(100 / 6, rel=0.05)
    # One person of "b" is 24 hours a day; the rest goes to those who cost more.
    assert by_team["both"] > 5 and by_team["b"] + by_team["both"] == pytest.approx(200 / 6, rel=0.06)
