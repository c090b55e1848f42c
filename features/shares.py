"""How the features of a ticket's row are made of parts that people can read: worked out once, used often."""

from dataclasses import dataclass

import numpy as np

__all__ = ["Shares"]


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """Which part of a ticket holds how much of each of its features.

    Parameters
    ----------
    names : tuple of str
        Of the parts: words, or fields with their values.
    part, feature : ndarray of shape (n,), int
        A part, and a place among the row's non-zero features.
    share : ndarray of shape (n,), float64
        How much of that feature is the part's; those of one feature add up to 1.
    """

    names: tuple[str, ...]
    part: np.ndarray
    feature: np.ndarray
    share: np.ndarray

    def of(self, scores: np.ndarray) -> np.ndarray:
        """Share a linear score out to the parts.

        Parameters
        ----------
        scores : ndarray of shape (n_features_of_row,)
            What each non-zero feature adds to the score.

        Returns
        -------
        ndarray of shape (n_parts,), float64
            In the order of ``names``, adding up to what the features of the row add up to.
        """
        return np.bincount(self.part, self.share * scores[self.feature], minlength=len(self.names))
