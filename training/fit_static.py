"""Learns a vector for each word piece so that their weighed sum is near what the encoder says of a text.

Ridge regression of a history's sentence vectors on its words view, by conjugate gradients: no label is
looked at.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import joblib
import numpy as np
import scipy.sparse as sp

from features.static_meaning import StaticMeaning
from features.words import PAIR, WordView

__all__ = ["cross_fit_static", "fit_static"]

PENALTY = 1.0
"""Of banking77's pieces, development slice: .1, 1 and 10 gave the fast tier .914, .917 and .914."""

MOST_TEXTS = 30_000
"""The newest texts are enough for a few thousand pieces, and bound the time."""

PARTS = 4
"""Tables that are learnt so that no ticket's vector comes from one that has seen it."""

COLUMNS = 96
"""Solved together: what a product of sparse rows jumps about in then lies in a core's cache. Of 20,000 texts
two cores take 2.6 s instead of the 9.9 that one took for all 384 at once."""

STEPS = 30
NEAR_ENOUGH = 1e-4
"""Residual, as a share of the first, at which the steps end."""


def fit_static(words: WordView, rows: sp.csr_matrix, vectors: np.ndarray) -> StaticMeaning:
    """Regress sentence vectors on single word pieces.

    Parameters
    ----------
    words : WordView
        Fitted.
    rows : csr_matrix of shape (n, n_terms)
        The words view of the history's texts, oldest first.
    vectors : ndarray of shape (n, dimension)
        What the encoder says of these texts.
    """
    pieces = int(np.searchsorted(words.terms_, PAIR))
    spoken = np.flatnonzero(np.diff(rows.indptr) > 0)[-MOST_TEXTS:]
    if not pieces or not len(spoken):
        return StaticMeaning(np.zeros((pieces, vectors.shape[1]), np.float32), _mean(vectors))
    mean = _mean(vectors[spoken])
    empty = StaticMeaning(np.zeros((pieces, vectors.shape[1]), np.float32), mean)
    return StaticMeaning(_solve(empty.pieces(rows[spoken]), vectors[spoken] - mean), mean)


def cross_fit_static(words: WordView, rows: sp.csr_matrix, vectors: np.ndarray) -> np.ndarray:
    """Return a history's static vectors as new tickets will have them: of pieces learnt without the ticket.

    A table is nearer to the texts that it was regressed on (Mozilla topics: cosine .93) than to others (.85).
    Heads that were fitted and judged on the former would find the latter in service.

    Parameters
    ----------
    words, rows, vectors
        As of :func:`fit_static`.

    Returns
    -------
    ndarray of shape (n, dimension), float32
    """
    part = np.arange(len(vectors)) % PARTS
    found = np.empty_like(vectors)
    for own in range(PARTS):
        others = part != own
        found[~others] = fit_static(words, rows[others], vectors[others]).vectors(rows[~others])
    return found


def _mean(vectors: np.ndarray) -> np.ndarray:
    return np.asarray(vectors.mean(axis=0, dtype=float), np.float32)


def _solve(features: sp.csr_matrix, targets: np.ndarray) -> np.ndarray:
    """Solve ``(F'F + penalty) W = F'T``; each column is a problem of its own."""
    turned = features.T.tocsr()
    some = [targets[:, at : at + COLUMNS] for at in range(0, targets.shape[1], COLUMNS)]
    with ThreadPoolExecutor(joblib.cpu_count()) as pool:
        return np.hstack(list(pool.map(partial(_descend, features, turned), some)))


def _descend(features: sp.csr_matrix, turned: sp.csr_matrix, targets: np.ndarray) -> np.ndarray:
    """Solve some columns by conjugate gradients (Hestenes and Stiefel 1952)."""
    targets = np.ascontiguousarray(targets)
    found = np.zeros((features.shape[1], targets.shape[1]), np.float32)
    left = np.asarray(turned @ targets, np.float32)
    step, size = left.copy(), np.einsum("ij,ij->j", left, left)
    enough = NEAR_ENOUGH**2 * size
    for _ in range(STEPS):
        turn = np.asarray(turned @ (features @ step)) + np.float32(PENALTY) * step
        length = size / np.maximum(np.einsum("ij,ij->j", step, turn), np.finfo(np.float32).tiny)
        found += length * step
        left -= length * turn
        now = np.einsum("ij,ij->j", left, left)
        if (now <= enough).all():
            break
        step = left + (now / np.maximum(size, np.finfo(np.float32).tiny)) * step
        size = now
    return found
