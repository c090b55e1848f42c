"""The words view: word pieces and pairs of neighbouring pieces, weighted by TF-IDF.

Pieces come from the sentence encoder's own tokenizer, so one vocabulary serves both views and unseen or
misspelt words still have parts in common with known ones. What that vocabulary cannot spell (most Chinese
characters, emoji) is a piece of its own, so that languages which the encoder does not know are learnt all the
same. The first line of a longer text, a ticket's subject, counts once more by itself: what stands there says
more of what a ticket is about. Does not clean text.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import scipy.sparse as sp
from tokenizers import Encoding, Tokenizer

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

    def contributions(self, text: str, weights: np.ndarray) -> list[tuple[str, float]]:
        """Share a linear score out to the words of a text.

        Parameters
        ----------
        text : str
            Cleaned text.
        weights : ndarray of shape (n_features,)
            One score's coefficients.

        Returns
        -------
        list of (word, contribution)
            In order of first appearance, repeated words added up; the contributions add up to
            ``transform([text]) @ weights``.
        """
        encoding = self.tokenizer.encode(text, add_special_tokens=False)
        pieces = self._spell(text, encoding)
        row = self.transform([text])
        scores = dict(zip(self.terms_[row.indices], row.data * weights[row.indices], strict=True))
        of_piece = _by_piece(scores, pieces, np.int64(0))
        head = _head_of(text)
        if head:
            in_head = self._spell(head, self.tokenizer.encode(head, add_special_tokens=False))
            # Pieces end at a line's end: those of the first line are the text's first.
            of_piece[: len(in_head)] += _by_piece(scores, in_head, HEAD)
        return _by_word(text, encoding, of_piece)

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
        return (
            sp.vstack(parts, format="csr") if parts else sp.csr_matrix((0, self.n_features), dtype=np.float32)
        )

    def _rows(self, size: int, rows: np.ndarray, codes: np.ndarray) -> sp.csr_matrix:
        place = np.searchsorted(self.terms_, codes)
        place[place == len(self.terms_)] = 0
        known = self.terms_[place] == codes if len(self.terms_) else np.zeros(len(codes), bool)
        shape = (size, self.n_features)
        counts = sp.coo_matrix((np.ones(known.sum(), np.float32), (rows[known], place[known])), shape=shape)
        matrix = counts.tocsr()  # Adds up repeated terms.
        matrix.data = (1 + np.log(matrix.data)) * self.idf_[matrix.indices]
        # First lines have a length of their own, so that a long body cannot drown them.
        part = 2 * np.repeat(np.arange(size), np.diff(matrix.indptr))
        part += matrix.indices >= np.searchsorted(self.terms_, HEAD)
        squares = np.bincount(part, weights=matrix.data.astype(float) ** 2, minlength=2 * size)
        matrix.data /= np.sqrt(squares[part]).astype(np.float32)
        matrix.sort_indices()
        return matrix

    def _read(self, texts: Sequence[str]) -> Iterator[_Batch]:
        for at in range(0, len(texts), BATCH):
            batch = texts[at : at + BATCH]
            heads = [_head_of(text) for text in batch]
            rows, codes = [], []
            for read, mark in ((batch, np.int64(0)), (heads, HEAD)):
                for row, pieces in enumerate(self.pieces(read)):
                    terms = np.concatenate([pieces, _pair_codes(pieces)]) + mark
                    codes.append(terms)
                    rows.append(np.full(len(terms), row))
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


def _by_piece(scores: Mapping[int, float], pieces: np.ndarray, mark: np.int64) -> np.ndarray:
    """Share the scores of terms out to the pieces that they are made of."""
    codes = np.concatenate([pieces, _pair_codes(pieces)]) + mark
    found, inverse, counts = np.unique(codes, return_inverse=True, return_counts=True)
    each = np.array([scores.get(code, 0.0) for code in found]) / counts
    shared = each[inverse]
    of_piece = shared[: len(pieces)].copy()
    of_pair = shared[len(pieces) :] / 2
    of_piece[:-1] += of_pair
    of_piece[1:] += of_pair
    return of_piece


def _pair_codes(pieces: np.ndarray) -> np.ndarray:
    pairs: np.ndarray = (pieces[:-1] + 1) * PAIR + pieces[1:]
    return pairs


def _by_word(text: str, encoding: Encoding, of_piece: np.ndarray) -> list[tuple[str, float]]:
    word_ids, offsets = encoding.word_ids, encoding.offsets  # Each is made anew whenever it is asked for.
    spans: dict[int | None, tuple[int, int]] = {}
    sums: dict[int | None, float] = {}
    for place, value in enumerate(of_piece):
        word, (start, end) = word_ids[place], offsets[place]
        first, _ = spans.get(word, (start, end))
        spans[word] = (first, end)
        sums[word] = sums.get(word, 0.0) + float(value)
    by_name: dict[str, float] = {}
    for word, (start, end) in spans.items():
        name = text[start:end].lower()
        by_name[name] = by_name.get(name, 0.0) + sums[word]
    return list(by_name.items())
