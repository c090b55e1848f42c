from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.triage.sla.made import BOOK, HOUR, MONDAY, past
from triage.sla.clock import Pause
from triage.sla.foresight import Foresight
from triage.sla.policy import Target
from triage.sla.standing import PromiseState, exposure_of, standings_of

FORESIGHT = Foresight({0.1: 0.5, 0.5: 2.0, 0.9: 30.0})


def stand(now, pauses=(), foresight=None, **more):
    policy, found = standings_of(past(**more), BOOK, pauses, foresight, now=now)
    return policy and policy.name, {one.target: one for one in found}


def test_business_time_says_how_much_has_gone_and_is_left():
    name, found = stand(MONDAY + 3 * HOUR)
    assert (name, list(found)) == ("gold", [Target.RESPONSE, Target.RESOLUTION])
    answer, solution = found.values()
    assert (answer.state, answer.share_gone, answer.left) == (PromiseState.OVERDUE, 3.0, -2 * HOUR)
    assert (solution.state, solution.share_gone, solution.left) == (PromiseState.RUNNING, 0.75, HOUR)
    friday = MONDAY + timedelta(days=4, hours=7)  # an hour before the weekend
    _, found = stand(MONDAY + timedelta(days=7), created_at=friday)
    assert found[Target.RESOLUTION].share_gone == 0.25


def test_what_is_answered_done_or_promised_to_nobody_has_nothing_to_keep():
    _, found = stand(MONDAY + HOUR, first_response_at=MONDAY)
    assert list(found) == [Target.RESOLUTION]
    assert stand(MONDAY, resolved_at=MONDAY) == stand(MONDAY, status="Closed") == (None, {})
    assert stand(MONDAY, organization=None) == stand(MONDAY, created_at=None) == (None, {})


def test_while_the_requester_is_waited_for_nothing_of_the_solution_goes():
    pause = [Pause(MONDAY + HOUR)]
    _, found = stand(MONDAY + 7 * HOUR, pause)
    solution = found[Target.RESOLUTION]
    assert (solution.state, solution.share_gone, solution.left) == (PromiseState.PAUSED, 0.25, 3 * HOUR)
    assert solution.due_at == MONDAY + timedelta(days=1, hours=2)
    assert found[Target.RESPONSE].state is PromiseState.OVERDUE


def test_the_longer_a_ticket_is_open_the_likelier_its_promise_is_missed_until_it_is():
    def probability(hours):
        return stand(MONDAY + hours * HOUR, foresight=FORESIGHT)[1][Target.RESOLUTION].breach_probability

    assert probability(0) == FORESIGHT.probability_after(4.0)
    told = [probability(hours) for hours in (0, 1, 2, 3.9, 4, 9)]
    assert told == sorted(told) and told[3] < told[4] == 1.0
    learnt = Foresight(FORESIGHT.resolution_hours, 0.25)
    _, found = stand(MONDAY + 2 * HOUR, foresight=learnt)
    assert found[Target.RESOLUTION].breach_probability == pytest.approx(0.5)
    assert found[Target.RESPONSE].breach_probability is None
    assert Foresight({}, 0.25).breach_after(4.0, 2.0) == 0.25


@given(
    st.floats(0, 1) | st.none(),
    st.lists(st.floats(0.01, 1e4), min_size=1, max_size=5, unique=True).map(sorted),
    st.floats(0, 100),
    st.lists(st.floats(0, 200), min_size=2, max_size=2).map(sorted),
)
def test_a_probability_stays_one_and_never_falls_as_time_goes(breach, hours, due, moments):
    levels = [0.1, 0.25, 0.5, 0.75, 0.9][: len(hours)]
    foresight = Foresight(dict(zip(levels, hours, strict=True)), breach)
    early, late = (foresight.breach_after(due, gone) for gone in moments)
    assert 0 <= early <= late <= 1


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0, 1) | st.none())
def test_more_time_gone_is_never_less_exposed(one, other, probability):
    low, high = sorted((one, other))
    assert 0 <= exposure_of(low, probability) <= exposure_of(high, probability)
