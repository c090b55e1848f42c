"""The space in which tickets are compared with what an article was used for.

No direction weighs more than another because tickets happen to differ along it.

Finding it is :mod:`training.knowledge.space`'s job.
"""

from dataclasses import dataclass

import numpy as np

__all__ = ["TicketSpace"]


@dataclass(frozen=True, slots=True, eq=False)
class TicketSpace:
    """Where embeddings of tickets are moved and stretched to.

    Parameters
    ----------
    mean : ndarray of shape (dimension,), float32
        The average ticket.
    whitening : ndarray of shape (dimension, dimension), float32
        Symmetric; the inverse square root of the tickets' covariance, drawn towards equal variances.
    """

    mean: np.ndarray
    whitening: np.ndarray

    def place(self, vector: np.ndarray) -> np.ndarray:
        """Return where an embedding of shape (dimension,) lies."""
        return np.asarray(self.whitening @ (vector - self.mean))
