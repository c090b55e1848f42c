"""Past tickets by meaning, with who handled each: a search that grows with every ticket.

Vectors are kept in 8 bits a number beside a short projection of them. A search scans the projections
(``features.affinity.projections``) and measures only the most promising tickets exactly, so that 200,000
tickets cost about a millisecond.
"""

from array import array
from dataclasses import dataclass

import numpy as np

from features.affinity.projections import Projections

__all__ = ["Nearest", "PastWork"]

ROWS = 1024
PROMISING = 2
"""How many times as many tickets as asked for are measured exactly."""
STEPS = 127
"""A vector's largest number is written as 127: cosines are right to some thousandths."""


@dataclass(frozen=True, slots=True, eq=False)
class Nearest:
    """Rows of past tickets with their cosines, the nearest first."""

    rows: np.ndarray
    cosines: np.ndarray


@dataclass(slots=True)
class Credit:
    """Who has a ticket now, and what was counted for it."""

    person: int
    at: float
    weight: float
    row: int


class PastWork:
    """Rows of past tickets.

    Parameters
    ----------
    basis : ndarray of shape (dimension, n_short), float32
        Projects a vector onto few numbers that keep most of its cosines (principal axes of past tickets).
    """

    def __init__(self, basis: np.ndarray) -> None:
        self._basis = np.asarray(basis, dtype=np.float32)
        self._used = 0
        self._vectors = np.zeros((ROWS, self._basis.shape[0]), np.int8)
        self._scale = np.zeros(ROWS, np.float32)
        self._short = Projections(self._basis.shape[1])
        self._people = np.zeros((3, ROWS), np.int32)
        self._at = np.zeros(ROWS)
        self._last: tuple[tuple[int, int, bytes], Nearest] | None = None
        self._weight = np.zeros(ROWS, np.float32)
        self._is_ticket = np.ones(ROWS, bool)
        self._rows_of: tuple[dict[int, array[int]], dict[int, array[int]]] = ({}, {})
        self._times_of: dict[int, array[float]] = {}

    def __len__(self) -> int:
        return self._used

    @property
    def person(self) -> np.ndarray:
        """Who handled each row, by number; of shape (n,), as the others."""
        return self._people[0, : self._used]

    @property
    def requester(self) -> np.ndarray:
        """Who filed it, by number; -1 for unknown."""
        return self._people[1, : self._used]

    @property
    def category(self) -> np.ndarray:
        """What it was about, by number; -1 for unknown."""
        return self._people[2, : self._used]

    @property
    def at(self) -> np.ndarray:
        """Since when who handled it is known, POSIX time."""
        return self._at[: self._used]

    @property
    def weight(self) -> np.ndarray:
        """How much it counts."""
        return self._weight[: self._used]

    @property
    def is_ticket(self) -> np.ndarray:
        """Whether it was a ticket: a declared skill is none, and never counted to people as one."""
        return self._is_ticket[: self._used]

    def append(self, vector: np.ndarray) -> int:
        """Make room for one ticket more and return its row; :meth:`set` says the rest."""
        if self._used == len(self._at):
            self._vectors = np.concatenate([self._vectors, np.zeros_like(self._vectors)])
            self._scale = np.concatenate([self._scale, np.zeros_like(self._scale)])
            self._people = np.concatenate([self._people, np.zeros_like(self._people)], axis=1)
            self._at = np.concatenate([self._at, np.zeros_like(self._at)])
            self._weight = np.concatenate([self._weight, np.zeros_like(self._weight)])
            self._is_ticket = np.concatenate([self._is_ticket, np.ones_like(self._is_ticket)])
        row = self._used
        self._scale[row] = max(float(np.abs(vector).max()), 1e-12) / STEPS
        self._vectors[row] = np.round(vector / self._scale[row])
        self._short.append(vector @ self._basis)
        self._used += 1
        return row

    def set(self, row: int, *, person: int, requester: int, category: int, at: float, weight: float) -> None:
        """Say who handled a row, and the rest of what is known of it."""
        for number, rows in zip((person, requester), self._rows_of, strict=True):
            if number >= 0:
                rows.setdefault(number, array("q")).append(row)
        if person >= 0:
            self._times_of.setdefault(person, array("d")).append(at)
        self._people[:, row] = person, requester, category
        self._at[row], self._weight[row] = at, weight

    def declare(self, row: int) -> None:
        """Say that a row stands for a declared skill."""
        self._is_ticket[row] = False

    def vector(self, row: int) -> np.ndarray:
        """Return a row's vector, of shape (dimension,), float32."""
        return np.asarray(self._vectors[row] * self._scale[row], dtype=np.float32)

    def nearest(self, vector: np.ndarray, count: int) -> Nearest:
        """Return the ``count`` past tickets that read most alike (or nearly all of them), nearest first.

        The last answer is remembered: ranking and facts ask the same of a ticket.
        """
        asked = (self._used, count, vector.tobytes())
        if self._last is None or self._last[0] != asked:
            rows = self._short.nearest(vector @ self._basis, PROMISING * count)
            self._last = asked, self._measured(rows, vector, count)
        return self._last[1]

    def nearest_of(self, requester: int, vector: np.ndarray, count: int) -> Nearest:
        """Return the ``count`` newest past tickets of a requester, those that read most alike first."""
        rows = self._those(1, requester)[-count:] if requester >= 0 else np.arange(0)
        return self._measured(rows, vector, count)

    def rows_since(self, person: int, since: float) -> np.ndarray:
        """Return the rows that a person (by number) handled, known from a POSIX time on, in order."""
        # The times stand beside each other: only what is recent is looked up in the long tables.
        lately = np.flatnonzero(np.array(self._times_of.get(person, ())) >= since)
        rows = self._those(0, person, lately)
        return np.asarray(rows[self._at[rows] >= since])

    def _those(self, side: int, number: int, places: np.ndarray | slice = slice(None)) -> np.ndarray:
        # A row is listed whenever it is set, also when it went to somebody else since: only what holds now is
        # returned, each once and in order.
        rows = np.array(self._rows_of[side].get(number, ()), dtype=np.int64)[places]
        rows = rows[self._people[side, rows] == number]
        return rows if np.all(rows[1:] > rows[:-1]) else np.unique(rows)

    def _measured(self, rows: np.ndarray, vector: np.ndarray, count: int) -> Nearest:
        cosines = self._scale[rows] * (self._vectors[rows].astype(np.float32) @ vector)
        order = np.lexsort((rows, -cosines))[:count]
        return Nearest(rows[order], cosines[order].astype(np.float64))
