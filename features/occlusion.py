"""What a model would say without one word or sentence of a ticket: reasons measured by deleting.

Words and fields of a linear head can be read off (``features.explain``); what a sentence embedding or a vote
of similar tickets makes of a sentence cannot. So it is deleted, everything is computed again, and the change
is told. Costs an encoding a deletion, of which there are at most 24.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from features.cleaning import clean
from features.explain import log_odds
from triage.prediction import Deletion, Explanation, Prediction
from triage.ticket import Ticket

__all__ = ["Passage", "measure_deletions", "passages", "without"]

WORDS_MAX = 24
"""A text of at most so many different words is taken apart by words, a longer one by sentences."""

SENTENCES_MAX = 12
"""Sentences deleted; of a longer text some that follow each other go together."""

WORD = re.compile(r"\w+")
SENTENCE = re.compile(r"[^\n.!?。！？]*(?:[.!?。！？]+(?=\s|$)|[。！？]+|[.!?]+|\n|$)\s*")
Predict = Callable[[Sequence[Ticket]], Sequence[Mapping[str, Prediction]]]


@dataclass(frozen=True, slots=True)
class Passage:
    """Part of a ticket's cleaned text: ``spans`` are (``subject`` or ``body``, start, end)."""

    kind: str
    text: str
    spans: tuple[tuple[str, int, int], ...]


def measure_deletions(
    ticket: Ticket,
    predictions: Mapping[str, Prediction],
    explanations: Mapping[str, Explanation],
    predict: Predict,
) -> dict[str, tuple[Deletion, ...]]:
    """Delete each passage of a ticket in turn and tell what changes, field by field.

    Parameters
    ----------
    ticket : Ticket
        As filed.
    predictions : Mapping of str to Prediction
        Of the whole ticket, by field.
    explanations : Mapping of str to Explanation
        Say which label is explained, and against which.
    predict : callable
        Predicts all fields of some tickets.

    Returns
    -------
    dict of str to tuple of Deletion
        By field, largest change first; empty for a ticket with nothing to delete.
    """
    found = passages(ticket)
    if not found:
        return {name: () for name in explanations}
    shorter = predict([without(ticket, one) for one in found])
    deletions = {}
    for name, explanation in explanations.items():
        label, against = explanation.label, explanation.against
        told = []
        for passage, changed in zip(found, shorter, strict=True):
            prediction = changed[name]
            change = 0.0
            if against is not None:
                change = log_odds(predictions[name], label, against) - log_odds(prediction, label, against)
            confidence = float(prediction.probabilities[prediction.labels.index(label)])
            told.append(Deletion(passage.kind, passage.text, prediction.top(1)[0][0], confidence, change))
        deletions[name] = tuple(sorted(told, key=lambda one: -abs(one.change)))
    return deletions


def passages(ticket: Ticket) -> list[Passage]:
    """Return what can be deleted from a ticket: its words if they are few, else its sentences.

    Examples
    --------
    >>> [one.text for one in passages(Ticket("T-1", "VPN drops", "The vpn is slow."))]
    ['vpn', 'drops', 'the', 'is', 'slow']
    """
    parts = {"subject": clean(ticket.subject), "body": clean(ticket.body)}
    words: dict[str, list[tuple[str, int, int]]] = {}
    for part, text in parts.items():
        for match in WORD.finditer(text):
            words.setdefault(match.group().lower(), []).append((part, *match.span()))
    if len(words) <= WORDS_MAX:
        # A ticket of one word has nothing left to be compared with, but its fields may speak.
        return [Passage("word", word, tuple(spans)) for word, spans in words.items()]
    sentences = [
        Passage("sentence", match.group().strip(), ((part, *match.span()),))
        for part, text in parts.items()
        for match in SENTENCE.finditer(text)
        if WORD.search(match.group())
    ]
    groups = np.array_split(np.arange(len(sentences)), min(SENTENCES_MAX, len(sentences)))
    return [_joined([sentences[place] for place in group]) for group in groups]


def without(ticket: Ticket, passage: Passage) -> Ticket:
    """Return the ticket, cleaned, without a passage."""
    texts = {"subject": clean(ticket.subject), "body": clean(ticket.body)}
    for part, start, end in sorted(passage.spans, reverse=True):
        texts[part] = f"{texts[part][:start]} {texts[part][end:]}"
    return replace(ticket, subject=texts["subject"].strip(), body=texts["body"].strip())


def _joined(sentences: Sequence[Passage]) -> Passage:
    return Passage(
        "sentence",
        " ".join(one.text for one in sentences),
        tuple(span for one in sentences for span in one.spans),
    )
