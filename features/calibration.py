"""Maps a pool's logits to probabilities that mean what they say; chosen and fitted in ``training``."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, softmax

__all__ = ["Calibration"]

BARELY = 1e-9
"""By how much the likeliest label stays ahead where the map would tie it with the second; and how near to 0
and 1 a probability counts when its odds are taken."""


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """``softmax(scale * logits)``, then the likeliest label's part is moved and the others share the rest.

    Every row sums to 1, and the order of a ticket's labels stays as it was.

    Parameters
    ----------
    name : str
        ``temperature``, ``labels`` or ``isotonic``.
    scale : float, default=1.0
        Above 0; an inverse temperature (Guo et al. 2017, *On Calibration of Modern Neural Networks*).
    offsets : ndarray of shape (n_labels,), optional
        Added to the log odds of the likeliest label; none by default.
    stated, true : ndarray of shape (n_knots,), optional
        Rising knots of a curve: a likeliest label stated at ``stated`` is right in ``true``; between knots
        a straight line. No curve by default.
    """

    name: str
    scale: float = 1.0
    offsets: np.ndarray | None = None
    stated: np.ndarray | None = None
    true: np.ndarray | None = None

    def probabilities(self, logits: np.ndarray) -> np.ndarray:
        """Return the (n, n_labels) probabilities of (n, n_labels) logits, float64."""
        probabilities = np.asarray(softmax(self.scale * np.asarray(logits, float), axis=1))
        if probabilities.shape[1] < 2 or (self.offsets is None and self.stated is None):
            return probabilities
        rows = np.arange(len(probabilities))
        top = probabilities.argmax(axis=1)
        before = np.clip(probabilities[rows, top], BARELY, 1 - BARELY)
        second = np.partition(probabilities, -2, axis=1)[:, -2]
        # The likeliest stays ahead of the second, which keeps its part of what is left.
        tied = second / (1 - before + second)
        after = np.clip(self._moved(before, top), tied * (1 + BARELY), 1 - BARELY)
        probabilities[rows, top] = 0.0
        probabilities *= ((1 - after) / np.maximum(probabilities.sum(axis=1), np.finfo(float).tiny))[:, None]
        # Whatever rounding loses belongs to the likeliest.
        probabilities[rows, top] = 1.0 - probabilities.sum(axis=1)
        return probabilities

    def _moved(self, before: np.ndarray, top: np.ndarray) -> np.ndarray:
        if self.offsets is not None:
            before = expit(np.log(before / (1 - before)) + self.offsets[top])
        if self.stated is not None and self.true is not None:
            before = np.interp(before, self.stated, self.true)
        return np.asarray(before)
