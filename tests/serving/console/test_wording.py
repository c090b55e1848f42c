import pytest

from serving.console.wording import signed


@pytest.mark.parametrize(("weight", "said"), [(1.87, "+1.9"), (-0.236, "−0.24"), (0.999, "+1.0")])
def test_a_contribution_has_a_sign_and_two_digits(weight: float, said: str):
    assert signed(weight) == said
