"""Gathers, from judged tickets and their bundle, the numbers that drift is measured on."""

from collections.abc import Sequence

import numpy as np

from features.cleaning import clean_text
from features.model import TicketModel
from training.drift import Later
from training.judge import VECTORS, JudgedTickets
from training.reference import CIRCUMSTANCES, LATEST, circumstance, unknown_pieces
from triage.bundle import Bundle
from triage.ticket import PastTicket

__all__ = ["later_numbers"]


def later_numbers(bundle: Bundle, tickets: Sequence[PastTicket], judged: JudgedTickets) -> Later:
    """Return what :func:`training.drift.measure_drift` compares with the bundle's reference.

    Parameters
    ----------
    bundle : Bundle
        That decided.
    tickets : sequence of PastTicket
        All of them, also those without labels.
    judged : JudgedTickets
        Of these tickets.
    """
    texts = [clean_text(past.ticket) for past in tickets]
    numbers = {
        "length": np.array([len(text) for text in texts], float),
        # As of the tickets compared with: where there is no text, familiarity means something else.
        "familiarity": judged.familiarity[[bool(text) for text in texts]],
    }
    meaning = None
    if isinstance(bundle.model, TicketModel):
        numbers["unknown_words"] = unknown_pieces(bundle.model.words, texts)
        index = bundle.model.neighbours
        part = bundle.manifest.training
        # The index is in time order and holds tickets with text only.
        newest = round(LATEST * part["tickets"]) if part["ordered"] else len(index.vectors)
        kept = index.vectors[-max(1, newest) :]
        meaning = (np.asarray(kept[:: max(1, -(-len(kept) // VECTORS))]), judged.vectors)
    right = {}
    for name, one in judged.fields.items():
        metrics = bundle.manifest.fields[name]["metrics"]
        if not metrics["tickets"]:
            continue
        hits, hits_now = round(metrics["accuracy"] * metrics["tickets"]), int(one.right.sum())
        right[name] = (hits, metrics["tickets"] - hits, hits_now, len(one.rows) - hits_now)
    return Later(
        values={name: [circumstance(past.ticket, name) for past in tickets] for name in CIRCUMSTANCES},
        labels={name: one.truth for name, one in judged.fields.items()},
        numbers=numbers,
        confidence={name: one.probabilities.max(axis=1).astype(float) for name, one in judged.fields.items()},
        right=right,
        meaning=meaning,
    )
