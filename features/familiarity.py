"""How familiar a ticket is to one field: two signals, each as its rank among known tickets, in one number.

Fitted in ``training`` on held-out known tickets; no strange ticket is needed. Reads probabilities and
cosines that deciding makes anyway.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

__all__ = ["Familiarity", "evidence", "nearness"]

NEAREST = 5
"""Nearest past tickets whose cosines are averaged; 1, 5 and 20 differed little (docs/log.md)."""

TINY = 1e-300


def evidence(probabilities: np.ndarray) -> np.ndarray:
    """Return how far the likeliest label stands above the average label, in nats.

    ``max(log p) - mean(log p)``: for linear heads the largest logit, weighed over the heads, as it was before
    the softmax (an additive constant apart). A strange ticket has little that speaks for any label, though
    the softmax may still be sure (Vaze et al. 2022, *Open-Set Recognition: a Good Closed-Set Classifier is
    All You Need?*: the largest logit tells strange from known better than the largest probability).

    Parameters
    ----------
    probabilities : ndarray of shape (n_tickets, n_labels)

    Returns
    -------
    ndarray of shape (n_tickets,)
    """
    logs = np.log(np.maximum(probabilities, TINY))
    return np.asarray(logs.max(axis=1) - logs.mean(axis=1))


def nearness(cosines: np.ndarray) -> np.ndarray:
    """Return the mean cosine to the five nearest past tickets.

    Parameters
    ----------
    cosines : ndarray of shape (n_tickets, k)
        Nearest first, ``k`` at least 1.

    Returns
    -------
    ndarray of shape (n_tickets,)
    """
    return np.asarray(cosines[:, :NEAREST].mean(axis=1, dtype=float))


@dataclass(frozen=True, slots=True, eq=False)
class Familiarity:
    """What known tickets look like to one field.

    Parameters
    ----------
    evidence, nearness : ndarray of shape (m,)
        Sorted: the signals of held-out known tickets.
    scores : ndarray of shape (m,)
        Sorted: their scores.
    """

    evidence: np.ndarray
    nearness: np.ndarray
    scores: np.ndarray

    @classmethod
    def of_known(cls, evidence: np.ndarray, nearness: np.ndarray) -> "Familiarity":
        """Fit on the two signals of held-out known tickets, each of shape (m,)."""
        ranked = cls(np.sort(evidence), np.sort(nearness), np.empty(0))
        return cls(ranked.evidence, ranked.nearness, np.sort(ranked.score(evidence, nearness)))

    def score(self, evidence: np.ndarray, nearness: np.ndarray) -> np.ndarray:
        """Return the sum of both signals' normal scores; lower is stranger.

        A signal's normal score is the normal quantile of its rank among known tickets (van der Waerden
        1952), so that neither signal's scale counts and both weigh the same.
        """
        scores = _normal_score(self.evidence, evidence) + _normal_score(self.nearness, nearness)
        return np.asarray(scores)

    def p_values(self, probabilities: np.ndarray, cosines: np.ndarray) -> np.ndarray:
        """Return the conformal p-value of being known, between 0 and 1.

        ``(1 + #{known <= score}) / (1 + m)``, the smoothed rank of Vovk et al., *Algorithmic Learning in a
        Random World* (2005): of known tickets at most a share ``a`` gets a value of ``a`` or less.

        Parameters
        ----------
        probabilities : ndarray of shape (n_tickets, n_labels)
            The field's.
        cosines : ndarray of shape (n_tickets, k)
            To the nearest past tickets, nearest first.

        Returns
        -------
        ndarray of shape (n_tickets,)
        """
        scores = self.score(evidence(probabilities), nearness(cosines))
        return np.asarray((1 + np.searchsorted(self.scores, scores, side="right")) / (1 + len(self.scores)))


def _normal_score(known: np.ndarray, values: np.ndarray) -> np.ndarray:
    below, upto = np.searchsorted(known, values, side="left"), np.searchsorted(known, values, side="right")
    return np.asarray(ndtri((below + upto + 1) / 2 / (len(known) + 1)))
