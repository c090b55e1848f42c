"""Solved tickets by what they read like: found by cosine among those that the asker may see.

Holds ids, labels and vectors, no text. Who may see what is decided outside; it is heeded before the search.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Mapping
from itertools import islice
from typing import NamedTuple

import numpy as np

__all__ = ["Alike", "SolvedIndex"]

FIRST_ROWS = 1_024

SIGHTS = 64
"""Askers whose sight is remembered."""


class Alike(NamedTuple):
    """A solved ticket and its cosine."""

    ticket_id: str
    similarity: float


class SolvedIndex:
    """Exact search over unit vectors, which grows and changes while it is read.

    Parameters
    ----------
    dimension : int
        Length of a vector.

    Examples
    --------
    >>> index = SolvedIndex(2)
    >>> index.put("T-1", np.array([1.0, 0.0]), {"team": "HR"})
    >>> index.put("T-2", np.array([0.6, 0.8]), {"team": "IT"})
    >>> index.search(np.array([1.0, 0.0]), 1, hides=lambda labels: labels.get("team") == "HR")[0].ticket_id
    'T-2'
    """

    def __init__(self, dimension: int) -> None:
        self._vectors = np.empty((FIRST_ROWS, dimension), np.float32)
        self._kinds = np.full(FIRST_ROWS, -1, np.int32)
        self._ids: list[str] = []
        self._rows: dict[str, int] = {}
        self._kind_of: dict[tuple[tuple[str, str], ...], int] = {}
        self._shown_to: OrderedDict[Hashable, np.ndarray] = OrderedDict()
        self._turn = threading.Lock()

    def __len__(self) -> int:
        return int((self._kinds[: len(self._ids)] >= 0).sum())

    def put(self, ticket_id: str, vector: np.ndarray, labels: Mapping[str, str]) -> None:
        """Add a ticket, or replace what is known of it."""
        kind = tuple(sorted(labels.items()))
        with self._turn:
            row = self._rows.get(ticket_id)
            if row is None:
                row = self._rows[ticket_id] = len(self._ids)
                self._ids.append(ticket_id)
                if row == len(self._kinds):
                    self._grow()
            self._vectors[row] = vector
            self._kinds[row] = self._kind_of.setdefault(kind, len(self._kind_of))

    def withdraw(self, ticket_id: str) -> None:
        """Find a ticket no more; one that is not there changes nothing."""
        with self._turn:
            row = self._rows.get(ticket_id)
            if row is not None:
                self._kinds[row] = -1

    @property
    def ticket_ids(self) -> list[str]:
        """All tickets that something is known of, withdrawn ones too."""
        with self._turn:
            return list(self._rows)

    def forget(self, ticket_ids: Collection[str]) -> None:
        """Overwrite all that is known of some tickets; unknown ones are passed over."""
        with self._turn:
            for name in ticket_ids:
                row = self._rows.pop(name, None)
                if row is not None:
                    self._ids[row], self._vectors[row], self._kinds[row] = "", 0.0, -1

    def search(
        self,
        vector: np.ndarray,
        count: int,
        *,
        hides: Callable[[Mapping[str, str]], bool] = lambda labels: False,
        sight: Hashable = None,
        but: str = "",
    ) -> list[Alike]:
        """Return the nearest tickets, nearest first; equally near ones by the order in which they came.

        Parameters
        ----------
        vector : ndarray of shape (dimension,)
            Of the ticket asked about.
        count : int
            At most so many.
        hides : callable, default=nothing
            Whether tickets with these labels must not be found; they take no part in the search.
        sight : hashable, optional
            Names what ``hides`` says: of two searches with equal ones the second asks it of new labels only.
            By default it is asked of all.
        but : str, default=""
            Id of a ticket that is left out.
        """
        with self._turn:
            size = len(self._ids)
            vectors, kinds = self._vectors[:size], self._kinds[:size].copy()
            shown = self._shown(hides, sight)
            own = self._rows.get(but)
        if own is not None and own < size:
            kinds[own] = -1
        allowed = np.flatnonzero((kinds >= 0) & shown[kinds]) if len(shown) else np.empty(0, np.intp)
        if not len(allowed) or count < 1:
            return []
        # With hardly anybody hidden, one product over all is quicker than gathering rows.
        scores = (vectors @ vector)[allowed] if 2 * len(allowed) > size else vectors[allowed] @ vector
        near = np.argpartition(-scores, count - 1)[:count] if count < len(scores) else np.arange(len(scores))
        order = near[np.lexsort((near, -scores[near]))]
        return [Alike(self._ids[allowed[place]], float(scores[place])) for place in order]

    def _shown(self, hides: Callable[[Mapping[str, str]], bool], sight: Hashable) -> np.ndarray:
        """Return which kinds of tickets an asker may see."""
        known = np.empty(0, bool) if sight is None else self._shown_to.pop(sight, np.empty(0, bool))
        if len(known) < len(self._kind_of):
            new = islice(self._kind_of, len(known), None)
            known = np.concatenate([known, np.array([not hides(dict(kind)) for kind in new], bool)])
        if sight is not None:
            self._shown_to[sight] = known
            if len(self._shown_to) > SIGHTS:
                self._shown_to.popitem(last=False)
        return known

    def _grow(self) -> None:
        vectors = np.empty((2 * len(self._vectors), self._vectors.shape[1]), np.float32)
        vectors[: len(self._vectors)] = self._vectors
        kinds = np.full(len(vectors), -1, np.int32)
        kinds[: len(self._kinds)] = self._kinds
        self._vectors, self._kinds = vectors, kinds
