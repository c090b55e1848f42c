import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.familiarity import Familiarity, evidence, nearness

KNOWN = 2_000


def drawn(random: np.random.Generator, rows: int, labels: int = 12, sharpness: float = 2.0):
    """Probabilities and cosines of tickets that look alike on the average."""
    logits = random.normal(size=(rows, labels)) * sharpness
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    cosines = -np.sort(-random.beta(8, 3, (rows, 20)), axis=1)
    return probabilities, cosines.astype(np.float32)


def of_known(random: np.random.Generator) -> Familiarity:
    probabilities, cosines = drawn(random, KNOWN)
    return Familiarity.of_known(evidence(probabilities), nearness(cosines))


def test_evidence_is_the_largest_logit_above_the_mean_one():
    logits = np.array([[3.0, -1.0, -2.0], [0.5, 0.0, -0.5]])
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert evidence(probabilities) == pytest.approx([3.0, 0.5])


def test_two_tickets_with_the_same_confidence_can_have_different_evidence():
    torn = np.array([[0.5, 0.5 - 2e-9, 1e-9, 1e-9]])
    blank = np.array([[0.5, 1 / 6, 1 / 6, 1 / 6]])
    assert evidence(torn) > evidence(blank) + 5


def test_a_probability_of_zero_breaks_nothing():
    assert np.isfinite(evidence(np.array([[1.0, 0.0, 0.0]]))).all()


def test_of_known_tickets_one_in_a_hundred_is_called_unfamiliar():
    shares = []
    for seed in range(8):
        random = np.random.default_rng(seed)
        shares.append((of_known(random).p_values(*drawn(random, 4_000)) < 0.01).mean())
    assert np.mean(shares) == pytest.approx(0.01, abs=0.002)


def test_what_is_far_from_everything_and_speaks_for_nothing_is_unfamiliar():
    random = np.random.default_rng(0)
    familiarity = of_known(random)
    flat, far = np.full((1, 12), 1 / 12), np.full((1, 20), 0.1, np.float32)
    sure = np.eye(12)[:1] * 0.999 + 1e-4
    near = np.full((1, 20), 0.99, np.float32)
    assert familiarity.p_values(flat, far) < 0.01
    assert familiarity.p_values(sure, near) > 0.9
    both = familiarity.p_values(flat, far)
    assert both <= familiarity.p_values(sure, far) <= familiarity.p_values(sure, near)


def test_with_few_known_tickets_nothing_can_be_called_one_in_a_hundred():
    few = Familiarity.of_known(np.arange(50.0), np.linspace(0, 1, 50))
    assert few.p_values(np.full((1, 12), 1 / 12), np.zeros((1, 5))) >= 0.01


@given(st.integers(0, 500), st.integers(1, 60))
def test_it_is_a_share_and_one_ticket_at_a_time_the_same(seed, rows):
    random = np.random.default_rng(seed)
    familiarity = Familiarity.of_known(random.normal(size=rows), random.random(rows))
    probabilities, cosines = drawn(random, 5)
    together = familiarity.p_values(probabilities, cosines)
    assert ((together > 0) & (together <= 1)).all()
    for row in range(5):
        alone = familiarity.p_values(probabilities[row : row + 1], cosines[row : row + 1])
        assert alone == together[row]
