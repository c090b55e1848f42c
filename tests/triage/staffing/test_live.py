import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.errors import ConfigurationError
from triage.staffing.live import LivePromise, agents_needed, paid, queue_figures


@pytest.mark.parametrize(
    ("load", "handle", "promise", "needed", "with_shrinkage"),
    [
        (10.0, 180.0, LivePromise(0.80, 20.0, None, 1.0), 14, 20),
        (20.0, 300.0, LivePromise(0.80, 20.0, None, 1.0), 25, 36),
        (10 / 6, 600.0, LivePromise(0.90, 60.0, None, 1.0), 4, 6),
        (400 / 3, 240.0, LivePromise(0.80, 20.0, None, 1.0), 142, 203),
        (400 / 3, 240.0, LivePromise(0.80, 20.0, None, 0.85), 157, 225),
    ],
)
def test_the_published_requirements_are_met(load, handle, promise, needed, with_shrinkage):
    assert agents_needed(load, handle, promise) == needed
    assert paid(needed, 0.3) == with_shrinkage


@settings(max_examples=50)
@given(
    load=st.floats(0.05, 80.0),
    patience=st.one_of(st.none(), st.floats(30.0, 900.0)),
    level=st.floats(0.3, 0.95),
    cap=st.floats(0.5, 1.0),
    at_once=st.integers(1, 4),
)
def test_the_number_found_keeps_the_promise_and_one_fewer_does_not(load, patience, level, cap, at_once):
    promise = LivePromise(level, 20.0, patience, cap, at_once)
    needed = agents_needed(load, 200.0, promise)

    def keeps(agents: int) -> bool:
        found = queue_figures(load, agents, 200.0, promise)
        return found.service_level >= level and found.occupancy <= cap + 1e-8

    assert keeps(needed) and not keeps(needed - 1)


def test_chats_side_by_side_take_fewer_people_and_nothing_takes_nobody():
    one, three = (agents_needed(12.0, 600.0, LivePromise(concurrency=k)) for k in (1, 3))
    assert one / 3 <= three < one
    assert agents_needed(0.0, 600.0, LivePromise()) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"service_level": 1.0},
        {"service_level": 0.0},
        {"occupancy": 1.2},
        {"patience_s": 0.0},
        {"concurrency": 0},
    ],
)
def test_promises_that_nobody_can_keep_are_refused(wrong):
    with pytest.raises(ConfigurationError, match=next(iter(wrong))):
        LivePromise(**wrong)
