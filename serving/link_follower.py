"""Lets a knowledge index follow what people link and dismiss, event by event, in the order of the store.

Every server goes through the same events in the same order, from the first at each start, so that all know
the same. Nothing is trained here.
"""

import time
from collections.abc import Sequence
from datetime import datetime

import numpy as np

from features.cleaning import clean_text
from features.encoder import Encoder
from features.knowledge import KnowledgeIndex
from features.link_recall import Link
from serving.erased_tickets import ErasedTickets
from triage.store import Store
from triage.store.links import LinkEvent, LinkEventKind, link_events_after
from triage.store.revisions import Kind, read_revisions
from triage.store.ticket_facts import stored_among
from triage.store.tickets import get_tickets
from triage.ticket import PastTicket

__all__ = ["LinkFollower"]

FEW = 32
RETRY_FEW_SECONDS, RETRY_SECONDS = 1.0, 30.0
"""So often the tickets of links that are not stored yet are looked for: where they are few, and more."""


class LinkFollower:
    """Follows one workspace's links; used by one thread at a time.

    Parameters
    ----------
    store : Store
        Where from.
    workspace : str
        Whose links.
    index : KnowledgeIndex
        Where to; what it remembers already stays, unless an event says otherwise.
    encoder : Encoder
        The index's encoder, best one that keeps what it has encoded.
    erased : ErasedTickets, optional
        Knows which tickets that the index has from a bundle were erased.
    """

    def __init__(
        self,
        store: Store,
        workspace: str,
        index: KnowledgeIndex,
        encoder: Encoder,
        erased: ErasedTickets | None = None,
    ) -> None:
        self._store = store
        self._workspace = workspace
        self._index = index
        self._encoder = encoder
        self._mark = (0, -1)
        self._revision = 0
        self._unfiled: list[LinkEvent] = []
        self._retry_at = 0.0
        self._taken: set[str] = set()
        self._erased = erased
        self._erasures = 0

    def catch_up(self, limit: int) -> bool:
        """Take in the next events, at most so many; tell whether those were all."""
        seen = read_revisions(self._store, self._workspace)
        if seen[Kind.ERASURES] != self._erasures:
            self._forget_erased(seen[Kind.ERASURES])
        if seen[Kind.LINKS] > self._revision:
            events = link_events_after(self._store, self._workspace, self._mark, limit=limit)
            self._take_in([*self._unfiled, *events])
            if len(self._unfiled) <= FEW:
                self._retry_at = 0.0
            if events:
                self._mark = events[-1].mark
            if len(events) == limit:
                return False
            self._revision = seen[Kind.LINKS]
        elif self._unfiled and time.monotonic() >= self._retry_at:
            self._take_in(self._unfiled)
            few = len(self._unfiled) <= FEW
            self._retry_at = time.monotonic() + (RETRY_FEW_SECONDS if few else RETRY_SECONDS)
        return True

    def _forget_erased(self, erasures: int) -> None:
        """Let the index forget what is stored no more, and what a bundle brought and the ledger knows."""
        gone = self._taken - stored_among(self._store, self._workspace, self._taken)
        if self._erased is not None:
            gone |= self._erased.among(self._workspace, self._index.memory.ticket_ids, erasures)
        self._index.forget_tickets(gone)
        self._taken -= gone
        self._erasures = erasures

    def _take_in(self, events: Sequence[LinkEvent]) -> None:
        past = get_tickets(self._store, self._workspace, list({event.ticket_id for event in events}))
        # A link may be told before its ticket is: it waits, and keeps its place.
        self._unfiled = [event for event in events if event.ticket_id not in past]
        filed = [event for event in events if event.ticket_id in past]
        new = [one for one in past if one not in self._index.memory.ticket_rows]
        vectors: dict[str, np.ndarray] = {}
        if new:
            encoded = self._encoder.encode([clean_text(past[one].ticket) for one in new])
            vectors = dict(zip(new, encoded, strict=True))
        links: list[Link] = []
        for event in filed:
            pair = event.ticket_id, event.article_id
            if event.kind is LinkEventKind.REMOVED:
                self._index.remember_all(links, vectors)
                self._index.forget([pair])
                links = []
            else:
                known_at = _known_at(event, past[event.ticket_id]).timestamp()
                links.append(Link(*pair, known_at, event.kind is LinkEventKind.DISMISSED))
        self._index.remember_all(links, vectors)
        self._taken.update(event.ticket_id for event in filed)


def _known_at(event: LinkEvent, past: PastTicket) -> datetime:
    """Return since when an event is known: as the source says, else with the labels, at latest as noted."""
    if event.kind is LinkEventKind.DISMISSED:
        return min(event.known_at or event.noted_at, event.noted_at)
    return min(event.known_at or past.labels_known_at or event.noted_at, event.noted_at)
