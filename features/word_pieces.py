"""Reads texts as word pieces, each word looked up once: what a tokenizer gives, several times sooner.

A BERT tokenizer treats what lies between two spaces by itself, so a text's pieces are those of its words, one
after the other. The words met lately are remembered, in memory alone. Tokenizers of other kinds are asked
about each text.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from features.recent_texts import note_remembering

__all__ = ["WordPieces"]

MOST_WORDS = 100_000
"""Remembered at most, some 20 MB, besides those of the texts being read; then they are gathered anew."""

TOGETHER = 1_000
"""Texts whose new words are asked about in one call."""

FEW = 100
"""Up to so many are read one after the other: waking threads for them takes longer."""

ASCII_WORD = re.compile(r"[A-Za-z0-9]+|[!-/:-@\[-`{-~]")
"""Letters and digits, or one sign: where a BERT tokenizer cuts a text of ASCII."""

CONTROL = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
"""What a BERT tokenizer takes out, so that the words around it grow together."""


class WordPieces:
    """Texts to the codes of their word pieces.

    Parameters
    ----------
    tokenizer : tokenizers.Tokenizer
        Without truncation and padding.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        document = json.loads(tokenizer.to_str())
        self._by_word = _is_by_word(document)
        marks = [re.escape(one["content"]) for one in document["added_tokens"]]
        # A mark such as [SEP] that somebody wrote is one piece.
        self._whole = re.compile("|".join([CONTROL, *marks]))
        self._known: dict[str, bytes] = {}
        note_remembering(self)

    def forget(self) -> None:
        """Remember no word any more; who is reading goes on with what was known."""
        self._known = {}

    def read(self, texts: Sequence[str]) -> Iterator[np.ndarray]:
        """Return the int64 codes of each text, in order, without marks at its ends."""
        if not self._by_word:
            for ids in self._ids(texts):
                yield np.asarray(ids, np.int64)
            return
        for at in range(0, len(texts), TOGETHER):
            yield from self._by_words(texts[at : at + TOGETHER])

    def _by_words(self, texts: Sequence[str]) -> Iterator[np.ndarray]:
        split = [None if self._whole.search(text) else _words_of(text) for text in texts]
        known = self._knowing([words for words in split if words is not None])
        for text, words in zip(texts, split, strict=True):
            if words is None:
                yield np.asarray(self._tokenizer.encode(text, add_special_tokens=False).ids, np.int64)
            else:
                yield np.frombuffer(b"".join([known[word] for word in words]), np.int64)

    def _knowing(self, split: Sequence[Sequence[str]]) -> dict[str, bytes]:
        """Return a dictionary that knows all of these words, asking about new ones at once."""
        known = self._known
        new = list(dict.fromkeys(word for words in split for word in words if word not in known))
        if not new:
            return known
        met = {
            word: np.asarray(ids, np.int64).tobytes() for word, ids in zip(new, self._ids(new), strict=True)
        }
        if len(known) + len(met) > MOST_WORDS:
            # Not emptied: another thread may be reading the old one.
            met |= {word: known[word] for words in split for word in words if word in known}
            self._known = met
            return met
        known.update(met)
        return known

    def _ids(self, texts: Sequence[str]) -> list[list[int]]:
        if len(texts) <= FEW:
            return [self._tokenizer.encode(one, add_special_tokens=False).ids for one in texts]
        return [one.ids for one in self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]


def _words_of(text: str) -> list[str]:
    return ASCII_WORD.findall(text) if text.isascii() else text.split()


def _is_by_word(document: Mapping[str, Any]) -> bool:
    """Return whether it is a lower-casing BERT tokenizer, of which it is known where it cuts."""
    normalizer = document["normalizer"] or {}
    pre_tokenizer = document["pre_tokenizer"] or {}
    return (
        normalizer.get("type") == "BertNormalizer"
        and bool(normalizer.get("clean_text"))
        and bool(normalizer.get("lowercase"))
        and pre_tokenizer.get("type") == "BertPreTokenizer"
        and not any(one["normalized"] for one in document["added_tokens"])
    )
