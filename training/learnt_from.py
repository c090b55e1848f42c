"""Which tickets a model has learnt from already: on these its memory is judged, not what it can do."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from features.cleaning import clean_text
from features.encoder import Encoder
from features.model import TicketModel
from triage.bundle import Bundle
from triage.erasure import ErasureKeys
from triage.learnt_from import read_learnt
from triage.signing import signing_key
from triage.ticket import PastTicket, Ticket

__all__ = ["SAME_TEXT", "learnt_from"]

SAME_TEXT = 0.99
"""Cosine from which two texts count as the same: encoding is not exact to the last bit."""


def learnt_from(bundle: Bundle, tickets: Sequence[PastTicket], *, key: bytes | None = None) -> list[bool]:
    """Say of each ticket whether the bundle has learnt from it.

    It has where it knows the id, and the ticket was filed at the very moment of the one that it knows, or
    reads as that one does. An id alone is no proof: exports that number their own rows number them alike.
    Where neither moments nor texts can be compared the id decides. What was filed after the training history
    ended was never learnt from.

    Parameters
    ----------
    bundle : Bundle
        Loaded. One of before that does not say what it learnt from knows the ids of its newest tickets with
        text; of a model that keeps no ids nothing is known, and nothing said.
    tickets : sequence of PastTicket
        In any order.
    key : bytes, optional
        The signing key, by which a bundle knows ids; by default this installation's, read where it is needed.
    """
    if not isinstance(bundle.model, TicketModel):
        return [False] * len(tickets)
    encoder = bundle.model.encoder  # None until the bundle is opened: then no texts can be compared
    places = {name: row for row, name in enumerate(bundle.model.neighbours.ticket_ids)}
    filed = _filed_by_id(bundle, tickets, key)
    last = bundle.manifest.training["last"]
    end = datetime.fromisoformat(last) if last else None
    learnt = [False] * len(tickets)
    unsure: list[int] = []
    for row, past in enumerate(tickets):
        name, at = past.ticket.ticket_id, past.ticket.created_at
        if (name not in filed and name not in places) or (end and at and at > end):
            continue
        known = filed.get(name)
        if at is not None and known == at.timestamp():
            learnt[row] = True
        elif encoder is not None and name in places and clean_text(past.ticket):
            unsure.append(row)
        else:
            learnt[row] = at is None or known is None
    if unsure and encoder is not None:
        asked = [tickets[row].ticket for row in unsure]
        kept = [places[one.ticket_id] for one in asked]
        for row, is_same in zip(unsure, _read_alike(bundle.model, encoder, asked, kept), strict=True):
            learnt[row] = bool(is_same)
    return learnt


def _filed_by_id(bundle: Bundle, tickets: Sequence[PastTicket], key: bytes | None) -> dict[str, float | None]:
    """Return, of those tickets whose ids a bundle learnt from, when they were filed; None where unknown."""
    learnt = read_learnt(bundle.folder, bundle.manifest)
    if learnt is None:
        return {}
    keys = ErasureKeys(signing_key() if key is None else key)
    moments = {bytes(row["key"]).hex(): float(row["first_at"]) for row in learnt}
    found = {past.ticket.ticket_id: keys.ticket(past.ticket.ticket_id) for past in tickets}
    return {
        name: moments[pseudonym] if np.isfinite(moments[pseudonym]) else None
        for name, pseudonym in found.items()
        if pseudonym in moments
    }


def _read_alike(
    model: TicketModel, encoder: Encoder, tickets: Sequence[Ticket], kept: Sequence[int]
) -> np.ndarray:
    """Return whether each ticket's text means what the kept one at its place does."""
    redaction = model.redaction
    texts = [clean_text(one if redaction is None else redaction.ticket(one)) for one in tickets]
    cosines = (encoder.encode(texts) * model.neighbours.vectors[list(kept)]).sum(axis=1)
    return np.asarray(cosines >= SAME_TEXT)
