"""Past tickets to compare a new one with, growing with every ticket; finds those that it likely repeats.

Only tickets filed earlier are compared. An index never changes: adding returns a new one that shares
everything but the newest, so that readers need no lock.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from features.bm25 import WordIndex
from features.duplicates.model import DEFAULT_MODEL, SIGNALS, DuplicateModel
from features.duplicates.words import MOST_NAMES, MOST_WORDS, DuplicateWords, read_words
from features.vector_rows import VectorRows
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
    """The earlier tickets that were looked at closely: row numbers, and their signals a row each."""

    rows: np.ndarray
    signals: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class DuplicateIndex:
    """Made by :meth:`empty` or :meth:`of`; extended by :meth:`add`.

    Parameters
    ----------
    model : DuplicateModel
        Weighs signals.
    ticket_ids : tuple of str
        Of the tickets, in order of arrival; a ticket that came again stands twice, the last one counts.
    everything, subjects, names : WordIndex
        See :class:`features.duplicates.words.DuplicateWords`.
    vectors : VectorRows
        Of their texts.
    filed_at : ndarray of shape (n,), float64
        POSIX seconds; minus infinity where unknown.
    requesters : tuple of (str or None)
        Who filed each.
    """

    model: DuplicateModel
    ticket_ids: tuple[str, ...]
    everything: WordIndex
    subjects: WordIndex
    names: WordIndex
    vectors: VectorRows
    filed_at: np.ndarray
    requesters: tuple[str | None, ...]
    row_of: dict[str, int] = field(default_factory=dict)

    @classmethod
    def empty(cls, dimension: int, model: DuplicateModel = DEFAULT_MODEL) -> "DuplicateIndex":
        """Return an index without tickets, for vectors of a dimension."""
        return cls.of([], np.empty((0, dimension), np.float32), model)

    @classmethod
    def of(
        cls, tickets: Sequence[Ticket], vectors: np.ndarray, model: DuplicateModel = DEFAULT_MODEL
    ) -> "DuplicateIndex":
        """Return an index of tickets with their vectors, of shape (n, dimension)."""
        words = [read_words(one) for one in tickets]
        return cls(
            model,
            tuple(one.ticket_id for one in tickets),
            WordIndex.pack(one.everything for one in words),
            WordIndex.pack(one.subject for one in words),
            WordIndex.pack(one.names for one in words),
            VectorRows.pack(vectors),
            np.array([_moment(one) for one in tickets], dtype=np.float64),
            tuple(one.requester for one in tickets),
            {one.ticket_id: row for row, one in enumerate(tickets)},
        )

    def __len__(self) -> int:
        return len(self.ticket_ids)

    @property
    def is_long_tailed(self) -> bool:
        """Whether so many tickets came one by one that making it anew pays."""
        return self.everything.is_long_tailed

    def add(self, ticket: Ticket, vector: np.ndarray) -> "DuplicateIndex":
        """Return an index with one ticket more; vector of shape (dimension,)."""
        words = read_words(ticket)
        return replace(
            self,
            ticket_ids=(*self.ticket_ids, ticket.ticket_id),
            everything=self.everything.add(words.everything),
            subjects=self.subjects.add(words.subject),
            names=self.names.add(words.names),
            vectors=self.vectors.append(vector[None]),
            filed_at=np.append(self.filed_at, _moment(ticket)),
            requesters=(*self.requesters, ticket.requester),
            row_of=self.row_of | {ticket.ticket_id: len(self)},
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
        words = read_words(ticket)
        compared = self.compare(ticket, vector, words=words)
        scores = self.model.scores(compared.signals)
        chances = self.model.chances(compared.signals)
        order = np.lexsort((-compared.rows, -scores))[:limit]
        order = order[chances[order] >= least]
        rows = compared.rows[order].tolist()
        hits = self.everything.search(_first(words.everything, MOST_WORDS), self._alive(ticket))
        shared = hits.shared_words(rows, SHARED_WORDS)
        return [
            Duplicate(self.ticket_ids[row], float(chances[place]), told)
            for row, place, told in zip(rows, order, shared, strict=True)
        ]

    def compare(self, ticket: Ticket, vector: np.ndarray, *, words: DuplicateWords | None = None) -> Compared:
        """Return the signals of the earlier tickets that come near; what weights are learnt from."""
        alive = self._alive(ticket)
        if not alive.any():
            return Compared(np.empty(0, np.int64), np.empty((0, len(SIGNALS))))
        words = words or read_words(ticket)
        by = [
            self.everything.scores(_first(words.everything, MOST_WORDS), alive),
            self.subjects.scores(_first(words.subject, MOST_WORDS), alive),
            self.names.scores(_first(words.names, MOST_NAMES), alive),
            np.where(alive, self.vectors.cosines(vector).astype(np.float64), -np.inf),
        ]
        near = [_best(scores, COMPARED) for scores in by]
        rows = np.unique(np.concatenate(near))
        rows = rows[alive[rows]]
        columns: list[np.ndarray] = []
        for scores in by[:3]:
            best = max(float(scores.max()), 1e-9)
            columns += [np.log1p(scores[rows]), scores[rows] / best]
        columns.append(by[3][rows])
        columns += [RANK_HALF / (RANK_HALF + _ranks(scores, rows)) for scores in by]
        columns.append(np.log1p(np.minimum(_days(ticket, self.filed_at[rows]), 36_500)))
        asker = ticket.requester
        columns.append(np.array([asker is not None and self.requesters[row] == asker for row in rows], float))
        return Compared(rows, np.column_stack(columns))

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
        if len(self.row_of) < len(self):
            last = np.zeros(len(self), dtype=bool)
            last[list(self.row_of.values())] = True
            alive &= last
        own = self.row_of.get(ticket.ticket_id) if ticket.ticket_id else None
        if own is not None:
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
    ordered = np.sort(scores)
    return np.asarray(len(scores) - np.searchsorted(ordered, scores[rows], side="right"))
