"""From which confidence the fast tier needs no encoder: chosen on tickets held out from both tiers."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from training.learn_field import LearntField

__all__ = ["MOST_LOST", "NEVER_SURE", "Tiers", "choose_sure_from"]

MOST_LOST = 0.01
"""Accuracy that the fast tier may cost."""

CAUTION = 0.5
"""Standard errors that are added to what is measured: with few tickets a tier that looks free may not be."""

STEPS = 100
"""Confidences that are tried, as quantiles."""

NEVER_SURE = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Tiers:
    """What both tiers say of the same held-out tickets of a field.

    Parameters
    ----------
    rows : ndarray of shape (m,)
        As places in the field's labelled rows.
    classes : ndarray of shape (m,)
        The truth.
    fast, full : ndarray of shape (m, n_labels)
        Calibrated probabilities.
    """

    rows: np.ndarray
    classes: np.ndarray
    fast: np.ndarray
    full: np.ndarray

    @classmethod
    def of(cls, fast: LearntField, full: LearntField) -> "Tiers":
        """Take the rows that both were held out from, in order."""
        rows, mine, theirs = np.intersect1d(fast.held_out, full.held_out, return_indices=True)
        return cls(rows, fast.classes[mine], fast.probabilities[mine], full.probabilities[theirs])

    @property
    def confidence(self) -> np.ndarray:
        """The fast tier's, of shape (m,)."""
        return np.asarray(self.fast.max(axis=1))

    @property
    def lost(self) -> np.ndarray:
        """What each ticket loses without the encoder, of shape (m,): 1, 0 or, where it is a gain, -1."""
        right = [(one.argmax(axis=1) == self.classes).astype(float) for one in (self.full, self.fast)]
        return np.asarray(right[0] - right[1])

    def together(self, sure_from: float) -> np.ndarray:
        """Return the probabilities that count: of the fast tier where it is sure, else of the full one."""
        return np.where((self.confidence >= sure_from)[:, None], self.fast, self.full)

    def facts(self, sure_from: float) -> dict[str, Any]:
        """Return accuracies and the share of tickets that ask the encoder, for manifest and card."""
        sure = self.confidence >= sure_from
        lost = self.lost * sure

        def accuracy(said: np.ndarray) -> float:
            return float((said.argmax(axis=1) == self.classes).mean())

        return {
            "tickets": len(self.rows),
            "full": accuracy(self.full),
            "fast": accuracy(self.fast),
            "both": accuracy(self.together(sure_from)),
            "sure_from": sure_from,
            "asked": float(1.0 - sure.mean()),
            "standard_error": float(lost.std() / np.sqrt(len(lost))),
        }


def choose_sure_from(tiers: Tiers) -> float:
    """Return the lowest confidence from which leaving the encoder out costs little enough accuracy.

    Parameters
    ----------
    tiers : Tiers
        One ticket or more.

    Returns
    -------
    float
        0 where the encoder is not needed at all, :data:`NEVER_SURE` where it is always.
    """
    confidence, lost = tiers.confidence, tiers.lost
    tried = np.quantile(confidence, np.arange(STEPS) / STEPS)
    tried[0] = 0.0
    for one in np.unique(tried):
        cost = lost * (confidence >= one)
        if cost.mean() + CAUTION * cost.std() / np.sqrt(len(cost)) <= MOST_LOST:
            return float(one)
    return NEVER_SURE
