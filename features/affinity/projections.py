"""Which of many short vectors have the largest products with one: all of them are looked at, few of them whole.

The first few numbers of each vector, those of most variance, are scanned for all. What the others can add at
most is known from their lengths (Cauchy and Schwarz), so that only vectors that could still be near are read
whole. The answer is that of reading all.
"""

import numpy as np

__all__ = ["Projections"]

ROWS = 1024
HEAD = 8
"""Numbers scanned for all: a quarter of what a whole scan reads."""
SAMPLE_STEP = 61
"""In a long history every so many vectors are read whole first, to guess how near a near one is."""
LONG = 20_000
SLACK = 1e-6
"""For rounding."""


class Projections:
    """Short vectors that grow in number.

    Parameters
    ----------
    length : int
        Of each vector.
    """

    def __init__(self, length: int) -> None:
        self._used = 0
        self._head = np.zeros((ROWS, min(HEAD, length)), np.float32)
        self._tail = np.zeros((ROWS, max(length - HEAD, 0)), np.float32)
        self._tail_length = np.zeros(ROWS, np.float32)

    def __len__(self) -> int:
        return self._used

    def append(self, vector: np.ndarray) -> None:
        """Take in one vector more, of shape (length,)."""
        if self._used == len(self._tail_length):
            self._head = np.concatenate([self._head, np.zeros_like(self._head)])
            self._tail = np.concatenate([self._tail, np.zeros_like(self._tail)])
            self._tail_length = np.concatenate([self._tail_length, np.zeros_like(self._tail_length)])
        self._head[self._used], self._tail[self._used] = vector[:HEAD], vector[HEAD:]
        self._tail_length[self._used] = np.linalg.norm(vector[HEAD:])
        self._used += 1

    def nearest(self, vector: np.ndarray, count: int) -> np.ndarray:
        """Return the rows of the ``count`` largest products with a vector, in any order.

        Of 20,000 rows and more about so many: those from a product on that a sample says so many reach.
        """
        if self._used <= count:
            return np.arange(self._used)
        if self._used < LONG:
            scores = self._whole(slice(self._used), vector)
            return np.argpartition(-scores, count - 1)[:count]
        sample = self._whole(slice(0, self._used, SAMPLE_STEP), vector)
        share = int(len(sample) * count / self._used) + 1
        least = -np.partition(-sample, share)[share]
        begun = self._head[: self._used] @ vector[:HEAD]
        most = begun + np.float32(np.linalg.norm(vector[HEAD:])) * self._tail_length[: self._used]
        rows = np.flatnonzero(most >= least - SLACK)
        return np.asarray(rows[begun[rows] + self._tail[rows] @ vector[HEAD:] >= least])

    def _whole(self, rows: slice, vector: np.ndarray) -> np.ndarray:
        return np.asarray(self._head[rows] @ vector[:HEAD] + self._tail[rows] @ vector[HEAD:])
