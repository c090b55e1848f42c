import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from features.article_chance import DEFAULT_CHANCE, calibrate_chance, chance_signals

PASSAGES = np.eye(4, dtype=np.float32)
near = st.floats(-1, 1)


def signals(score: float, nearness: float, articles: int) -> np.ndarray:
    vector = np.array([nearness, np.sqrt(max(0.0, 1 - nearness**2)), 0, 0], dtype=np.float32)
    return chance_signals(vector, PASSAGES[:1], score, articles)


def chance(score: float, nearness: float, articles: int = 500) -> float:
    return float(DEFAULT_CHANCE.chance(signals(score, nearness, articles)[None])[0])


@given(st.floats(0, 1), near, st.integers(1, 10_000))
def test_a_chance_is_a_probability(score: float, nearness: float, articles: int):
    assert 0 < chance(score, nearness, articles) < 1


@given(st.floats(0, 1), st.floats(0, 1), near)
def test_a_better_score_is_never_a_smaller_chance(one: float, other: float, nearness: float):
    low, high = sorted([one, other])
    assert chance(low, nearness) <= chance(high, nearness)


def test_being_the_only_article_says_little():
    assert chance(1.0, 0.1, articles=1) < 0.1
    assert chance(1.0, 0.9, articles=1) > 0.5


def test_an_article_without_passages_has_no_nearness():
    assert chance_signals(PASSAGES[0], PASSAGES[:0], 0.5, 10)[1] == 0.0


def test_few_answers_move_nothing_and_many_move_the_chance_to_what_was_seen():
    log_odds = np.linspace(-2, 2, 400)
    few = calibrate_chance(DEFAULT_CHANCE, log_odds[:20], [True, False] * 10)
    assert few == DEFAULT_CHANCE
    # Half as good as the curve says.
    random = np.random.default_rng(2)
    helped = random.random(400) < 0.5 / (1 + np.exp(-log_odds))
    many = calibrate_chance(DEFAULT_CHANCE, log_odds, helped)
    assert many.learnt_from == 400
    stated = 1 / (1 + np.exp(-(many.shift + many.slope * log_odds)))
    assert abs(stated.mean() - helped.mean()) < 0.05


def test_answers_that_all_say_the_same_teach_nothing():
    assert calibrate_chance(DEFAULT_CHANCE, np.zeros(100), [True] * 100) == DEFAULT_CHANCE
