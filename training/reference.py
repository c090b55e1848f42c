"""What later tickets are compared with: a summary of the end of the history, as small numbers in a manifest.

Keeps counts, means and bin edges; no text, no ticket, no requester. Judges nothing: see ``training.drift``.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from features.cleaning import clean_text
from features.language import language_of
from features.words import HEAD, PAIR, WordView
from triage.stability import DIGITS, bin_counts
from triage.taxonomy import Taxonomy
from triage.ticket import PastTicket, Ticket

__all__ = [
    "CIRCUMSTANCES",
    "LATEST",
    "circumstance",
    "count_values",
    "make_reference",
    "unknown_pieces",
]

LATEST = 0.2
"""Share of an ordered history that the comparison starts from: what came before is not "then" any more."""

CIRCUMSTANCES = ("channel", "language", "product")
NONE = "(none)"
NAMED = 100
"""Values counted by name; the rest counts as one."""

BINS = 10
"""Bins with as many tickets each, so that the reference is sure of all of them."""

TEXTS = 2_000
"""Texts read again for the share of unknown pieces."""


def make_reference(
    history: Sequence[PastTicket],
    taxonomy: Taxonomy,
    *,
    words: WordView,
    familiarity: np.ndarray,
    confidence: Mapping[str, np.ndarray],
    ordered: bool,
) -> dict[str, Any]:
    """Summarise what a model learnt from, for :func:`training.drift.measure_drift`.

    Parameters
    ----------
    history : sequence of PastTicket
        All that it learnt from, in time order where ``ordered``.
    taxonomy : Taxonomy
        Leads labels of the past to today's.
    words : WordView
        Fitted on the history.
    familiarity : ndarray of shape (m,)
        Of held-out tickets, as :meth:`features.model.TicketModel.assess` would give it.
    confidence : Mapping of str to ndarray
        By field: of held-out tickets' likeliest label.
    ordered : bool
        True: the newest fifth is summarised; False: everything.

    Returns
    -------
    dict
        ``tickets, first, last``; ``values`` by circumstance and ``labels`` by field (``counts`` by value,
        ``others``); ``numbers`` (``unknown_words``, ``length``, ``familiarity``) and ``confidence`` by field
        (``mean``, inner ``edges`` of bins, ``counts``).
    """
    part = history[-max(1, round(LATEST * len(history))) :] if ordered else history
    every = max(1, -(-len(part) // TEXTS))
    texts = [clean_text(past.ticket) for past in part[::every]]
    times = [past.ticket.created_at for past in part if past.ticket.created_at is not None]
    numbers = {
        "unknown_words": unknown_pieces(words, texts, learnt_from=len(history)),
        "length": np.array([len(text) for text in texts], float),
        "familiarity": familiarity,
    }
    return {
        "tickets": len(part),
        "first": min(times).isoformat() if times else None,
        "last": max(times).isoformat() if times else None,
        "values": {
            name: count_values(circumstance(past.ticket, name) for past in part) for name in CIRCUMSTANCES
        },
        "labels": {
            name: count_values(
                taxonomy.current(name, past.labels[name]) for past in part if past.labels.get(name)
            )
            for name in confidence
        },
        "numbers": {name: _bin(values) for name, values in numbers.items() if len(values)},
        "confidence": {name: _bin(values) for name, values in confidence.items() if len(values)},
    }


def circumstance(ticket: Ticket, name: str) -> str:
    """Return a ticket's channel, language or product, in words where it has none."""
    return (language_of(ticket) if name == "language" else getattr(ticket, name)) or NONE


def count_values(values: Iterable[str]) -> dict[str, Any]:
    """Return ``counts`` of the 100 commonest values by name, and how many ``others`` there are."""
    found = Counter(values)
    named = dict(sorted(found.items(), key=lambda one: (-one[1], one[0]))[:NAMED])
    return {"counts": named, "others": found.total() - sum(named.values())}


def unknown_pieces(words: WordView, texts: Sequence[str], *, learnt_from: int = 0) -> np.ndarray:
    """Return the share of each text's word pieces that the words view does not know.

    A text that the view was fitted on knows itself. With ``learnt_from`` (the number of texts fitted on) each
    is read as if it had been left out: a piece that would then be in too few texts to be kept is unknown.

    Parameters
    ----------
    words : WordView
        Fitted.
    texts : sequence of str
        Cleaned.
    learnt_from : int, default=0
        0 for texts that it was not fitted on.

    Returns
    -------
    ndarray of shape (n_texts_with_pieces,)
        Texts without any piece are left out.
    """
    known = words.terms_
    if learnt_from and len(known):
        # Undoes the smoothed inverse document frequency of features.words.
        in_texts = np.rint((1 + learnt_from) / np.exp(words.idf_.astype(float) - 1) - 1)
        is_full = int((known < HEAD).sum()) >= words.max_terms
        fewest = max(words.min_texts, in_texts.min() if is_full else 0)
        known = known[in_texts > fewest]
    known = known[known < PAIR]
    shares = []
    for pieces in words.pieces(texts):
        if len(pieces):
            place = np.minimum(np.searchsorted(known, pieces), max(0, len(known) - 1))
            shares.append(1.0 - (known[place] == pieces).mean() if len(known) else 1.0)
    return np.array(shares)


def _bin(values: np.ndarray) -> dict[str, Any]:
    edges = np.unique(np.round(np.quantile(values, np.arange(1, BINS) / BINS), DIGITS))
    return {
        "mean": round(float(np.mean(values)), DIGITS),
        "edges": edges.tolist(),
        "counts": bin_counts(values, edges).tolist(),
    }
