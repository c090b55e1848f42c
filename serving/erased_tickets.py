"""Which of the tickets that a model still names were erased: read from the ledger, at most once a moment.

A model keeps ids and vectors of the tickets that it learnt from until the next one takes its place. What it
names of erased ones is left out of answers meanwhile.
"""

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from triage.erasure import ErasedKind, ErasureKeys
from triage.errors import ConflictError
from triage.store import Store
from triage.store.erasures import erased_after, erased_among, erasure_revision
from triage.ticket import Ticket

__all__ = ["ErasedTickets"]


@dataclass(frozen=True, slots=True)
class _Known:
    """A ledger as of a moment."""

    at: float
    revision: int = 0
    tickets: frozenset[str] = frozenset()


class ErasedTickets:
    """Knows erased tickets of every workspace by pseudonym.

    Parameters
    ----------
    store : Store
        Holds the ledgers.
    keys : ErasureKeys
        Of the installation.
    poll_seconds : float
        How old what is known may be.
    """

    def __init__(self, store: Store, keys: ErasureKeys, *, poll_seconds: float) -> None:
        self._store = store
        self._keys = keys
        self._poll_seconds = poll_seconds
        self._known: dict[str, _Known] = {}

    def among(self, workspace: str, ticket_ids: Collection[str], revision: int = 0) -> set[str]:
        """Return those of some tickets that were erased; all of them up to a revision of the ledger."""
        known = self._look(workspace, revision)
        if not known.tickets:
            return set()
        return {one for one in ticket_ids if self._keys.ticket(one) in known.tickets}

    def refuse(self, workspace: str, tickets: Sequence[Ticket]) -> None:
        """See to it that none of some tickets that are sent was erased; as of this moment.

        Raises
        ------
        ConflictError
            If one was: an export or a helpdesk that still has it would bring it back.
        """
        gone = erased_among(self._store, workspace, tickets, self._keys)
        if gone:
            raise ConflictError(
                f"Got {len(tickets)} tickets, {len(gone)} of which were erased; expected none of them to be "
                "sent again. Delete them in the helpdesk too, or file them under new ids."
            )

    def _look(self, workspace: str, least: int) -> _Known:
        known = self._known.get(workspace)
        now = time.monotonic()
        if known is not None and known.revision >= least and now - known.at < self._poll_seconds:
            return known
        before = known or _Known(now)
        revision = erasure_revision(self._store, workspace)
        more: frozenset[str] = frozenset()
        if revision != before.revision:
            new = erased_after(self._store, workspace, before.revision)
            more = frozenset(one.key for one in new if one.kind is ErasedKind.TICKET)
        known = self._known[workspace] = _Known(now, revision, before.tickets | more)
        return known
