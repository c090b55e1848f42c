import pytest

from triage.priority import PRIORITIES, rank


def test_the_scale_rises_from_low_to_urgent():
    assert sorted(PRIORITIES, key=rank) == ["low", "normal", "high", "urgent"]


@pytest.mark.parametrize("other", ["", "Low", "critical", "P1"])
def test_a_value_off_the_scale_is_refused_with_the_scale(other):
    with pytest.raises(ValueError, match="low, normal, high, urgent"):
        rank(other)
