"""Names a history by a hash: whoever has the same tickets can tell that they are the same."""

import hashlib
from collections.abc import Sequence

from triage.ticket import PastTicket

__all__ = ["history_hash"]


def history_hash(history: Sequence[PastTicket]) -> str:
    """Return the SHA-256 over ids, times, texts and labels, in the given order."""
    digest = hashlib.sha256()
    for past in history:
        ticket = past.ticket
        row = (ticket.ticket_id, str(ticket.created_at), ticket.text_hash, repr(sorted(past.labels.items())))
        digest.update("\0".join(row).encode("utf-8", "replace") + b"\n")
    return digest.hexdigest()
