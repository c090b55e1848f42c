from hypothesis import given
from hypothesis import strategies as st

from triage.sla.foresight import Foresight

HOURS = st.lists(st.floats(0, 5_000), min_size=3, max_size=3).map(sorted)


def test_levels_say_what_they_say():
    foresight = Foresight({0.25: 1.0, 0.5: 4.0, 0.9: 30.0})
    assert round(foresight.probability_after(1.0), 6) == 0.75
    assert round(foresight.probability_after(30.0), 6) == 0.1
    assert foresight.probability_after(0.0) == 0.999


def test_nothing_learnt_says_nothing():
    assert Foresight({}).probability_after(4.0) is None


@given(HOURS, st.floats(0, 10_000), st.floats(0, 10_000))
def test_more_time_never_makes_it_likelier_to_be_late(hours, one, other):
    foresight = Foresight(dict(zip((0.1, 0.5, 0.9), hours, strict=True)))
    early, late = foresight.probability_after(min(one, other)), foresight.probability_after(max(one, other))
    assert 1.0 >= early >= late > 0.0
