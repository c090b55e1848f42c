"""Which of many unit vectors can be nearest to a text's, without measuring them all.

The rows are turned into their own principal axes, where the first few numbers say most of a row. By what
these say of a row and the lengths of what is left of it and of the text's vector, its cosine has a bound
(Cauchy and Schwarz); rows whose bound is below what the nearest surely reach are left out. So do LEMP
(Teflioudi, Gemulla and Mykytiuk 2015) and FEXIPRO (Li, Chan, Yiu and Mamoulis 2017). Nothing is lost by it.
"""

from collections.abc import Sequence

import numpy as np

from features.highest import about_highest

__all__ = ["FEWEST", "PrunedRows"]

FEWEST = 4_000
"""Rows from which it pays: fewer lie in the processor's cache, where measuring all is as fast."""

STEPS = (64, 128, 192)
"""Numbers of a row that are looked at before it is measured; each step reads the rows that the last one left.

Of 20,000 real tickets with 384 numbers each, the first step left 2,900 of those that could be among the
nearest 20, the second 500 (docs/log.md)."""

SLACK = 1e-4
"""Of a cosine: what single precision may be wrong by, many times over."""

SAMPLE = 4_000
"""Rows, evenly spread, that the axes are of."""

AHEAD = 3
"""How many times as many rows as wanted are measured first, to learn what the nearest surely reach."""

EVERY = 8
"""One row in so many tells how high the promising ones lie."""


class PrunedRows:
    """Rows of unit vectors, beside the first numbers of each along their principal axes.

    Parameters
    ----------
    rows : ndarray of shape (n, dimension), float32
        Unit vectors, or of zeros; they must not change.

    Examples
    --------
    >>> rows = np.eye(3, dtype=np.float32)
    >>> PrunedRows(rows).candidates(rows[1], 1).tolist()
    [1]
    """

    def __init__(self, rows: np.ndarray) -> None:
        self.rows = rows
        sample = np.asarray(rows[:: max(1, len(rows) // SAMPLE)], dtype=np.float64)
        _, axes = np.linalg.eigh(sample.T @ sample)
        self._ends = [end for end in STEPS if end < rows.shape[1]] or [rows.shape[1]]
        self._axes = np.ascontiguousarray(axes[:, ::-1][:, : self._ends[-1]], dtype=np.float32)
        turned = rows @ self._axes
        self._parts = [np.ascontiguousarray(turned[:, part]) for part in self._slices()]
        lengths = np.einsum("ij,ij->i", rows, rows)
        # What is left of each row's length after each step.
        self._left = [
            _length(lengths - np.einsum("ij,ij->i", turned[:, :end], turned[:, :end])) for end in self._ends
        ]

    def candidates(self, vector: np.ndarray, count: int) -> np.ndarray:
        """Return rows among which the nearest are, ascending; of equally near ones all.

        Parameters
        ----------
        vector : ndarray of shape (dimension,), float32
            A unit vector, or zeros.
        count : int
            So many of the nearest are among them; at most as many as there are rows.
        """
        turned = vector @ self._axes
        length = float(vector @ vector)
        said = self._parts[0] @ turned[: self._ends[0]]
        promising = about_highest(said, AHEAD * count, every=EVERY)
        if len(promising) < count:
            return np.arange(len(self.rows))
        reached = _reached(self.rows[promising] @ vector, count) - SLACK
        left = _length(length - turned[: self._ends[0]] @ turned[: self._ends[0]])
        found = np.flatnonzero(said + self._left[0] * left >= reached)
        if 2 * len(found) > len(self.rows):  # Reading them one by one costs more than reading all.
            return np.flatnonzero(self.rows @ vector >= reached)
        said = said[found]
        for part, lengths, columns in zip(self._parts[1:], self._left[1:], self._slices()[1:], strict=True):
            said = said + part[found] @ turned[columns]
            left = _length(length - turned[: columns.stop] @ turned[: columns.stop])
            kept = said + lengths[found] * left >= reached
            found, said = found[kept], said[kept]
        return found

    def _slices(self) -> list[slice]:
        begins: Sequence[int] = (0, *self._ends)
        return [slice(begin, end) for begin, end in zip(begins, self._ends, strict=False)]


def _length(squares: np.ndarray) -> np.ndarray:
    return np.asarray(np.sqrt(np.maximum(squares, 0)), np.float32)


def _reached(cosines: np.ndarray, count: int) -> float:
    """Return what the ``count`` highest reach."""
    return float(-np.partition(-cosines, count - 1)[count - 1])
