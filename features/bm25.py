"""BM25: how well each document answers a query by its words.

A :class:`WordIndex` never changes: adding a document gives a new index that shares everything but the
newest documents, so that readers need no lock and an addition costs one document. It knows nothing of
articles; :mod:`features.article_shelf` does.
"""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from features.word_tail import Tail

__all__ = ["WordHits", "WordIndex", "WordPacking"]

K1 = 1.2
B = 0.75
TAIL_MAX = 2_048
TAIL_FEW, TAIL_SHARE = 32, 4
"""Documents that came one by one are packed once they are 32 and a quarter as many as those packed before, at
2,048 at the latest: until then they are looked up in lists, which takes longer than all the rest."""
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
    words : tuple of str
        Those of the query that were searched.
    documents, word, added : ndarray of shape (n_hits,)
        What a word, by its place among ``words``, adds to a document's score.
    """

    scores: np.ndarray
    words: tuple[str, ...]
    documents: np.ndarray
    word: np.ndarray
    added: np.ndarray

    def shared_words(self, chosen: Sequence[int], limit: int) -> list[tuple[str, ...]]:
        """Return, for each chosen document, the words of the query that add most to its score.

        Parameters
        ----------
        chosen : sequence of int
            Document numbers.
        limit : int
            At most so many words a document; the strongest first, equal ones in alphabetical order.
        """
        found = []
        for number in chosen:
            here = np.flatnonzero(self.documents == number)
            parts = zip(self.added[here].tolist(), self.word[here].tolist(), strict=True)
            strongest = sorted((-added, self.words[word]) for added, word in parts)
            found.append(tuple(word for _, word in strongest[:limit]))
        return found


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
    tail : Tail, optional
        The documents added since packing; they have the last numbers.
    """

    vocabulary: Mapping[str, int]
    starts: np.ndarray
    documents: np.ndarray
    counts: np.ndarray
    lengths: np.ndarray
    tail: Tail | None = None

    @classmethod
    def pack(cls, documents: Iterable[Mapping[str, int]]) -> "WordIndex":
        """Make an index of documents given as word counts; they are numbered in order from 0."""
        packing = WordPacking()
        for document in documents:
            packing.add(document)
        return packing.done()

    def __len__(self) -> int:
        return len(self.lengths)

    @property
    def is_long_tailed(self) -> bool:
        """Whether so many documents came one by one that packing again pays."""
        late = len(self.tail or ())
        return late >= min(TAIL_MAX, max(TAIL_FEW, (len(self) - late) // TAIL_SHARE))

    def add(self, document: Mapping[str, int]) -> "WordIndex":
        """Return an index with one document more, given as word counts."""
        return self.add_many([document])

    def add_many(self, documents: Sequence[Mapping[str, int]]) -> "WordIndex":
        """Return an index with more documents at the end, each given as word counts."""
        tail = self.tail or Tail()
        for document in documents:
            tail = tail.grown(document)
        lengths = np.array([sum(document.values()) for document in documents], np.float32)
        return replace(self, lengths=np.append(self.lengths, lengths), tail=tail)

    def taken(self, chosen: np.ndarray) -> "WordIndex":
        """Return an index of some documents in one piece.

        Costs a sort of what is there, not another look at any document.

        Parameters
        ----------
        chosen : ndarray of shape (m,), int
            Numbers of the documents, each once, in their new order.
        """
        tail = self.tail or Tail()
        late = WordIndex.pack(tail.documents[: len(tail)])
        vocabulary = dict(self.vocabulary)
        of_late = np.array([vocabulary.setdefault(one, len(vocabulary)) for one in late.vocabulary], np.int64)
        word = np.concatenate([_words_of(self), of_late[_words_of(late)]])
        documents = np.concatenate([self.documents, late.documents + (len(self) - len(late))])
        counts = np.concatenate([self.counts, late.counts])
        number_of = np.full(len(self), -1, np.int32)
        number_of[chosen] = np.arange(len(chosen), dtype=np.int32)
        documents = number_of[documents]
        kept = documents >= 0
        word, documents, counts = word[kept], documents[kept], counts[kept]
        by_word = np.lexsort((documents, word))
        sizes = np.bincount(word, minlength=len(vocabulary))
        there = (sizes > 0).tolist()
        names = [name for name, is_there in zip(vocabulary, there, strict=True) if is_there]
        return WordIndex(
            {name: number for number, name in enumerate(names)},
            np.concatenate([[0], np.cumsum(sizes[sizes > 0])]).astype(np.int64),
            documents[by_word],
            counts[by_word],
            self.lengths[chosen],
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
        words = tuple(dict.fromkeys(query))
        n_alive = int(np.count_nonzero(alive))
        documents, counts, word = self._entries(words, COMMON * n_alive if n_alive >= MANY else np.inf)
        living = alive[documents]
        documents, counts, word = documents[living], counts[living], word[living]
        having = np.bincount(word, minlength=len(words))
        rarity = np.log1p((n_alive - having + 0.5) / (having + 0.5))
        usual = max(1.0, float(self.lengths[alive].mean())) if n_alive else 1.0
        damping = K1 * (1 - B + B * self.lengths[documents] / usual)
        added = rarity[word] * counts * (K1 + 1) / (counts + damping)
        scores = np.bincount(documents, added, minlength=len(self))
        return WordHits(scores, words, documents, word, added)

    def _entries(self, words: Sequence[str], common: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return documents and counts of the words' entries, and which of the words each is of.

        Words that ``common`` documents or more have are passed over, unless there are no others.
        """
        # Arrays that are mapped from a file cost many times what plain views of them do.
        starts, documents, counts = (np.asarray(one) for one in (self.starts, self.documents, self.counts))
        numbers = np.array([self.vocabulary.get(word, -1) for word in words], dtype=np.int64)
        begins = np.where(numbers >= 0, starts[numbers], 0)
        sizes = np.where(numbers >= 0, starts[numbers + 1], 0) - begins
        late = self.tail.among(words) if self.tail else {}
        having = sizes.copy()
        for place, (places, _) in late.items():
            having[place] += len(places)
        searched = np.flatnonzero((having > 0) & (having < common))
        if not len(searched):
            searched = np.flatnonzero(having > 0)
        packed = len(self.lengths) - len(self.tail or ())
        bounds = zip(begins[searched].tolist(), (begins + sizes)[searched].tolist(), strict=True)
        parts = [slice(begin, end) for begin, end in bounds if begin < end]
        found, counted = [documents[part] for part in parts], [counts[part] for part in parts]
        owners = np.repeat(searched, sizes[searched])
        numbered: list[int] = []
        often: list[int] = []
        owing: list[int] = []
        for at in searched.tolist():
            if at in late:
                numbered += late[at][0]
                often += late[at][1]
                owing += [at] * len(late[at][0])
        found.append(np.array(numbered, dtype=np.int32) + np.int32(packed))
        counted.append(np.array(often, dtype=np.float32))
        owners = np.concatenate([owners, np.array(owing, dtype=owners.dtype)])
        return np.concatenate(found), np.concatenate(counted), owners


class WordPacking:
    """Makes a :class:`WordIndex` of documents that come one by one: none of them is kept."""

    def __init__(self) -> None:
        self._vocabulary: dict[str, int] = {}
        # Four bytes a number, where a list of them takes eight and keeps the numbers besides.
        self._words, self._counts = array("i"), array("f")
        self._sizes, self._lengths = array("i"), array("f")

    def add(self, document: Mapping[str, int]) -> None:
        """Take in a document, given as word counts; they are numbered in order from 0."""
        known = self._vocabulary
        self._words.extend([known.setdefault(word, len(known)) for word in document])
        self._counts.extend(document.values())
        self._sizes.append(len(document))
        self._lengths.append(sum(document.values()))

    def done(self) -> WordIndex:
        """Return the index of what was added."""
        words, counts = np.array(self._words, np.int32), np.array(self._counts, np.float32)
        owners = np.repeat(np.arange(len(self._sizes), dtype=np.int32), np.array(self._sizes, np.int32))
        by_word = np.argsort(words, kind="stable")
        sizes = np.bincount(words, minlength=len(self._vocabulary))
        return WordIndex(
            self._vocabulary,
            np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
            owners[by_word],
            counts[by_word],
            np.array(self._lengths, np.float32),
        )


def _words_of(index: WordIndex) -> np.ndarray:
    """Return the number of the word that each packed entry belongs to."""
    sizes = np.diff(index.starts)
    return np.repeat(np.arange(len(sizes)), sizes)
