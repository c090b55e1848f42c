import numpy as np
import pytest
from sklearn._loss.loss import PinballLoss
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

from training.sla import grow_trees
from training.sla.grow_trees import grow_quantile, grow_risk


def made(n=600, seed=0):
    """Two codes and a number, some of them missing; the outcome follows all three."""
    random = np.random.default_rng(seed)
    columns = np.column_stack([random.integers(0, 40, n), random.integers(0, 3, n), random.normal(size=n)])
    score = (columns[:, 0] % 3) + columns[:, 1] * columns[:, 2]
    columns[random.random(columns.shape) < 0.1] = np.nan
    return columns, score + random.normal(size=n)


IS_CATEGORY = [True, True, False]


def captured(monkeypatch, name, kind):
    """Keep the library's own fitted model beside ours."""
    kept = []

    class Kept(kind):
        def fit(self, *args, **named):
            kept.append(super().fit(*args, **named))
            return self

    monkeypatch.setattr(grow_trees, name, Kept)
    return kept


@pytest.mark.parametrize("level", [0.1, 0.9])
def test_quantiles_are_those_of_the_library(monkeypatch, level):
    kept = captured(monkeypatch, "HistGradientBoostingRegressor", HistGradientBoostingRegressor)
    columns, values = made()
    ours = grow_quantile(columns, IS_CATEGORY, values, np.ones(len(values)), level, trees=20)
    seen, _ = made(seed=1)
    seen[:, 0] = np.where(np.isin(seen[:, 0], columns[:, 0]), seen[:, 0], np.nan)
    np.testing.assert_allclose(ours.predict(seen), kept[0].predict(seen), rtol=1e-9)
    assert np.mean(values <= ours.predict(columns)) == pytest.approx(level, abs=0.12)


def test_trees_of_weighted_rows_have_the_leaves_of_the_librarys_own_loss(monkeypatch):
    columns, values = made()
    weights = np.random.default_rng(3).random(len(values)) ** 2
    ours = grow_quantile(columns, IS_CATEGORY, values, weights, 0.75, trees=20)
    monkeypatch.setattr(grow_trees._Pinball, "fit_intercept_only", PinballLoss.fit_intercept_only)
    theirs = grow_quantile(columns, IS_CATEGORY, values, weights, 0.75, trees=20)
    assert ours.base == theirs.base
    np.testing.assert_array_equal(ours.value, theirs.value)
    np.testing.assert_array_equal(ours.threshold, theirs.threshold)


def test_log_odds_are_those_of_the_library(monkeypatch):
    kept = captured(monkeypatch, "HistGradientBoostingClassifier", HistGradientBoostingClassifier)
    columns, values = made()
    ours = grow_risk(columns, IS_CATEGORY, values > 1, np.ones(len(values)), trees=20)
    np.testing.assert_allclose(ours.predict(columns), kept[0].decision_function(columns), rtol=1e-9)


def test_a_row_is_predicted_alone_as_among_others():
    columns, values = made()
    trees = grow_risk(columns, IS_CATEGORY, values > 1, np.ones(len(values)), trees=20)
    alone = np.concatenate([trees.predict(row[None]) for row in columns[:50]])
    np.testing.assert_array_equal(alone, trees.predict(columns)[:50])
    assert trees.predict(columns[:0]).shape == (0,)
