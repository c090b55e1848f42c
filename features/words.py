"""The words view: word pieces and pairs of neighbouring pieces, weighted by TF-IDF.

Pieces come from the sentence encoder's own tokenizer, so one vocabulary serves both views and unseen or
misspelt words still have parts in common with known ones. What that vocabulary cannot spell (most Chinese
characters, emoji) is a piece of its own, so that languages which the encoder does not know are learnt all the
same. The first line of a longer text, a ticket's subject, counts once more by itself: what stands there says
more of what a ticket is about. Does not clean text.
"""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import scipy.sparse as sp
from tokenizers import Encoding, Tokenizer

from features.shares import Shares
from features.word_pieces import WordPieces

__all__ = ["HEAD", "PAIR", "WordView"]

PAIR = np.int64(1) << 32
HEAD = np.int64(1) << 62
"""Marks the terms of first lines."""

BATCH = 1000
UNKNOWN = ("[UNK]", "<unk>")
SPELT, SPELT_CODES = np.int64(1) << 24, 1 << 20
"""Codes of what the vocabulary cannot spell lie above every vocabulary's and below those of pairs."""

_Batch = tuple[int, np.ndarray, np.ndarray]
"""Number of texts; of each term read, the text's place among them and the code."""


class WordView:
    """Texts to sparse, L2-normalised TF-IDF rows of pieces and pairs.

    Term frequency is ``1 + ln(count)`` and document frequency smoothed, as scikit-learn's
    ``TfidfVectorizer(sublinear_tf=True)`` has them.

    Parameters
    ----------
    tokenizer : tokenizers.Tokenizer
        The encoder's; truncation and padding are switched off on a copy.
    min_texts : int, default=2
        Terms in fewer texts are dropped.
    max_terms : int, default=20_000
        The most frequent terms are kept, and half as many of first lines; bounds the time of a fit and the
        size of a bundle.
    max_pieces : int, default=2_000
        Pieces read of one text.

    Attributes
    ----------
    terms_ : ndarray of int64
        Sorted codes of the kept terms.
    idf_ : ndarray of float32
        In the order of ``terms_``.
    """

    _pieces: WordPieces | None = None

    def __init__(
        self, tokenizer: Tokenizer, *, min_texts: int = 2, max_terms: int = 20_000, max_pieces: int = 2_000
    ) -> None:
        self.tokenizer = Tokenizer.from_str(tokenizer.to_str())
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()
        self.min_texts = min_texts
        self.max_terms = max_terms
        self.max_pieces = max_pieces

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the words met lately: they are of tickets."""
        return {name: value for name, value in self.__dict__.items() if name != "_pieces"}

    @property
    def n_features(self) -> int:
        """Number of kept terms."""
        return len(self.terms_)

    def fit(self, texts: Sequence[str]) -> "WordView":
        """Learn the kept terms and how rare each is."""
        self._learn(self._read(texts), len(texts))
        return self

    def transform(self, texts: Sequence[str]) -> sp.csr_matrix:
        """Return a float32 CSR matrix of shape (n_texts, n_features); a text of unknown terms is zero."""
        return self._weigh(self._read(texts))

    def fit_transform(self, texts: Sequence[str]) -> sp.csr_matrix:
        """Fit, and return what :meth:`transform` would, reading each text once; holds all their codes."""
        batches = list(self._read(texts))
        self._learn(batches, len(texts))
        return self._weigh(batches)

    def shares(self, text: str, row: sp.csr_matrix) -> Shares:
        """Return how the words of a text share its row.

        Parameters
        ----------
        text : str
            Cleaned text.
        row : sparse matrix of shape (1, n_features)
            ``transform([text])``.

        Returns
        -------
        Shares
            Named by the words in lower case, in order of first appearance; a repeated word is one. A pair
            belongs to its pieces by halves, a term that occurs several times to each occurrence alike.
        """
        encoding = self.tokenizer.encode(text, add_special_tokens=False)
        pieces = self._spell(text, encoding)
        offsets = encoding.offsets[: len(pieces)]
        names, named = _name_pieces(text, encoding.word_ids, offsets)
        terms = self.terms_[row.indices]
        read = [_share(terms, pieces, named, np.int64(0))]
        head = _head_of(text)
        if head:
            # Pieces end at a line's end: those of the first line are the text's first.
            first = sum(start < len(head) for start, _ in offsets)
            read.append(_share(terms, pieces[:first], named[:first], HEAD))
        part, feature, share = (np.concatenate(one) for one in zip(*read, strict=True))
        return Shares(names, part, feature, share)

    def _learn(self, batches: Iterable[_Batch], n_texts: int) -> None:
        found, in_texts = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for size, rows, codes in batches:
            terms, place = np.unique(codes, return_inverse=True)
            # A term counts once a text.
            found.append(terms)
            in_texts.append(np.bincount(np.unique(place * size + rows) // size, minlength=len(terms)))
        terms, place = np.unique(np.concatenate(found), return_inverse=True)
        counts = np.zeros(len(terms), np.int64)
        np.add.at(counts, place, np.concatenate(in_texts))
        known = counts >= self.min_texts
        parts = (np.flatnonzero(known & (terms < HEAD)), np.flatnonzero(known & (terms >= HEAD)))
        most = (self.max_terms, self.max_terms // 2)
        # Codes of first lines lie above all others, so that one part follows the other in order.
        kept = np.concatenate(
            [
                np.sort(part[np.argsort(-counts[part], kind="stable")[:limit]])
                for part, limit in zip(parts, most, strict=True)
            ]
        )
        self.terms_ = terms[kept]
        self.idf_ = (np.log((1 + n_texts) / (1 + counts[kept])) + 1).astype(np.float32)

    def _weigh(self, batches: Iterable[_Batch]) -> sp.csr_matrix:
        parts = [self._rows(*batch) for batch in batches]
        if not parts:
            return sp.csr_matrix((0, self.n_features), dtype=np.float32)
        return parts[0] if len(parts) == 1 else sp.vstack(parts, format="csr")

    def _rows(self, size: int, rows: np.ndarray, codes: np.ndarray) -> sp.csr_matrix:
        # Plain arrays: mapped from a file, each step would cost many times as much.
        terms, idf = np.asarray(self.terms_), np.asarray(self.idf_)
        place = np.searchsorted(terms, codes)
        place[place == len(terms)] = 0
        known = terms[place] == codes if len(terms) else np.zeros(len(codes), bool)
        # Repeated terms are added up; those of a text follow each other in order.
        cells, counts = np.unique(rows[known] * self.n_features + place[known], return_counts=True)
        owner, column = np.divmod(cells, max(1, self.n_features))
        data = (1 + np.log(counts.astype(np.float32))) * idf[column]
        # First lines have a length of their own, so that a long body cannot drown them.
        part = 2 * owner + (column >= np.searchsorted(terms, HEAD))
        squares = np.bincount(part, weights=data.astype(float) ** 2, minlength=2 * size)
        data /= np.sqrt(squares[part]).astype(np.float32)
        starts = np.searchsorted(owner, np.arange(size + 1))
        return sp.csr_matrix((data, column, starts), shape=(size, self.n_features))

    def _read(self, texts: Sequence[str]) -> Iterator[_Batch]:
        for at in range(0, len(texts), BATCH):
            batch = texts[at : at + BATCH]
            heads = [_head_of(text) for text in batch]
            rows, codes = [], []
            for number, pieces in enumerate(self.pieces([*batch, *heads])):
                mark = HEAD if number >= len(batch) else np.int64(0)
                terms = np.concatenate([pieces, _pair_codes(pieces)]) + mark
                codes.append(terms)
                rows.append(np.full(len(terms), number % len(batch)))
            yield len(batch), np.concatenate(rows), np.concatenate(codes)

    def pieces(self, texts: Sequence[str]) -> Iterator[np.ndarray]:
        """Return the codes of each text's word pieces, in order; ``terms_`` holds those that are kept."""
        if self._pieces is None:
            self._pieces = WordPieces(self.tokenizer)
        unknown = self._unknown
        for text, whole in zip(texts, self._pieces.read(texts), strict=True):
            pieces = whole[: self.max_pieces]
            if (pieces == unknown).any():
                # Only the slower call knows where in the text a piece stands.
                pieces = self._spell(text, self.tokenizer.encode(text, add_special_tokens=False))
            yield pieces

    @property
    def _unknown(self) -> int:
        """The piece that stands for everything the vocabulary cannot spell; -1 where there is none."""
        found = [self.tokenizer.token_to_id(name) for name in UNKNOWN]
        return next((one for one in found if one is not None), -1)

    def _spell(self, text: str, encoding: Encoding) -> np.ndarray:
        """Return the pieces, with those that the vocabulary cannot spell named by a hash of their text."""
        pieces = np.asarray(encoding.ids[: self.max_pieces], np.int64)
        places = np.flatnonzero(pieces == self._unknown)
        if len(places):
            offsets = encoding.offsets
            for place in places:
                start, end = offsets[place]
                pieces[place] = (
                    SPELT + zlib.crc32(text[start:end].lower().encode("utf-8", "replace")) % SPELT_CODES
                )
        return pieces


def _head_of(text: str) -> str:
    """Return the first line of a text that has more than one; empty for others, which are all first line."""
    head, _, rest = text.partition("\n")
    return head if rest else ""


def _share(
    terms: np.ndarray, pieces: np.ndarray, named: np.ndarray, mark: np.int64
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return part, term and share of every occurrence of the known terms among some pieces."""
    codes = np.concatenate([pieces, _pair_codes(pieces)]) + mark
    place = np.searchsorted(terms, codes)
    place[place == len(terms)] = 0
    known = terms[place] == codes if len(terms) else np.zeros(len(codes), bool)
    share = np.zeros(len(codes))
    share[known] = 1 / np.bincount(place[known], minlength=len(terms))[place[known]]
    n = len(pieces)
    single, pair = np.flatnonzero(known[:n]), np.flatnonzero(known[n:])
    half = share[n:][pair] / 2
    return (
        np.concatenate([named[single], named[pair], named[pair + 1]]),
        np.concatenate([place[single], place[n:][pair], place[n:][pair]]),
        np.concatenate([share[single], half, half]),
    )


def _pair_codes(pieces: np.ndarray) -> np.ndarray:
    pairs: np.ndarray = (pieces[:-1] + 1) * PAIR + pieces[1:]
    return pairs


def _name_pieces(
    text: str, word_ids: Sequence[int | None], offsets: Sequence[tuple[int, int]]
) -> tuple[tuple[str, ...], np.ndarray]:
    """Return the words of a text and, for each piece, which word it is part of."""
    starts: dict[int | None, int] = {}
    ends: dict[int | None, int] = {}
    for word, (start, end) in zip(word_ids, offsets, strict=False):
        starts.setdefault(word, start)
        ends[word] = end
    places: dict[str, int] = {}
    of_word = {
        word: places.setdefault(text[start : ends[word]].lower(), len(places))
        for word, start in starts.items()
    }
    named = [of_word[word] for word in word_ids[: len(offsets)]]
    return tuple(places), np.asarray(named, np.int64)
