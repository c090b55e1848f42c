"""Past tickets that read alike: nearest neighbours by cosine.

Holds ids, labels and vectors of past tickets, never their text.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from features.pruned_rows import FEWEST, SLACK, PrunedRows
from triage.prediction import SimilarTicket

__all__ = ["VOTERS", "NeighbourIndex", "vote", "vote_shares"]

VOTERS = 20
TEMPERATURE = 0.05
PRIOR = 1e-3
"""Nearest tickets that vote, how fast a vote fades with distance, what a label without votes keeps.

Chosen on the development slice of Mozilla's topics, where blending the vote in brought .565 to .584
(docs/log.md).
"""


class NeighbourIndex:
    """Exact cosine search over the newest past tickets.

    Parameters
    ----------
    vectors : ndarray of shape (n, dimension), float32
        Unit vectors.
    ticket_ids : sequence of str
        In the vectors' order.
    labels : sequence of Mapping of str to str
        What became of each, by field, under today's names.
    """

    _pruned: PrunedRows | None = None

    def __init__(
        self,
        vectors: np.ndarray,
        ticket_ids: Sequence[str],
        labels: Sequence[Mapping[str, str]],
    ) -> None:
        self.vectors = vectors
        self.ticket_ids = list(ticket_ids)
        self.labels = [dict(one) for one in labels]

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what is made of the vectors again where it is needed."""
        return self.__dict__ | {"_pruned": None}

    def search(self, vectors: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Return places and cosines of the nearest past tickets, each of shape (n, count), nearest first.

        Of equally near ones the earlier place comes first. What is said of one vector does not depend on
        the others, nor on the number of threads.
        """
        count = min(count, len(self.ticket_ids))
        places = np.empty((len(vectors), count), np.int64)
        cosines = np.empty((len(vectors), count), np.float32)
        if count:
            past = np.asarray(self.vectors)  # Mapped from a file, each step would cost many times as much.
            for row, vector in enumerate(vectors):
                near = self.candidates(vector, count)
                # BLAS rounds by a row's place among others, this does not.
                scores = np.einsum("ij,j->i", past[near], vector)
                best = np.lexsort((near, -scores))[:count]
                places[row], cosines[row] = near[best], scores[best]
        return places, cosines

    def candidates(self, vector: np.ndarray, count: int) -> np.ndarray:
        """Return places among which those of the nearest past tickets are, ascending."""
        if len(self.vectors) >= FEWEST:
            if self._pruned is None:
                self._pruned = PrunedRows(np.asarray(self.vectors))
            return self._pruned.candidates(vector, count)
        return self.all_near(vector, count)

    def all_near(self, vector: np.ndarray, count: int) -> np.ndarray:
        """Return the same by measuring all."""
        scores = self.vectors @ vector
        reached = -np.partition(-scores, count - 1)[count - 1]
        return np.flatnonzero(scores >= reached - SLACK)

    def similar(self, places: np.ndarray, cosines: np.ndarray) -> tuple[SimilarTicket, ...]:
        """Name the past tickets of one search row."""
        return tuple(
            SimilarTicket(self.ticket_ids[place], float(cosine), self.labels[place])
            for place, cosine in zip(places, cosines, strict=True)
        )


def vote(cosines: np.ndarray, classes: np.ndarray, n_labels: int) -> np.ndarray:
    """Let the nearest past tickets vote for their labels.

    A vote weighs ``exp((cosine - nearest) / 0.05)``; every label has a thousandth of the nearest one's vote
    to begin with.

    Parameters
    ----------
    cosines : ndarray of shape (n, k)
        To the nearest past tickets, nearest first.
    classes : ndarray of shape (n, k)
        Their labels as integers, -1 for none.
    n_labels : int
        How many labels there are.

    Returns
    -------
    ndarray of shape (n, n_labels)
        Logarithms of probabilities, float64.
    """
    votes = np.full((len(cosines), n_labels), PRIOR)
    if cosines.shape[1]:
        rows = np.repeat(np.arange(len(cosines)), cosines.shape[1])
        np.add.at(votes, (rows, np.maximum(classes, 0).ravel()), _weights(cosines, classes).ravel())
    return np.asarray(np.log(votes / votes.sum(axis=1, keepdims=True)))


def vote_shares(cosines: np.ndarray, classes: np.ndarray, n_labels: int) -> np.ndarray:
    """Return each nearest past ticket's share of the vote, as :func:`vote` counts it.

    Parameters
    ----------
    cosines, classes, n_labels
        As of :func:`vote`.

    Returns
    -------
    ndarray of shape (n, k)
        Zero for a ticket without a label. A row adds up to a little less than one: every label has its
        thousandth to begin with.
    """
    weights = _weights(cosines, classes)
    return np.asarray(weights / (weights.sum(axis=1, keepdims=True) + PRIOR * n_labels))


def _weights(cosines: np.ndarray, classes: np.ndarray) -> np.ndarray:
    return np.asarray(np.exp((cosines - cosines[:, :1]).astype(float) / TEMPERATURE) * (classes >= 0))
