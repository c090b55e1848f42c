"""BM25: how well each document answers a query by its words.

A :class:`WordIndex` never changes: adding a document gives a new index that shares everything but the
newest documents, so that readers need no lock and an addition costs one document. It knows nothing of
articles; :mod:`features.article_shelf` does.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["WordHits", "WordIndex"]

K1 = 1.2
B = 0.75
TAIL_MAX = 256
MANY = 5_000
COMMON = 0.1
"""Among 5,000 documents or more, words that a tenth of them has are not searched, unless there are no others:
they cost most of the time and tell documents apart least."""


@dataclass(frozen=True, slots=True, eq=False)
class WordHits:
    """What the words of a query found.

    Parameters
    ----------
    scores : ndarray of shape (n,), float64
        By document.
    parts : list of (word, documents, ndarray)
        What each word adds to which documents, in order of their numbers.
    """

    scores: np.ndarray
    parts: list[tuple[str, np.ndarray, np.ndarray]]

    def shared_words(self, chosen: Sequence[int], limit: int) -> list[tuple[str, ...]]:
        """Return, for each chosen document, the words of the query that add most to its score.

        Parameters
        ----------
        chosen : sequence of int
            Document numbers.
        limit : int
            At most so many words a document; the strongest first, equal ones in alphabetical order.
        """
        found: list[list[tuple[float, str]]] = [[] for _ in chosen]
        numbers = np.asarray(chosen, dtype=np.int64)
        for word, documents, added in self.parts:
            places = np.minimum(np.searchsorted(documents, numbers), len(documents) - 1)
            for order in np.flatnonzero(documents[places] == numbers):
                found[order].append((-float(added[places[order]]), word))
        return [tuple(word for _, word in sorted(words)[:limit]) for words in found]


@dataclass(frozen=True, slots=True, eq=False)
class WordIndex:
    """Word counts of documents, by word.

    The inverse document frequency is ``log(1 + (n - df + 0.5) / (df + 0.5))``, with ``k1=1.2`` and
    ``b=0.75`` (Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond",
    section 3; the 1 in the logarithm keeps it positive, as in Lucene). Both are counted over the living
    documents of the moment.

    Parameters
    ----------
    vocabulary : Mapping of str to int
        Words of the packed documents.
    starts : ndarray of shape (n_words + 1,)
        Where a word's entries begin in the next two.
    documents, counts : ndarray
        Document number and word count of each entry.
    lengths : ndarray of shape (n,)
        Words per document.
    tail : tuple of Mapping
        Word counts of the documents added since packing; they have the last numbers.
    """

    vocabulary: Mapping[str, int]
    starts: np.ndarray
    documents: np.ndarray
    counts: np.ndarray
    lengths: np.ndarray
    tail: tuple[Mapping[str, int], ...] = ()

    @classmethod
    def pack(cls, documents: Iterable[Mapping[str, int]]) -> "WordIndex":
        """Make an index of documents given as word counts; they are numbered in order from 0."""
        vocabulary: dict[str, int] = {}
        words: list[int] = []
        owners: list[int] = []
        counts: list[int] = []
        lengths: list[int] = []
        for number, document in enumerate(documents):
            lengths.append(sum(document.values()))
            owners.extend([number] * len(document))
            counts.extend(document.values())
            words.extend(vocabulary.setdefault(word, len(vocabulary)) for word in document)
        by_word = np.argsort(np.asarray(words, dtype=np.int32), kind="stable")
        sizes = np.bincount(np.asarray(words, dtype=np.int64), minlength=len(vocabulary))
        return cls(
            vocabulary,
            np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
            np.asarray(owners, dtype=np.int32)[by_word],
            np.asarray(counts, dtype=np.float32)[by_word],
            np.asarray(lengths, dtype=np.float32),
        )

    def __len__(self) -> int:
        return len(self.lengths)

    @property
    def is_long_tailed(self) -> bool:
        """Whether so many documents came one by one that packing again pays."""
        return len(self.tail) >= TAIL_MAX

    def add(self, document: Mapping[str, int]) -> "WordIndex":
        """Return an index with one document more, given as word counts."""
        return WordIndex(
            self.vocabulary,
            self.starts,
            self.documents,
            self.counts,
            np.append(self.lengths, np.float32(sum(document.values()))),
            (*self.tail, document),
        )

    def scores(self, query: Sequence[str], alive: np.ndarray) -> np.ndarray:
        """Score every document for the words of a query.

        Parameters
        ----------
        query : sequence of str
            Words, see :func:`features.article_words.search_words`; a repeated word counts once.
        alive : ndarray of bool, shape (n,)
            Which documents count; the others score 0.

        Returns
        -------
        ndarray of shape (n,), float64
        """
        return self.search(query, alive).scores

    def search(self, query: Sequence[str], alive: np.ndarray) -> "WordHits":
        """Return what the words of a query found; the arguments are those of :meth:`scores`."""
        parts = list(self._parts(query, alive))
        scores = np.zeros(len(self))
        for _, documents, added in parts:
            scores[documents] += added
        return WordHits(scores, parts)

    def _parts(self, query: Sequence[str], alive: np.ndarray) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
        n_alive = int(alive.sum())
        if not n_alive:
            return
        damping = K1 * (1 - B + B * self.lengths / max(1.0, float(self.lengths[alive].mean())))
        words = list(dict.fromkeys(query))
        # Slices of an array that is mapped from a file cost many times those of a plain view of it.
        packed = tuple(np.asarray(one) for one in (self.starts, self.documents, self.counts))
        entries = [(word, *self._entries(word, *packed)) for word in words]
        if n_alive >= MANY:
            rare = [entry for entry in entries if len(entry[1]) < COMMON * n_alive]
            entries = rare if any(len(entry[1]) for entry in rare) else entries
        for word, documents, counts in entries:
            living = alive[documents]
            documents, counts = documents[living], counts[living]
            if len(documents):
                rarity = np.log1p((n_alive - len(documents) + 0.5) / (len(documents) + 0.5))
                yield word, documents, rarity * counts * (K1 + 1) / (counts + damping[documents])

    def _entries(
        self, word: str, starts: np.ndarray, documents: np.ndarray, counts: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        number = self.vocabulary.get(word)
        part = slice(0, 0) if number is None else slice(starts[number], starts[number + 1])
        documents, counts = documents[part], counts[part]
        packed = len(self.lengths) - len(self.tail)
        late = [(packed + i, d[word]) for i, d in enumerate(self.tail) if word in d]
        if not late:
            return documents, counts
        return (
            np.concatenate([documents, np.asarray([number for number, _ in late], dtype=np.int32)]),
            np.concatenate([counts, np.asarray([count for _, count in late], dtype=np.float32)]),
        )
