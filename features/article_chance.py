"""The chance that an article helps with a question: absolute, where a ranking knows only better or worse.

The best of a bad lot is first too; whether it fits at all is read from how near in meaning its nearest
passage is, and how far the ranking sets it above the other articles. Says nothing of which to rank first.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from features.log_odds_line import fit_line

__all__ = ["DEFAULT_CHANCE", "ChanceModel", "calibrate_chance", "chance_signals"]

FLOOR = 1e-4
HALF_TRUST = 50.0
"""Articles with which the ranking's score counts for half."""
PRIOR_CASES = 50.0
"""How many answered suggestions weigh as much as the curve that was learnt in advance."""
LEAST_CASES = 30


@dataclass(frozen=True, slots=True)
class ChanceModel:
    """Weights of the signals, and a shift and slope learnt from a workspace's own answers.

    Parameters
    ----------
    score, nearness, bias : float
        Of the log-odds of the ranking's score, the cosine, and 1; for large knowledge bases.
    nearness_alone, bias_alone : float
        The same without the score, which says nothing where there are hardly any articles to compare with.
    shift, slope : float, default=0, 1
        Local calibration: ``shift + slope * log-odds``.
    learnt_from : int, default=0
        Answered suggestions behind the local calibration; 0: none yet.
    """

    score: float
    nearness: float
    bias: float
    nearness_alone: float
    bias_alone: float
    shift: float = 0.0
    slope: float = 1.0
    learnt_from: int = 0

    def log_odds(self, signals: np.ndarray) -> np.ndarray:
        """Return the log-odds before local calibration, of shape (n,), of signals of shape (n, 3)."""
        score, nearness, trust = signals.T
        full = self.score * score + self.nearness * nearness + self.bias
        alone = self.nearness_alone * nearness + self.bias_alone
        return np.asarray(trust * full + (1.0 - trust) * alone)

    def chance(self, signals: np.ndarray) -> np.ndarray:
        """Return the chances that articles help, of shape (n,); see :func:`chance_signals`."""
        return np.asarray(1.0 / (1.0 + np.exp(-(self.shift + self.slope * self.log_odds(signals)))))


DEFAULT_CHANCE = ChanceModel(score=0.68, nearness=3.01, bias=-1.84, nearness_alone=6.27, bias_alone=-4.06)
"""Fitted on Thunderbird questions and the articles that helpers linked, by ``benchmarks/deflection.py
--development``. The share of the question's words that the article has added nothing beside these two."""


def chance_signals(vector: np.ndarray, passages: np.ndarray, score: float, articles: int) -> np.ndarray:
    """Return the signals of one article for a question, of shape (3,).

    Parameters
    ----------
    vector : ndarray of shape (dimension,)
        Embedding of the question's cleaned text.
    passages : ndarray of shape (n_passages, dimension)
        The article's embedding; may be empty.
    score : float
        What the ranking gave the article, 0 to 1.
    articles : int
        How many were ranked: of one alone the score is always 1.
    """
    clipped = min(max(score, FLOOR), 1.0 - FLOOR)
    nearness = float((passages @ vector).max()) if len(passages) else 0.0
    return np.array([np.log(clipped / (1.0 - clipped)), nearness, articles / (articles + HALF_TRUST)])


def calibrate_chance(model: ChanceModel, log_odds: Sequence[float], helped: Sequence[bool]) -> ChanceModel:
    """Fit shift and slope to what people answered; the curve known in advance counts as 50 answers.

    Platt scaling (Platt 1999, "Probabilistic outputs for support vector machines") with a Gaussian prior at
    shift 0 and slope 1, so that few answers move little.

    Parameters
    ----------
    model : ChanceModel
        Whose weights stay.
    log_odds : sequence of float
        Of :meth:`ChanceModel.log_odds`, one an answered suggestion.
    helped : sequence of bool
        Whether the article did.

    Returns
    -------
    ChanceModel
        The same where fewer than 30 answers are known, or all say the same.
    """
    x, y = np.asarray(log_odds, dtype=float), np.asarray(helped, dtype=float)
    if len(x) < LEAST_CASES or y.min() == y.max():
        return model
    shift, slope = fit_line(x, y, prior_cases=PRIOR_CASES)
    return ChanceModel(
        model.score,
        model.nearness,
        model.bias,
        model.nearness_alone,
        model.bias_alone,
        shift,
        slope,
        len(x),
    )
