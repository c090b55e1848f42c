"""Who is likely to be the right person, in each workspace: an index that learns from the store as it grows.

The store is the truth: it keeps in order who handled which ticket. Before each answer the index learns what
is new, so that an assignment told a moment ago, to whichever server, counts in the next request; much that is
new, as after an import, is left to a thread. Says nothing of who is there or has room: :mod:`serving.floor`.
"""

import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from features.cleaning import clean_text
from features.embedding_cache import CachedEncoder
from features.encoder import Encoder
from serving.affinity_shelf import Asked, Index, Shelf
from serving.kept_affinity import KeptAffinity
from serving.model_host import ModelHost
from serving.stock_encoder import StockEncoder
from triage.assignment import Candidate, SureFrom
from triage.bundle import Bundle
from triage.errors import TriageError
from triage.store import Store
from triage.store.agents import list_agents, written_at
from triage.store.handled import handled_after, newest_handled, newest_mark
from triage.store.revisions import Kind, read_revisions
from triage.store.tickets import get_tickets
from triage.store.workspaces import list_workspaces

__all__ = ["AffinityHost"]

NEWEST = 200_000
"""Events that an index is made from: what it can search in a few milliseconds."""
STEP = 8
"""Events that one request may have to learn; the rest is caught up with in the background."""
CHUNK = 256
"""Events that the background reads together."""
PATIENCE_S = 0.25
"""So long a request waits for the background to have learnt the last few events; not where they are many."""
ANEW_EVERY_SECONDS = 300.0
START_SECONDS = 5.0
"""So long a server learns before it answers; with a long history it ranks by what it has, and goes on."""

log = logging.getLogger("triage.affinity")


class AffinityHost:
    """Holds an index for each workspace in which anybody handled a ticket.

    Parameters
    ----------
    store : Store
        Keeps who handled what.
    models : ModelHost
        Its champions bring encoder and learnt weights.
    make : callable
        Makes an empty index for a bundle (or None) and an encoder.
    cache : Path
        Folder of embeddings, shared with training: no text is encoded twice on a machine.
    poll_seconds : float
        How often the background looks for what is new.
    stock : StockEncoder, optional
        Where no champion brings an encoder.
    newest : int, default=200_000
        Events that an index is made from at most.
    kept : KeptAffinity, optional
        Keeps what was learnt for the next start; by default it is not kept.
    """

    def __init__(
        self,
        store: Store,
        models: ModelHost,
        *,
        make: Callable[[Bundle | None, Encoder], Index],
        cache: Path,
        poll_seconds: float,
        stock: StockEncoder | None = None,
        newest: int = NEWEST,
        kept: KeptAffinity | None = None,
    ) -> None:
        self._store = store
        self._models = models
        self._make_index = make
        self._cache = cache
        self._poll_seconds = poll_seconds
        self._stock = stock or StockEncoder()
        self._newest = newest
        self._kept = kept
        self._shelves: dict[str, Shelf] = {}
        self._making = threading.Lock()
        self._load_until = 0.0
        self._stopping = threading.Event()
        self._follower: threading.Thread | None = None

    def load(self) -> None:
        """Learn what is there, for a few seconds; called again, for what is left of them."""
        self._load_until = self._load_until or time.monotonic() + START_SECONDS
        self._catch_up_everywhere(self._load_until)

    def forget(self) -> None:
        """Know nothing any more: for a process that answers nobody and does not follow."""
        self._shelves.clear()
        self._load_until = 0.0

    def start(self) -> None:
        """Load; then go on, and follow the store, in a thread."""
        self.load()
        self._follower = threading.Thread(target=self._follow, name="affinity-host", daemon=True)
        self._follower.start()

    def stop(self) -> None:
        """Stop following."""
        self._stopping.set()
        if self._follower is not None:
            self._follower.join()

    def rank(
        self,
        workspace: str,
        asked: Sequence[Asked],
        now: datetime,
        *,
        seen: Mapping[Kind, int] | None = None,
    ) -> list[list[Candidate]]:
        """Return for each ticket the candidates that are known, the likeliest first.

        Parameters
        ----------
        workspace : str
            Whose tickets.
        asked : sequence of Asked
            The tickets.
        now : datetime
            The moment, with a zone.
        seen : Mapping of Kind to int, optional
            Revisions that were read for this request; by default they are read now.

        Raises
        ------
        UnavailableError
            If there is something to learn from, but no encoder that could compare tickets.
        """
        shelf = self._shelf(workspace)
        if shelf is None or not asked:
            return [[] for _ in asked]
        self._catch_up(
            workspace, shelf, STEP, seen, patience_s=0.0 if len(shelf.waiting) > STEP else PATIENCE_S
        )
        # The model has encoded these texts a moment ago, so that this is a look into its memory.
        vectors = shelf.encoder.encode([clean_text(one.ticket) for one in asked])
        with shelf.turn:
            return [
                shelf.index.candidates(
                    one.ticket, now, vector=vector, among=one.among, categories=one.categories
                )
                for one, vector in zip(asked, vectors, strict=True)
            ]

    def sure_from(self, workspace: str) -> SureFrom:
        """Return from which affinity on an agent can be given a ticket, as far as that was learnt."""
        shelf = self._shelf(workspace)
        return SureFrom() if shelf is None else shelf.index.sure_from

    def catch_up(self, workspace: str) -> None:
        """Learn all that the store has of a workspace: for commands, which cannot wait for a thread."""
        shelf = self._shelf(workspace)
        while shelf is not None and not self._catch_up(workspace, shelf, CHUNK):
            pass

    def _shelf(self, workspace: str) -> Shelf | None:
        """Return the workspace's shelf; None while there is nothing to learn from."""
        shelf = self._shelves.get(workspace)
        if shelf is not None:
            return shelf
        with self._making:
            shelf = self._shelves.get(workspace)
            if shelf is None and any(read_revisions(self._store, workspace).values()):
                shelf = self._shelves[workspace] = self._make(workspace, self._kept)
            return shelf

    def _make(self, workspace: str, kept: KeptAffinity | None = None) -> Shelf:
        bundle = self._models.bundle(workspace)
        encoder: Encoder = self._stock.get() if bundle is None else bundle.model.encoder
        if kept is not None and (found := kept.find(self._store, workspace, bundle, encoder)):
            return found
        # Events that come while this is read have later marks.
        seen = read_revisions(self._store, workspace)
        mark = newest_mark(self._store, workspace)
        events = newest_handled(self._store, workspace, self._newest, until=mark)
        return Shelf(
            self._make_index(bundle, encoder),
            encoder,
            CachedEncoder(encoder, self._cache),
            bundle,
            mark,
            deque(events),
            seen[Kind.WORK],
            seen[Kind.ERASURES],
        )

    def _catch_up(
        self,
        workspace: str,
        shelf: Shelf,
        limit: int,
        seen: Mapping[Kind, int] | None = None,
        *,
        patience_s: float | None = None,
    ) -> bool:
        """Learn the next events; tell whether those were all.

        A request, which has a ``patience_s``, ranks by what is known where others learn or much is new.
        """
        if seen is None:
            seen = read_revisions(self._store, workspace)
        if not shelf.waiting and (seen[Kind.WORK], seen[Kind.AGENTS]) == (shelf.work_seen, shelf.agents_seen):
            return True
        if not shelf.learner.acquire(timeout=-1 if patience_s is None else patience_s):
            return False
        try:
            if seen[Kind.WORK] > shelf.work_seen:
                most = self._newest if patience_s is None else limit
                new = handled_after(self._store, workspace, shelf.mark, limit=most + 1)
                if len(new) > most and patience_s is not None:
                    return False  # The background reads them in one piece, and learns them in order of time.
                shelf.waiting.extend(sorted(new, key=lambda one: (one.at, one.mark)))
                shelf.mark = max([shelf.mark, *(one.mark for one in new)])
                shelf.work_seen = shelf.work_seen if len(new) > most else seen[Kind.WORK]
            self._learn(workspace, shelf, limit)
            if not shelf.waiting and seen[Kind.AGENTS] > shelf.agents_seen:
                self._welcome(workspace, shelf)
                shelf.agents_seen = seen[Kind.AGENTS]
            return not shelf.waiting and shelf.work_seen >= seen[Kind.WORK]
        finally:
            shelf.learner.release()

    def _learn(self, workspace: str, shelf: Shelf, limit: int) -> None:
        events = [shelf.waiting.popleft() for _ in range(min(limit, len(shelf.waiting)))]
        past = get_tickets(self._store, workspace, list({one.ticket_id for one in events}))
        events = [one for one in events if one.ticket_id in past]
        shelf.learn(events, past)

    def _welcome(self, workspace: str, shelf: Shelf) -> None:
        """Let agents without a history be known by what they can do."""
        agents = list_agents(self._store, workspace)
        since = written_at(self._store, workspace)  # Read later: whoever is among the agents has a moment.
        new = [
            one
            for one in agents
            if one.active and one.skills and one.agent in since and one.agent not in shelf.known
        ]
        shelf.welcome(new, since)

    def _follow(self) -> None:
        while True:
            try:
                self._catch_up_everywhere()
            except DBAPIError as error:
                log.error("affinity: %s", type(error).__name__)
            if self._stopping.wait(self._poll_seconds):
                return

    def _catch_up_everywhere(self, until: float = math.inf) -> None:
        names = {one.workspace for one in list_workspaces(self._store)} | set(self._models.workspaces)
        for workspace in sorted(names | set(self._shelves)):
            try:
                shelf = self._shelf(workspace)
                while shelf is not None and not self._stopping.is_set() and time.monotonic() < until:
                    if self._catch_up(workspace, shelf, CHUNK):
                        break
                if shelf is not None:
                    self._renew(workspace, shelf)
                    if self._kept is not None:
                        self._kept.keep(self._store, workspace, self._shelves[workspace])
            except (TriageError, DBAPIError) as error:
                log.error("affinity in workspace %s: %s", workspace, type(error).__name__)

    def _renew(self, workspace: str, old: Shelf) -> None:
        """Make the index anew, beside the old one: for a new champion, after an erasure, after disorder.

        So every server that reads the same store comes to the same index.
        """
        is_erased = read_revisions(self._store, workspace)[Kind.ERASURES] != old.erasures
        is_time = time.monotonic() - old.made_at >= ANEW_EVERY_SECONDS
        is_due = is_erased or (old.is_out_of_order and is_time)
        if old.bundle is self._models.bundle(workspace) and not is_due:
            return
        new = self._make(workspace)
        while not self._catch_up(workspace, new, CHUNK) and not self._stopping.is_set():
            pass
        if not self._stopping.is_set():
            new.is_out_of_order = False
            self._shelves[workspace] = new
