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

__all__ = ["WordPieces"]

MOST_WORDS = 100_000
"""Remembered at most, some 20 MB; then they are gathered anew."""

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

    def read(self, texts: Sequence[str]) -> Iterator[np.ndarray]:
        """Return the int64 codes of each text, in order, without marks at its ends."""
        if not self._by_word:
            for encoding in self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False):
                yield np.asarray(encoding.ids, np.int64)
            return
        for text in texts:
            if self._whole.search(text):
                ids = self._tokenizer.encode(text, add_special_tokens=False).ids
                yield np.asarray(ids, np.int64)
            else:
                yield self._by_words(text)

    def _by_words(self, text: str) -> np.ndarray:
        words = ASCII_WORD.findall(text) if text.isascii() else text.split()
        known = self._known
        try:
            codes = b"".join([known[word] for word in words])
        except KeyError:
            codes = b"".join(self._learn(words))
        return np.frombuffer(codes, np.int64)

    def _learn(self, words: Sequence[str]) -> list[bytes]:
        """Ask about the words that are new."""
        known = self._known
        new = [word for word in dict.fromkeys(words) if word not in known]
        encodings = self._tokenizer.encode_batch_fast(new, add_special_tokens=False)
        met = {
            word: np.asarray(encoding.ids, np.int64).tobytes()
            for word, encoding in zip(new, encodings, strict=True)
        }
        found = [met[word] if word in met else known[word] for word in words]
        if len(known) + len(met) > MOST_WORDS:
            self._known = met  # Not emptied: another thread may be reading the old one.
        else:
            known.update(met)
        return found


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
