"""Which earlier tickets a new one likely repeats: an index of each workspace's newest tickets.

The store is the truth. A thread follows it, so that a ticket stored a moment ago, by whichever server, is
found within seconds (within a minute where that server's clock is behind, or an import wrote it); a request
reads what is there and waits for nothing. Tickets of one workspace are never compared with another's. Where
tickets were erased, the index is made anew without them.
"""

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from sqlalchemy.exc import DBAPIError

from features.cleaning import clean_text
from features.duplicates.index import DuplicateIndex
from features.duplicates.model import DEFAULT_MODEL, DuplicateModel
from features.embedding_cache import CachedEncoder
from features.encoder import Encoder
from features.model import RecentEncoder
from serving.model_host import ModelHost
from serving.stock_encoder import StockEncoder
from triage.bundle import Bundle
from triage.duplicate import LEAST_CHANCE, Duplicate
from triage.errors import TriageError, UnavailableError
from triage.store import Store
from triage.store.erasures import erasure_revision
from triage.store.recent import filed_ids, newest_ids, written_since
from triage.store.tickets import get_tickets
from triage.store.workspaces import list_workspaces
from triage.ticket import Ticket

__all__ = ["DuplicateHost"]

NEWEST = 20_000
"""Tickets that a new one is compared with at most; older ones are hardly ever repeated."""

LATE = timedelta(days=1)
"""A ticket stored so long after its filing is still taken in as it comes; later ones at the next start."""

WHOLE_EVERY_S = 60.0
"""So often all tickets of the last day are looked through; else those that were written just now."""
BACK = timedelta(seconds=5)
"""So long before the last look what was written is looked at again: servers' clocks differ, and a transaction
ends after it wrote."""
MOST_WRITTEN = 5_000
"""Of more than these the last day's tickets are looked through: an import is at work."""

CHUNK = 256
AHEAD = timedelta(days=1)
FEW = 32
"""At least so many more, and a tenth more, are held before the oldest are let go."""

log = logging.getLogger("triage.duplicates")


@dataclass(slots=True, eq=False)
class _Shelf:
    """One workspace's index, and what it was made from."""

    index: DuplicateIndex
    encoder: Encoder
    kept: CachedEncoder
    bundle: Bundle | None
    erasures: int
    newest_at: datetime
    put_off: dict[str, None] = field(default_factory=dict)
    looked_at: datetime | None = None
    whole_from: float = 0.0

    def is_time_for(self, ticket: Ticket) -> bool:
        """Whether a ticket was answered here, or was there already at the last look."""
        was_here = isinstance(self.encoder, RecentEncoder) and self.encoder.remembers(clean_text(ticket))
        return was_here or ticket.ticket_id in self.put_off

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return vectors of texts, kept on this machine where there is room for them."""
        try:
            return self.kept.encode(texts)
        except UnavailableError as error:
            log.warning("embeddings are not kept: %s", error)
            return self.encoder.encode(texts)


class DuplicateHost:
    """Holds an index for each workspace that has tickets.

    Parameters
    ----------
    store : Store
        Holds the tickets.
    models : ModelHost
        Its champions bring encoder and learnt weights.
    cache : Path
        Folder of embeddings, shared with training: no text is encoded twice on a machine.
    poll_seconds : float
        How often the thread looks for what is new.
    stock : StockEncoder, optional
        Where no champion brings an encoder.
    newest : int, default=20_000
        Tickets that are compared at most.
    least : float, default=0.1
        Calibrated chance from which an earlier ticket is told.
    """

    def __init__(
        self,
        store: Store,
        models: ModelHost,
        *,
        cache: Path,
        poll_seconds: float,
        stock: StockEncoder | None = None,
        newest: int = NEWEST,
        least: float = LEAST_CHANCE,
    ) -> None:
        self._store = store
        self._models = models
        self._cache = cache
        self._poll_seconds = poll_seconds
        self._stock = stock or StockEncoder()
        self._newest = newest
        self._least = least
        self._shelves: dict[str, _Shelf] = {}
        self._stopping = threading.Event()
        self._follower: threading.Thread | None = None

    def start(self) -> None:
        """Follow the store in a thread; until it has read a workspace, nothing is found there."""
        self._follower = threading.Thread(target=self._follow, name="duplicate-host", daemon=True)
        self._follower.start()

    def stop(self) -> None:
        """Stop following."""
        self._stopping.set()
        if self._follower is not None:
            self._follower.join()

    def find(self, workspace: str, tickets: Sequence[Ticket], limit: int) -> list[tuple[Duplicate, ...]]:
        """Return for each ticket at most ``limit`` earlier ones that it likely repeats, likeliest first."""
        shelf = self._shelves.get(workspace)
        if limit == 0 or shelf is None or not len(shelf.index):
            return [() for _ in tickets]
        # The model has encoded these texts a moment ago, so that this is a look into its memory.
        vectors = shelf.encoder.encode([clean_text(one) for one in tickets])
        return [
            tuple(shelf.index.find(one, vector, limit, least=self._least)) if one.text else ()
            for one, vector in zip(tickets, vectors, strict=True)
        ]

    def catch_up(self, workspace: str, *, patient: bool = False) -> None:
        """Take in what the store has of a workspace: what the thread does again and again.

        A ``patient`` look leaves tickets that another server of this machine has just answered for the next
        one: by then that server has kept their embeddings, and nobody encodes them twice.
        """
        bundle = self._models.bundle(workspace)
        shelf = self._shelves.get(workspace)
        erasures = erasure_revision(self._store, workspace)
        if shelf is None or shelf.bundle is not bundle or shelf.erasures != erasures:
            shelf = self._read_anew(workspace, bundle, erasures)
            if shelf is None:
                self._shelves.pop(workspace, None)
                return
            self._shelves[workspace] = shelf
        now, at_s = datetime.now(UTC), time.monotonic()
        listed = dict.fromkeys([*shelf.put_off, *self._listed(workspace, shelf, now, at_s)])
        new = [name for name in listed if name not in shelf.index.row_of][: self._newest]
        put_off: list[str] = []
        for at in range(0, len(new), CHUNK):
            if self._stopping.is_set():
                return
            stored = get_tickets(self._store, workspace, new[at : at + CHUNK])
            tickets = [one.ticket for one in stored.values()]
            later = [one.ticket_id for one in tickets if patient and not shelf.is_time_for(one)]
            self._take_in(shelf, [one for one in tickets if one.ticket_id not in later])
            put_off += later
        # Named again at the next look, whether that would list them or not.
        shelf.put_off = dict.fromkeys(put_off)
        shelf.looked_at = now
        if at_s >= shelf.whole_from:
            shelf.whole_from = at_s + WHOLE_EVERY_S

    def _listed(self, workspace: str, shelf: _Shelf, now: datetime, at_s: float) -> Sequence[str]:
        """Return ids of tickets in order of filing, among them those that are new since the last look."""
        since, until = min(shelf.newest_at, now) - LATE, now + AHEAD
        if shelf.looked_at is not None and at_s < shelf.whole_from:
            written = written_since(self._store, workspace, shelf.looked_at - BACK, MOST_WRITTEN + 1)
            if len(written) <= MOST_WRITTEN:
                return [name for filed_at, name in written if since < filed_at <= until]
        return filed_ids(self._store, workspace, since, until)

    def _read_anew(self, workspace: str, bundle: Bundle | None, erasures: int) -> _Shelf | None:
        names = newest_ids(self._store, workspace, self._newest)
        if not names:
            return None
        encoder: Encoder = self._stock.get() if bundle is None else bundle.model.encoder
        learnt = None if bundle is None else bundle.duplicates
        model = learnt if isinstance(learnt, DuplicateModel) else DEFAULT_MODEL
        empty = DuplicateIndex.empty(encoder.dimension, model)
        shelf = _Shelf(
            empty, encoder, CachedEncoder(encoder, self._cache), bundle, erasures, datetime.now(UTC)
        )
        vectors = np.empty((len(names), encoder.dimension), np.float32)
        index = DuplicateIndex.of(self._read(workspace, shelf, names, vectors), vectors, model)
        if self._stopping.is_set() or not len(index):
            return None
        shelf.index = index
        return shelf

    def _read(
        self, workspace: str, shelf: _Shelf, names: Sequence[str], vectors: np.ndarray
    ) -> Iterator[Ticket]:
        """Yield tickets by name, a chunk of them in memory at a time, and fill in their vectors."""
        row = 0
        for at in range(0, len(names), CHUNK):
            chunk = names[at : at + CHUNK]
            found = get_tickets(self._store, workspace, chunk)
            tickets = [found[name].ticket for name in chunk if name in found]
            vectors[row : row + len(tickets)] = shelf.encode([clean_text(one) for one in tickets])
            row += len(tickets)
            for ticket in tickets:
                shelf.newest_at = _filed(ticket)
                yield ticket
            if self._stopping.is_set():
                return

    def _take_in(self, shelf: _Shelf, tickets: Sequence[Ticket]) -> None:
        index = shelf.index
        for ticket, vector in zip(tickets, shelf.encode([clean_text(one) for one in tickets]), strict=True):
            index = index.add(ticket, vector)
            shelf.newest_at = _filed(ticket)
        if index.is_long_tailed or len(index) > self._newest + max(FEW, self._newest // 10):
            index = index.newest(self._newest)
        shelf.index = index

    def _follow(self) -> None:
        while True:
            try:
                for workspace in [one.workspace for one in list_workspaces(self._store)]:
                    self._catch_up_or_say(workspace)
            except DBAPIError as error:
                log.error("duplicates: %s", type(error).__name__)
            if self._stopping.wait(self._poll_seconds):
                return

    def _catch_up_or_say(self, workspace: str) -> None:
        try:
            self.catch_up(workspace, patient=True)
        except (TriageError, DBAPIError) as error:
            log.error("duplicates in workspace %s: %s", workspace, type(error).__name__)


def _filed(ticket: Ticket) -> datetime:
    return ticket.created_at or datetime.now(UTC)
