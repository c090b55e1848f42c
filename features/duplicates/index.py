"""Past tickets to compare a new one with, growing with every ticket; finds those that it likely repeats.

Only tickets filed earlier are compared. An index never changes: adding returns a new one that shares
everything but the newest, so that readers need no lock.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from features.bm25 import WordHits, WordIndex, WordPacking
from features.duplicates.model import DEFAULT_MODEL, SIGNALS, DuplicateModel
from features.duplicates.words import MOST_NAMES, MOST_WORDS, read_words
from features.vector_rows import PROMISING, VectorRows
from triage.duplicate import LEAST_CHANCE, Duplicate
from triage.ticket import Ticket

__all__ = ["COMPARED", "Compared", "DuplicateIndex"]

COMPARED = 100
"""Tickets that are looked at closely: the best so many by each of words, subject, names and meaning."""

RANK_HALF = 10.0
DAY = 86_400.0
SHARED_WORDS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """The earlier tickets that were looked at closely: row numbers, and their signals a row each.

    ``hits`` is what the words found; None where there is nothing to compare with.
    """

    rows: np.ndarray
    signals: np.ndarray
    hits: WordHits | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Meant:
    """The tickets nearest in meaning with their cosines, and about how near each of all is."""

    nearest: np.ndarray
    cosines: np.ndarray
    about: np.ndarray

    def ranks(self, rows: np.ndarray) -> np.ndarray:
        """Return how many tickets are nearer than each of some rows; of those after the nearest, about."""
        found = np.full(len(self.about), -1)
        found[self.nearest] = _ranks(self.cosines, np.arange(len(self.cosines)))
        far = np.maximum(_ranks(self.about, rows), len(self.nearest))
        return np.asarray(np.where(found[rows] >= 0, found[rows], far))


@dataclass(frozen=True, slots=True, eq=False)
class DuplicateIndex:
    """Made by :meth:`empty` or :meth:`of`; extended by :meth:`add`.

    Parameters
    ----------
    model : DuplicateModel
        Weighs signals.
    ticket_ids : list of str
        Of the tickets, in order of arrival; a ticket that came again stands twice, the last one counts. This
        list, ``requesters`` and ``row_of`` are shared with what grew from this index: only the first
        ``len(self)`` are its own.
    everything, subjects, names : WordIndex
        See :class:`features.duplicates.words.DuplicateWords`.
    vectors : VectorRows
        Of their texts.
    filed_at : ndarray of shape (n,), float64
        POSIX seconds; minus infinity where unknown.
    requesters : list of (str or None)
        Who filed each.
    row_of : dict of str to int
        Row of each id.
    replaced : ndarray of shape (n_replaced,), int64
        Rows of tickets that came again later.
    """

    model: DuplicateModel
    ticket_ids: list[str]
    everything: WordIndex
    subjects: WordIndex
    names: WordIndex
    vectors: VectorRows
    filed_at: np.ndarray
    requesters: list[str | None]
    row_of: dict[str, int] = field(default_factory=dict)
    replaced: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))

    @classmethod
    def empty(cls, dimension: int, model: DuplicateModel = DEFAULT_MODEL) -> "DuplicateIndex":
        """Return an index without tickets, for vectors of a dimension."""
        return cls.of([], np.empty((0, dimension), np.float32), model)

    @classmethod
    def of(
        cls, tickets: Iterable[Ticket], vectors: np.ndarray, model: DuplicateModel = DEFAULT_MODEL
    ) -> "DuplicateIndex":
        """Return an index of tickets with their vectors, of shape (n, dimension).

        Each ticket is read once, in turn, and not kept: they may come from a generator, which may fill
        ``vectors`` as it goes.
        """
        everything, subjects, names = WordPacking(), WordPacking(), WordPacking()
        ticket_ids: list[str] = []
        requesters: list[str | None] = []
        filed_at: list[float] = []
        for ticket in tickets:
            words = read_words(ticket)
            everything.add(words.everything)
            subjects.add(words.subject)
            names.add(words.names)
            ticket_ids.append(ticket.ticket_id)
            requesters.append(ticket.requester)
            filed_at.append(_moment(ticket))
        row_of = {ticket_id: row for row, ticket_id in enumerate(ticket_ids)}
        return cls(
            model,
            ticket_ids,
            everything.done(),
            subjects.done(),
            names.done(),
            VectorRows.pack(vectors[: len(ticket_ids)]),
            np.array(filed_at, dtype=np.float64),
            requesters,
            row_of,
            np.array([row for row, one in enumerate(ticket_ids) if row_of[one] != row], np.int64),
        )

    def __len__(self) -> int:
        return len(self.filed_at)

    @property
    def is_long_tailed(self) -> bool:
        """Whether so many tickets came one by one that :meth:`newest` pays."""
        return self.everything.is_long_tailed

    def add(self, ticket: Ticket, vector: np.ndarray) -> "DuplicateIndex":
        """Return an index with one ticket more; vector of shape (dimension,)."""
        words = read_words(ticket)
        index = self if len(self.ticket_ids) == len(self) else self._apart()
        earlier = index.row_of.get(ticket.ticket_id)
        index.row_of[ticket.ticket_id] = len(self)
        index.ticket_ids.append(ticket.ticket_id)
        index.requesters.append(ticket.requester)
        return replace(
            index,
            everything=self.everything.add(words.everything),
            subjects=self.subjects.add(words.subject),
            names=self.names.add(words.names),
            vectors=self.vectors.append(vector[None]),
            filed_at=np.append(self.filed_at, _moment(ticket)),
            replaced=self.replaced if earlier is None else np.append(self.replaced, earlier),
        )

    def newest(self, count: int) -> "DuplicateIndex":
        """Return an index of the last ``count`` tickets that came, in one piece."""
        drop = max(0, len(self) - count)
        kept = np.arange(drop, len(self))
        ticket_ids = self.ticket_ids[drop : len(self)]
        return DuplicateIndex(
            self.model,
            ticket_ids,
            self.everything.taken(kept),
            self.subjects.taken(kept),
            self.names.taken(kept),
            VectorRows.pack(self.vectors.take(kept)),
            self.filed_at[drop:],
            self.requesters[drop : len(self)],
            {name: row for row, name in enumerate(ticket_ids)},
            self.replaced[self.replaced >= drop] - drop,
        )

    def _apart(self) -> "DuplicateIndex":
        """Return the same index with lists of its own: another has grown from it already."""
        ticket_ids = self.ticket_ids[: len(self)]
        return replace(
            self,
            ticket_ids=ticket_ids,
            requesters=self.requesters[: len(self)],
            row_of={name: row for row, name in enumerate(ticket_ids)},
        )

    def find(
        self, ticket: Ticket, vector: np.ndarray, limit: int, *, least: float = LEAST_CHANCE
    ) -> list[Duplicate]:
        """Return the earlier tickets that a ticket likely repeats.

        Parameters
        ----------
        ticket : Ticket
            As filed; it may be in the index itself.
        vector : ndarray of shape (dimension,), float32
            Of its text.
        limit : int
            At most so many, the likeliest first; of equal ones the newer.
        least : float, default=0.1
            Less likely ones are left out.
        """
        compared = self.compare(ticket, vector)
        if compared.hits is None:
            return []
        scores = self.model.scores(compared.signals)
        chances = self.model.chances(compared.signals)
        order = np.lexsort((-compared.rows, -scores))[:limit]
        order = order[chances[order] >= least]
        rows = compared.rows[order].tolist()
        shared = compared.hits.shared_words(rows, SHARED_WORDS)
        return [
            Duplicate(self.ticket_ids[row], float(chances[place]), told)
            for row, place, told in zip(rows, order, shared, strict=True)
        ]

    def compare(self, ticket: Ticket, vector: np.ndarray) -> Compared:
        """Return the signals of the earlier tickets that come near; what weights are learnt from."""
        alive = self._alive(ticket)
        if not alive.any():
            return Compared(np.empty(0, np.int64), np.empty((0, len(SIGNALS))))
        words = read_words(ticket)
        hits = self.everything.search(_first(words.everything, MOST_WORDS), alive)
        by = [
            hits.scores,
            self.subjects.scores(_first(words.subject, MOST_WORDS), alive),
            self.names.scores(_first(words.names, MOST_NAMES), alive),
        ]
        meant = self._meant(vector, alive)
        rows = np.unique(np.concatenate([*(_best(scores, COMPARED) for scores in by), meant.nearest]))
        rows = rows[alive[rows]]
        columns: list[np.ndarray] = []
        for scores in by:
            best = max(float(scores.max()), 1e-9)
            columns += [np.log1p(scores[rows]), scores[rows] / best]
        columns.append(np.einsum("ij,j->i", self.vectors.take(rows), vector).astype(np.float64))
        ranks = [*(_ranks(scores, rows) for scores in by), meant.ranks(rows)]
        columns += [RANK_HALF / (RANK_HALF + one) for one in ranks]
        columns.append(np.log1p(np.minimum(_days(ticket, self.filed_at[rows]), 36_500)))
        asker = ticket.requester
        columns.append(np.array([asker is not None and self.requesters[row] == asker for row in rows], float))
        return Compared(rows, np.column_stack(columns), hits)

    def _meant(self, vector: np.ndarray, alive: np.ndarray) -> "_Meant":
        """Return which earlier tickets mean much the same; measured are only those that promise to."""
        about = np.where(alive, self.vectors.about(vector), -np.inf)
        promising = _best(about, PROMISING * COMPARED)
        promising = promising[alive[promising]]
        # Unlike a product of BLAS this gives equal texts equal cosines.
        cosines = np.einsum("ij,j->i", self.vectors.take(promising), vector)
        order = np.lexsort((promising, -cosines))[:COMPARED]
        return _Meant(promising[order], cosines[order], about)

    def likeness(self, ticket: Ticket, vector: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return BM25 over all words and the cosine, of shape (n,); minus infinity where filed later."""
        alive = self._alive(ticket)
        words = self.everything.scores(_first(read_words(ticket).everything, MOST_WORDS), alive)
        cosines = self.vectors.cosines(vector).astype(np.float64)
        return np.where(alive, words, -np.inf), np.where(alive, cosines, -np.inf)

    def _alive(self, ticket: Ticket) -> np.ndarray:
        """Tell which tickets were filed earlier; one that came twice counts once."""
        moment = _moment(ticket)
        alive = self.filed_at < moment if np.isfinite(moment) else np.ones(len(self), dtype=bool)
        alive[self.replaced] = False
        own = self.row_of.get(ticket.ticket_id) if ticket.ticket_id else None
        if own is not None and own < len(self):
            alive[own] = False
        return alive


def _moment(ticket: Ticket) -> float:
    return -np.inf if ticket.created_at is None else ticket.created_at.timestamp()


def _days(ticket: Ticket, filed_at: np.ndarray) -> np.ndarray:
    moment = _moment(ticket)
    if not np.isfinite(moment):
        return np.zeros(len(filed_at))
    return np.asarray(np.maximum(0.0, moment - filed_at) / DAY)


def _first(words: Counter[str] | Iterable[str], limit: int) -> list[str]:
    return list(words)[:limit]


def _best(scores: np.ndarray, count: int) -> np.ndarray:
    if len(scores) <= count:
        return np.arange(len(scores))
    return np.argpartition(-scores, count - 1)[:count]


def _ranks(scores: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return how many tickets score higher than each of some rows, of all."""
    if not len(rows):
        return np.zeros(0, np.int64)
    ordered = np.sort(scores[scores > scores[rows].min()])
    return np.asarray(len(ordered) - np.searchsorted(ordered, scores[rows], side="right"))
