"""Sentence vectors without running the encoder: a vector a word piece, weighed and added up.

The vectors are regressed in training onto what the encoder says of a history's texts, after the manner of
static embeddings distilled from sentence encoders (model2vec; Minish Lab 2024), but on the helpdesk's own
tickets. It reads the words view that is made anyway. Does not fit.
"""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

__all__ = ["StaticMeaning"]

LEAST = np.float32(1e-9)
"""Length below which a vector is not stretched."""


@dataclass(frozen=True, slots=True, eq=False)
class StaticMeaning:
    """A linear map from single word pieces to sentence vectors.

    Parameters
    ----------
    table : ndarray of shape (n_pieces, dimension), float32
        Of the first terms of the words view: its terms are sorted, and single pieces come first.
    mean : ndarray of shape (dimension,), float32
        Of the history's sentence vectors; what a text without a known piece has.
    """

    table: np.ndarray
    mean: np.ndarray

    def vectors(self, words: sp.csr_matrix) -> np.ndarray:
        """Return a unit vector a row, float32; a row's vector depends on the row alone.

        Parameters
        ----------
        words : csr_matrix of shape (n, n_terms)
            As :meth:`features.words.WordView.transform` gives them.
        """
        found = np.asarray(self.pieces(words) @ self.table) + self.mean
        return np.asarray(_unit(found))

    def pieces(self, words: sp.csr_matrix) -> sp.csr_matrix:
        """Return the part of the words view that is read, each row of length 1 or empty."""
        part = words[:, : len(self.table)]
        squares = np.zeros(part.shape[0], np.float32)
        row_of = np.repeat(np.arange(part.shape[0]), np.diff(part.indptr))
        np.add.at(squares, row_of, part.data**2)
        part.data /= np.sqrt(squares)[row_of]
        return part


def _unit(vectors: np.ndarray) -> np.ndarray:
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    return np.asarray(vectors / np.maximum(lengths, LEAST)[:, None])
