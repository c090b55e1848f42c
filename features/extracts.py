"""The sentences of a solution that matter most for a ticket: chosen, never written.

A short solution is shown whole. Of a long one those sentences are taken that share words and meaning with the
ticket asked about and with the ticket that was solved, in the order in which they stand. Personal data is
taken out first (:mod:`features.redaction`), so that every sentence is a piece of the redacted text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from features.article_words import search_words
from features.cleaning import clean
from features.encoder import Encoder
from features.redaction import redact

__all__ = [
    "Extract",
    "choose_sentences",
    "extract_solution",
    "score_sentences",
    "split_sentences",
    "take_sentences",
]

MAX_CHARS = 320
"""Of an extract: about three sentences, what people read before they decide to open a ticket."""
MAX_SENTENCES = 48
"""Of a solution that are looked at; a longer one is a pasted log."""
PIECE_CHARS = 280
"""A longer sentence is cut between words."""
CLOSING = re.compile(
    r"(?i)^(?:hi|hello|hey|dear|hallo|good (?:morning|afternoon|day|evening)|guten tag|bonjour|gr[uü]ezi|"
    r"thanks?|thank you|many thanks|cheers|(?:kind |best |warm )?regards|best wishes|sincerely|let me know|"
    r"please let|hope (?:this|that)|feel free|you'?re welcome|sorry to hear|i'?m sorry|mfg)\b"
)
END = re.compile(r"(?<=[.!?;])[\"')\]]{0,2}\s+(?=[\"'(\[]{0,2}[^\W_a-z])")
WORD = re.compile(r"[^\W_]")

CURRENT, PAST, WORDS, CLOSING_COST = 1.0, 0.5, 0.5, 0.5
"""What counts: meaning shared with the ticket, with the one that was solved, shared words, being a greeting.

Plain choices: ``benchmarks/similar.py`` could not tell this mix from chance, nor from meaning alone
(docs/log.md), so nothing is claimed for it beyond that greetings are left out.
"""
SAME = 0.8
"""Share of a sentence's words that are said already from which it says nothing new."""


@dataclass(frozen=True, slots=True)
class Extract:
    """Sentences of a solution.

    Parameters
    ----------
    sentences : tuple of str
        In the solution's order; each is a piece of its redacted text.
    is_whole : bool
        Whether they are all of it.
    """

    sentences: tuple[str, ...]
    is_whole: bool


def split_sentences(text: str) -> list[str]:
    """Split a text into pieces to choose from: lines, sentences, and parts of very long sentences.

    Examples
    --------
    >>> split_sentences("Update the client. Then sign in again.")
    ['Update the client.', 'Then sign in again.']
    """
    pieces: list[str] = []
    for line in text.split("\n"):
        for sentence in END.split(line):
            rest = sentence.strip()
            while len(rest) > PIECE_CHARS:
                cut = rest.rfind(" ", 1, PIECE_CHARS)
                cut = PIECE_CHARS if cut < 1 else cut
                pieces.append(rest[:cut].strip())
                rest = rest[cut:].strip()
            if WORD.search(rest):
                pieces.append(rest)
        if len(pieces) >= MAX_SENTENCES:
            break
    return pieces[:MAX_SENTENCES]


def extract_solution(
    solution: str,
    ticket: str,
    solved: str,
    encoder: Encoder,
    *,
    max_chars: int = MAX_CHARS,
) -> Extract:
    """Choose what to show of a solution.

    Parameters
    ----------
    solution : str
        The text that solved a past ticket.
    ticket, solved : str
        Cleaned text of the ticket asked about, and of the past one.
    encoder : Encoder
        Compares meanings; asked only where a choice is to be made.
    max_chars : int, default=320
        Longest extract.
    """
    sentences = split_sentences(redact(clean(solution)))
    if sum(map(len, sentences)) + len(sentences) <= max_chars:
        return Extract(tuple(sentences), True)
    chosen = choose_sentences(sentences, ticket, solved, encoder, max_chars=max_chars)
    return Extract(tuple(sentences[place] for place in chosen), len(chosen) == len(sentences))


def choose_sentences(
    sentences: Sequence[str], ticket: str, solved: str, encoder: Encoder, *, max_chars: int
) -> list[int]:
    """Return the places of the sentences that matter most, at least one, in their order.

    Parameters
    ----------
    sentences : sequence of str
        At least one.
    ticket, solved, encoder, max_chars
        As of :func:`extract_solution`.
    """
    scores = score_sentences(sentences, ticket, solved, encoder)
    return take_sentences(sentences, scores, max_chars=max_chars)


def take_sentences(sentences: Sequence[str], scores: np.ndarray, *, max_chars: int) -> list[int]:
    """Return the places of the best sentences that fit and say something new, at least one, in order."""
    words = [set(search_words(one)) for one in sentences]
    chosen: list[int] = []
    said: set[str] = set()
    room = max_chars
    for place in np.argsort(-scores, kind="stable").tolist():
        if chosen and len(sentences[place]) + 1 > room:
            continue
        new = words[place] - said
        if chosen and len(new) <= (1 - SAME) * len(words[place]):
            continue
        chosen.append(place)
        said |= words[place]
        room -= len(sentences[place]) + 1
    return sorted(chosen)


def score_sentences(sentences: Sequence[str], ticket: str, solved: str, encoder: Encoder) -> np.ndarray:
    """Return how much each sentence matters, of shape (n,)."""
    vectors = encoder.encode([ticket, solved, *sentences])
    cosines = vectors[2:] @ vectors[:2].T
    asked = set(search_words(ticket)) | set(search_words(solved))
    shared = []
    for one in sentences:
        own = set(search_words(one))
        shared.append(len(own & asked) / (len(own) + 3.0))
    is_closing = np.array([CLOSING.match(one) is not None for one in sentences], dtype=float)
    return np.asarray(
        CURRENT * cosines[:, 0] + PAST * cosines[:, 1] + WORDS * np.array(shared) - CLOSING_COST * is_closing
    )
