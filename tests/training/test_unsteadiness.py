import numpy as np

from training.unsteadiness import variance_factors


def factors(right: np.ndarray, count: int) -> float:
    return float(variance_factors(np.arange(len(right)), right, np.array([count]))[0])


def test_steady_times_are_rarely_called_unsteady():
    random = np.random.default_rng(0)
    found = [factors(random.random(2_000) < 0.9, 2_000) for _ in range(300)]
    assert np.mean(np.array(found) > 1) < 0.03
    assert min(found) == 1.0


def test_the_factor_is_near_the_true_one_where_times_differ():
    random = np.random.default_rng(1)
    chances = np.repeat(np.clip(random.normal(0.85, 0.08, (200, 10)), 0, 1), 300, axis=1)
    found = [factors(random.random(3_000) < chance, 3_000) for chance in chances]
    # Variance of a run's share: .08 squared between times beside .85 * .15 / 300 by chance.
    assert 0.6 < np.mean(found) / (1 + 0.08**2 * 300 / (0.85 * 0.15)) < 1.4


def test_a_handful_of_wrong_values_says_nothing_about_times():
    right = np.ones(1_000, bool)
    right[:9] = False
    assert factors(right, 1_000) == 1.0
    right[:30] = False
    assert factors(right, 1_000) > 1.0
