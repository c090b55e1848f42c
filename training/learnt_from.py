"""Which tickets a model has learnt from already: on these its memory is judged, not what it can do."""

from collections.abc import Sequence
from datetime import datetime

from features.cleaning import clean_text
from features.model import TicketModel
from triage.bundle import Bundle
from triage.ticket import PastTicket

__all__ = ["learnt_from"]


def learnt_from(bundle: Bundle, tickets: Sequence[PastTicket]) -> list[bool]:
    """Say of each ticket whether the bundle has learnt from it.

    A model keeps the ids of its newest tickets with text. One that it cannot have kept, without text or older
    than a full index reaches, counts as learnt from where it was filed before the training history ended.

    Parameters
    ----------
    bundle : Bundle
        Loaded; of a model that keeps no ids nothing is known, and nothing said.
    tickets : sequence of PastTicket
        In any order.
    """
    if not isinstance(bundle.model, TicketModel):
        return [False] * len(tickets)
    training = bundle.manifest.training
    kept = set(bundle.model.neighbours.ticket_ids)
    is_full = len(kept) >= training["config"]["neighbours"]
    last = datetime.fromisoformat(training["last"]) if training["last"] else None

    def is_learnt(past: PastTicket) -> bool:
        filed = past.ticket.created_at
        if past.ticket.ticket_id in kept:
            return True
        if last is None or filed is None or filed > last:
            return False
        return is_full or not clean_text(past.ticket)

    return [is_learnt(past) for past in tickets]
