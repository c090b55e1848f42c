"""Some tickets of a history and their numbers: what a check learns from instead of the whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from tokenizers import Tokenizer

from features.encoder import Encoder
from features.structured import StructuredView
from features.views import MEANING_SCALE
from features.words import WordView
from training.softmax import Block
from triage.ticket import PastTicket

__all__ = ["FEWEST", "READ_CHARS", "Sample", "spread"]

SAMPLE = 10_000
"""Tickets looked at, spread evenly over the history."""

MAX_TERMS = 20_000

READ_CHARS = 400_000
"""Characters that the sentence encoder reads: about 80,000 word pieces, 15 to 25 seconds of one core."""

MOST_READ = 2_500
"""Tickets that the encoder reads: what meaning adds is known well enough by then."""

MOST_CHARS = 1_100
"""Of one text, about as many as the encoder reads (256 pieces)."""

FEWEST = 200
"""Tickets read for meaning below which the gain from it is chance."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Some tickets of a history, in order, with their columns and views.

    Parameters
    ----------
    tickets : list of PastTicket
    columns : dict of str to list
        Values by column, see :func:`training.check.columns.column_values`.
    words, fields : CSR matrix
        A row a ticket.
    meaning : ndarray of shape (m, dimension)
        Embeddings of a part of the tickets, scaled as training scales them.
    read : ndarray of shape (m,)
        Places of that part; empty without an encoder.
    """

    tickets: list[PastTicket]
    columns: dict[str, list[str | None]]
    words: Block
    fields: Block
    meaning: np.ndarray
    read: np.ndarray

    @classmethod
    def of(
        cls,
        history: Sequence[PastTicket],
        texts: Sequence[str],
        columns: Mapping[str, Sequence[str | None]],
        tokenizer: Tokenizer,
        places: Sequence[int] | np.ndarray,
        encoder: Encoder | None = None,
        read_chars: int = READ_CHARS,
    ) -> "Sample":
        """Draw at most 10,000 of the tickets at ``places``, evenly spread, and make their views.

        Parameters
        ----------
        history, texts : sequences
            All tickets and their cleaned texts.
        columns : Mapping of str to sequence
            Values of all tickets.
        tokenizer : tokenizers.Tokenizer
            The encoder's.
        places : sequence of int
            Of the tickets to draw from.
        encoder : Encoder, optional
            Reads as many of the drawn as ``read_chars`` allow, 2,500 at most, evenly spread.
        read_chars : int, default=400_000
            Characters for the encoder.
        """
        drawn = [places[row] for row in spread(len(places), SAMPLE)]
        tickets = [history[place] for place in drawn]
        filed = [past.ticket for past in tickets]
        own = [texts[place] for place in drawn]
        words = WordView(tokenizer, max_terms=MAX_TERMS).fit_transform(own)
        fields = StructuredView().fit(filed)
        kept = {name: [values[place] for place in drawn] for name, values in columns.items()}
        read = np.empty(0, dtype=int)
        meaning = np.empty((0, 0), dtype=np.float32)
        if encoder is not None:
            read = _affordable(own, read_chars)
            meaning = encoder.encode([own[row] for row in read]) * MEANING_SCALE
        return cls(tickets, kept, words, fields.transform(filed), meaning, read)


def spread(count: int, most: int) -> np.ndarray:
    """Return at most ``most`` places below ``count``, evenly spread, both ends among them."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(int)) if count else np.empty(0, int)


def _affordable(texts: Sequence[str], read_chars: int) -> np.ndarray:
    """Return places of texts that together fit the budget; none where too few fit."""
    spoken = np.array([place for place, text in enumerate(texts) if text], dtype=int)
    lengths = np.array([min(len(text), MOST_CHARS) for text in texts if text])
    if len(spoken) < FEWEST:
        return np.empty(0, dtype=int)
    kept: np.ndarray = spoken[
        spread(len(spoken), min(MOST_READ, max(FEWEST, int(read_chars / lengths.mean()))))
    ]
    return kept
