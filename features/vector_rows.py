"""Unit vectors, by row, with cosines to all of them: what meaning is searched in.

A :class:`VectorRows` never changes: appending gives a new one that shares the packed matrix, so that
readers need no lock. The packed matrix can be mapped from a file. Exact, not approximate.
"""

from dataclasses import dataclass

import numpy as np

__all__ = ["VectorRows"]

TAIL_MAX = 256


@dataclass(frozen=True, slots=True, eq=False)
class VectorRows:
    """Rows of unit vectors.

    Parameters
    ----------
    packed : ndarray of shape (n_packed, dimension), float32
        The first rows.
    tail : tuple of ndarray, each of shape (n, dimension)
        The rows appended since, in order.
    """

    packed: np.ndarray
    tail: tuple[np.ndarray, ...] = ()

    @classmethod
    def empty(cls, dimension: int) -> "VectorRows":
        """No rows of a dimension."""
        return cls(np.empty((0, dimension), dtype=np.float32))

    def __len__(self) -> int:
        return len(self.packed) + sum(len(rows) for rows in self.tail)

    def append(self, rows: np.ndarray) -> "VectorRows":
        """Return these rows with more at the end; every 256th time all are packed into one matrix."""
        tail = (*self.tail, np.asarray(rows, dtype=np.float32))
        if len(tail) < TAIL_MAX:
            return VectorRows(self.packed, tail)
        return VectorRows(np.concatenate([self.packed, *tail]))

    def take(self, rows: np.ndarray) -> "VectorRows":
        """Return the given rows, packed."""
        return VectorRows(np.concatenate([self.packed, *self.tail])[rows])

    def cosines(self, vector: np.ndarray) -> np.ndarray:
        """Return the cosine of every row with a unit vector, of shape (n,)."""
        return np.concatenate([rows @ vector for rows in (self.packed, *self.tail)])
