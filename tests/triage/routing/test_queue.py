from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.triage.routing.desk import MONDAY
from triage.errors import InputError
from triage.routing.queue import Waiting, order_queue
from triage.routing.queue_policy import QueuePolicy
from triage.sla.policy import Target
from triage.sla.standing import PromiseState, Standing

HOUR = timedelta(hours=1)
spans = st.integers(0, 400).map(lambda hours: hours * HOUR)
waiting = st.builds(
    lambda name, ago, priority, due, probability: Waiting(
        f"T-{name}", MONDAY - ago, priority, None if due is None else MONDAY + due - 100 * HOUR, probability
    ),
    st.integers(0, 50),
    spans,
    st.sampled_from((None, "low", "normal", "urgent", "P9")),
    st.none() | spans,
    st.none() | st.floats(0, 1),
)


def first(*pair: Waiting) -> str:
    return order_queue(pair, MONDAY, QueuePolicy())[0].ticket_id


def test_the_order_is_told():
    [only] = order_queue(
        [Waiting("T-1", MONDAY - 3 * HOUR, "high", MONDAY + HOUR, 0.25)], MONDAY, QueuePolicy()
    )
    assert only.because == "high, due in 60 minutes, 25% likely to miss its target, waiting for 3 hours"
    assert only.score == pytest.approx(4 * 1.75 + 3 / 24)
    [late] = order_queue(
        [Waiting("T-2", MONDAY - 72 * HOUR, None, MONDAY - 50 * HOUR)], MONDAY, QueuePolicy()
    )
    assert late.because == "no priority, overdue by 2 days, waiting for 3 days"


def test_a_promise_counts_in_business_time_and_is_told():
    def told(state, left, gone, probability=None):
        promise = Standing(Target.RESOLUTION, MONDAY + 20 * HOUR, state, left * HOUR, gone, probability)
        late = replace(promise, due_at=MONDAY - 2 * HOUR) if state is PromiseState.OVERDUE else promise
        [only] = order_queue([Waiting("T-1", MONDAY, "high", promise=late)], MONDAY, QueuePolicy())
        return only.score, only.because

    assert told(PromiseState.RUNNING, 4, 0.5, 0.75) == (
        4 * 1.75,
        "high, resolution due in 20 hours (4 hours of business time), 75% likely to miss its target, "
        "waiting for 0 minutes",
    )
    assert "due in 20 hours, waiting" in told(PromiseState.RUNNING, 20, 0.5)[1]
    assert "resolution stands still while the requester is waited for" in told(PromiseState.PAUSED, 4, 0.5)[1]
    score, because = told(PromiseState.OVERDUE, -2, 1.5, 1.0)
    assert because == "high, resolution overdue by 2 hours, waiting for 0 minutes" and 8 < score < 12


@given(waiting)
def test_of_two_that_differ_in_one_thing_the_graver_the_sooner_due_the_older_comes_first(one):
    grave, light = replace(one, ticket_id="a", priority="urgent"), replace(one, ticket_id="b", priority="low")
    assert first(light, grave) == "a"
    older = replace(one, ticket_id="z", filed_at=one.filed_at - HOUR, due_at=None)
    assert first(replace(one, ticket_id="b", due_at=None), older) == "z"
    if one.due_at is not None:
        sooner = replace(one, ticket_id="a", due_at=one.due_at - HOUR)
        assert first(replace(one, ticket_id="b"), sooner) == "a"


@given(st.lists(waiting, max_size=8, unique_by=lambda one: one.ticket_id))
def test_every_ticket_comes_once_and_the_order_handed_in_does_not_count(items):
    ordered = order_queue(items, MONDAY, QueuePolicy())
    assert sorted(one.ticket_id for one in ordered) == sorted(one.ticket_id for one in items)
    assert order_queue(items[::-1], MONDAY, QueuePolicy()) == ordered


def test_nothing_waits_for_ever():
    old = Waiting("old", MONDAY - timedelta(days=30), "low")
    assert first(Waiting("new", MONDAY, "urgent", MONDAY, 1.0), old) == "old"


def test_a_probability_is_one():
    with pytest.raises(InputError, match="breach_probability"):
        Waiting("T-1", MONDAY, breach_probability=1.5)
