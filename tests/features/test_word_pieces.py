import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from features import word_pieces
from features.encoder_folder import find_encoder
from features.word_pieces import WordPieces

# What a tokenizer treats in ways of its own: marks, controls, blanks of all kinds, accents, Chinese.
ODD = [
    *"ab cA9\n\t\x01\x0b\x1c\x85\xa0\u3000\u2028\u0301\u200b\ufffd\xe9\u65e5\u0130\xdf\ufb01\u03a3-'_.",
    "[SEP]",
    "[UNK]",
    "printer",
    "\U0001f600",
    "x" * 120,
]
texts = st.lists(st.sampled_from(ODD), max_size=25).map("".join) | st.text(max_size=30)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    found = Tokenizer.from_file(str(find_encoder() / "tokenizer.json"))
    found.no_truncation()
    return found


@pytest.fixture(scope="module")
def pieces(tokenizer) -> WordPieces:
    return WordPieces(tokenizer)


@given(texts)
@settings(max_examples=300)
def test_pieces_are_those_of_the_tokenizer(tokenizer, pieces, text):
    (found,) = pieces.read([text])
    assert found.tolist() == tokenizer.encode(text, add_special_tokens=False).ids
    assert found.dtype == np.int64


def test_a_word_is_asked_about_once(tokenizer):
    class Counting:
        """A tokenizer that counts the texts that it is given."""

        def __init__(self) -> None:
            self.asked: list[str] = []

        def to_str(self) -> str:
            return tokenizer.to_str()

        def encode(self, given, add_special_tokens):
            self.asked.append(given)
            return tokenizer.encode(given, add_special_tokens=add_special_tokens)

    counting = Counting()
    pieces = WordPieces(counting)
    list(pieces.read(["the printer jams", "the printer, the printer"]))
    assert sorted(counting.asked) == [",", "jams", "printer", "the"]


def test_memory_is_bounded(tokenizer, monkeypatch):
    monkeypatch.setattr(word_pieces, "MOST_WORDS", 10)
    pieces = WordPieces(tokenizer)
    texts = [f"ticket {number} is about vpn" for number in range(50)]
    found = [one for text in texts for one in pieces.read([text])]
    assert [one.tolist() for one in found] == [
        tokenizer.encode(one, add_special_tokens=False).ids for one in texts
    ]
    assert len(pieces._known) <= 15


def test_a_tokenizer_that_cuts_elsewhere_is_asked_about_whole_texts(tokenizer):
    document = json.loads(tokenizer.to_str())
    document["normalizer"]["lowercase"] = False
    cased = Tokenizer.from_str(json.dumps(document))
    text = "The Printer jams"
    (found,) = WordPieces(cased).read([text])
    assert found.tolist() == cased.encode(text, add_special_tokens=False).ids
