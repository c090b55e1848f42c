"""Finds the space in which tickets are compared with what an article was used for."""

import numpy as np

from features.ticket_space import TicketSpace

__all__ = ["find_space"]

SHRINKAGE = 0.6
DIGITS = 4
TICKETS_MIN = 100


def find_space(vectors: np.ndarray) -> TicketSpace | None:
    """Return the space of some tickets; None for fewer than 100.

    The covariance is drawn towards one with the same variance in every direction (Ledoit and Wolf 2004, "A
    well-conditioned estimator for large-dimensional covariance matrices", with a fixed strength of 0.6: the
    best of 0.1, 0.3, 0.6 and 0.8 on the third and fourth fifth of the linked Thunderbird tickets). What the
    tickets are about is not looked at.

    Parameters
    ----------
    vectors : ndarray of shape (n_tickets, dimension)
        Embeddings of tickets.
    """
    if len(vectors) < TICKETS_MIN:
        return None
    rows = np.asarray(vectors, dtype=np.float64)
    mean = rows.mean(axis=0)
    covariance = (rows - mean).T @ (rows - mean) / len(rows)
    dimension = len(mean)
    even = np.trace(covariance) / dimension * np.eye(dimension)
    strengths, directions = np.linalg.eigh((1 - SHRINKAGE) * covariance + SHRINKAGE * even)
    whitening = (directions / np.sqrt(np.maximum(strengths, 1e-12))) @ directions.T
    # Rounded, so that the number of threads that multiplied does not show.
    return TicketSpace(mean.round(DIGITS + 2).astype(np.float32), whitening.round(DIGITS).astype(np.float32))
