import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from training.recency import FEWEST, HALF_LIVES, learn_half_life, recency_weights
from training.splits import Fold

DAYS = np.linspace(0.0, 1_000.0, 2 * FEWEST)
FOLD = Fold(np.arange(1_600), np.arange(1_600, 2_000))


def test_without_a_half_life_all_count_the_same():
    assert recency_weights(DAYS, None) is None


@given(st.lists(st.floats(0, 5_000), min_size=1, max_size=30), st.sampled_from(HALF_LIVES))
def test_a_newer_ticket_never_counts_less_and_the_newest_counts_in_full(days: list[float], half_life: float):
    weights = recency_weights(np.array(days), half_life)
    assert weights is not None
    assert weights[np.argsort(days)].tolist() == sorted(weights)
    assert weights.max() == 1.0
    assert (weights >= 0).all()


def test_old_tickets_are_forgotten_where_that_proves_to_pay():
    def losses(weights: np.ndarray | None) -> np.ndarray:
        # Best where the effective number of tickets is about that of a half-life of 240 days.
        size = 1_600 if weights is None else weights.sum()
        wanted = recency_weights(DAYS[FOLD.learn], 240.0).sum()
        return np.full(400, 1.0 + abs(np.log(size / wanted)))

    assert learn_half_life(DAYS, FOLD, losses) == 240.0


def test_forgetting_has_to_prove_that_it_pays():
    noise = np.random.default_rng(0).normal(1.0, 1.0, 400)

    def losses(weights: np.ndarray | None) -> np.ndarray:
        return noise if weights is None else noise[::-1] - 0.01

    assert learn_half_life(DAYS, FOLD, losses) is None


def test_few_tickets_or_none_with_a_time_all_count():
    def never(weights: np.ndarray | None) -> np.ndarray:
        raise AssertionError("nothing is tried")

    assert learn_half_life(None, FOLD, never) is None
    assert learn_half_life(DAYS[: FEWEST - 1], FOLD, never) is None
