"""Limits of keys: what a key may take at once and at length, alone and in several processes."""

import os
from collections.abc import Callable
from functools import partial
from multiprocessing import get_context

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serving.key_limits import AHEAD_S, PLACES, KeyLimits, OverLimitError
from tests.children import in_a_child

STEPS = st.lists(st.tuples(st.floats(0, 30), st.integers(0, 5)), max_size=80)


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def takes(limits: KeyLimits, per_minute: int, key: str = "k") -> bool:
    try:
        limits.take(key, per_minute)
    except OverLimitError:
        return False
    return True


def test_ten_seconds_worth_at_once_then_one_after_the_other():
    clock = Clock()
    limits = KeyLimits(clock)
    assert [takes(limits, 60) for _ in range(12)] == [True] * 10 + [False] * 2
    clock.now += 1.0
    assert [takes(limits, 60) for _ in range(2)] == [True, False]
    assert takes(limits, 60, "another")
    clock.now += 3_600.0
    assert sum(takes(limits, 60) for _ in range(100)) == 10  # What was not used is not saved up.


def test_whoever_may_ask_once_a_minute_is_let_in_and_told_how_long_to_wait():
    clock = Clock()
    limits = KeyLimits(clock)
    limits.take("k", 1)
    clock.now += 12.5
    with pytest.raises(OverLimitError, match="1 times a minute") as refused:
        limits.take("k", 1)
    assert refused.value.retry_after_s == 48
    clock.now += 48
    limits.take("k", 1)


def test_a_batch_is_let_in_whole_and_paid_for_afterwards():
    clock = Clock()
    limits = KeyLimits(clock)
    limits.take("k", 60)
    limits.charge("k", 60, 255)
    clock.now += 246
    assert not takes(limits, 60)
    clock.now += 1.1
    assert takes(limits, 60)
    limits.charge("k", 60, 0)


@given(st.integers(1, 600), STEPS)
@settings(max_examples=150)
def test_never_more_than_the_rate_and_ten_seconds_worth(per_minute: int, steps: list[tuple[float, int]]):
    clock = Clock()
    limits = KeyLimits(clock)
    began, taken = clock.now, 0
    for pause, asked in steps:
        clock.now += pause
        taken += sum(takes(limits, per_minute) for _ in range(asked))
        worth = (clock.now - began) * per_minute / 60
        assert taken <= worth + max(1.0, AHEAD_S * per_minute / 60) + 1e-6


@given(st.integers(1, 600), STEPS)
@settings(max_examples=50)
def test_who_keeps_to_the_rate_is_never_refused(per_minute: int, steps: list[tuple[float, int]]):
    clock = Clock()
    limits = KeyLimits(clock)
    for pause, _ in steps:
        clock.now += 60 / per_minute + pause
        assert takes(limits, per_minute)


def test_with_more_keys_than_places_none_is_held_up_for_another():
    limits = KeyLimits(Clock())
    assert all(takes(limits, 6, f"key {number}") for number in range(2 * PLACES))


def fork(work: Callable[[], None]) -> None:
    """Do something in a process forked from this one, and wait for it."""
    child = get_context("fork").Process(target=work)
    child.start()
    child.join()


def count_in_three_processes() -> None:
    limits = KeyLimits()
    counts = get_context("fork").Array("i", 3)

    def count(place: int) -> None:
        counts[place] = sum(takes(limits, 120) for _ in range(50))

    for place in range(3):
        fork(partial(count, place))
    assert counts[0] >= 20
    # Two a second are paid off meanwhile.
    assert sum(counts) <= 30


def test_forked_processes_count_together():
    assert in_a_child(count_in_three_processes) == 0


def die_with_the_turn() -> None:
    limits = KeyLimits()

    def die() -> None:
        with limits._place("k"):
            os._exit(0)

    fork(die)
    assert takes(limits, 60)


def test_a_process_that_dies_with_the_turn_gives_it_back():
    assert in_a_child(die_with_the_turn) == 0
