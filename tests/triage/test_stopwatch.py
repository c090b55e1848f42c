import pytest

from triage.stopwatch import Stopwatch, stage


class Clock:
    """Stands still until told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def go(self, seconds: float) -> None:
        self.now += seconds


def test_each_moment_counts_for_the_innermost_stage_and_all_add_up():
    clock = Clock()
    with Stopwatch(clock) as watch, stage("other"):
        clock.go(1)
        with stage("predict"):
            clock.go(2)
            with stage("encode"):
                clock.go(4)
            with stage("similar"):
                clock.go(8)
            clock.go(16)
        with stage("encode"):
            clock.go(32)
    assert watch.seconds == {"other": 1, "predict": 18, "encode": 36, "similar": 8}


def test_a_stage_that_fails_is_measured_and_the_next_watch_begins_anew():
    clock = Clock()
    with pytest.raises(ValueError), Stopwatch(clock) as first, stage("store"):
        clock.go(3)
        raise ValueError
    assert first.seconds == {"store": 3}
    with stage("predict"):
        clock.go(1)
    with Stopwatch(clock) as second:
        pass
    assert second.seconds == {} and first.seconds == {"store": 3}
