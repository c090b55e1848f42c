"""Solved tickets that read like a new one, in each workspace, with what solved them.

The store is the truth: before each answer the index learns what was solved since, so that a ticket closed a
moment ago, on whichever server, is found. Texts stay there: what is shown is read, cut, redacted each time.
"""

import logging
import math
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from sqlalchemy.exc import DBAPIError

from features.cleaning import clean_text
from features.embedding_cache import CachedEncoder
from features.encoder import Encoder
from features.extracts import extract_solution
from features.redaction import redact
from features.solved_index import Alike, SolvedIndex
from serving.model_host import ModelHost
from serving.sight import Sight
from serving.stock_encoder import StockEncoder
from triage.bundle import Bundle
from triage.errors import TriageError, UnavailableError
from triage.helping.solution import SolvedTicket, solution_of
from triage.store import Store
from triage.store.known_labels import known_labels
from triage.store.replies import replies_of
from triage.store.revisions import Kind, read_revisions
from triage.store.solved import SolvedMark, solved_after
from triage.store.ticket_facts import stored_among
from triage.store.tickets import get_tickets
from triage.store.workspaces import list_workspaces
from triage.ticket import FIELDS, PastTicket, Ticket

__all__ = ["SolutionHost"]

NEWEST = 50_000
"""Solved tickets that are searched: 77 MB, a few milliseconds."""
STEP, CHUNK = 32, 256
"""Tickets that one request may have to learn; the rest is caught up with in the background, in chunks."""
START_SECONDS = 5.0
LEAST_ALIKE = 0.35
"""Cosine below which two tickets are not said to be alike."""
SPARE, MARKS = 6, 100_000
"""Looked up beyond what is asked for, as some may have lost their solution; and read of the log at once."""
UNSOLVED = "unsolved"
"""Stands among the labels of a ticket that has replies, none of which is known to have solved it."""

log = logging.getLogger("triage.solutions")


@dataclass(slots=True)
class _Shelf:
    """One workspace's index, what it was made for, and how far it has come."""

    index: SolvedIndex
    encoder: Encoder
    kept: CachedEncoder
    bundle: Bundle | None
    mark: SolvedMark = (0, "")
    erasures: int = 0
    solutions: int = 0
    waiting: deque[str] = field(default_factory=lambda: deque(maxlen=NEWEST))
    turn: threading.RLock = field(default_factory=threading.RLock)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        try:
            return self.kept.encode(texts)
        except UnavailableError as error:
            log.warning("embeddings are not kept: %s", error)
            return self.encoder.encode(texts)


class SolutionHost:
    """Finds solved tickets.

    Parameters
    ----------
    store : Store
        Keeps tickets, replies, and which of them are solved.
    models : ModelHost
        Its champions bring the encoder.
    cache : Path
        Folder of embeddings, shared with training: no text is encoded twice on a machine.
    poll_seconds : float
        How often the background looks for what is new.
    stock : StockEncoder, optional
        Where no champion brings one.
    """

    def __init__(
        self,
        store: Store,
        models: ModelHost,
        *,
        cache: Path,
        poll_seconds: float,
        stock: StockEncoder | None = None,
    ) -> None:
        self._store, self._models, self._cache = store, models, cache
        self._poll_seconds, self._stock = poll_seconds, stock or StockEncoder()
        self._shelves: dict[str, _Shelf] = {}
        self._making, self._stopping = threading.Lock(), threading.Event()
        self._load_until = 0.0
        self._follower: threading.Thread | None = None

    def load(self) -> None:
        """Learn what is there, for a few seconds; called again, for what is left of them."""
        self._load_until = self._load_until or time.monotonic() + START_SECONDS
        self._catch_up_everywhere(self._load_until)

    def forget(self) -> None:
        """Know nothing any more: for a process that answers nobody and does not follow."""
        self._shelves, self._load_until = {}, 0.0

    def start(self) -> None:
        """Load; then go on, and follow the store, in a thread."""
        self.load()
        self._follower = threading.Thread(target=self._follow, name="solution-host", daemon=True)
        self._follower.start()

    def stop(self) -> None:
        """Stop following."""
        self._stopping.set()
        if self._follower is not None:
            self._follower.join()

    def alike(
        self,
        workspace: str,
        ticket: Ticket,
        count: int,
        sight: Sight,
        *,
        only_solved: bool = False,
    ) -> list[Alike]:
        """Return ids of the answered tickets nearest to a ticket, nearest first, whatever their distance.

        Parameters
        ----------
        workspace : str
            Whose; no other workspace's tickets are in its index.
        ticket : Ticket
            Its own id is left out.
        count : int
            At most so many.
        sight : Sight
            What the asker sees; labels that changed since they were learnt are the caller's to look at.
        only_solved : bool, default=False
            Whether tickets with replies, but without a known solution, are left out.
        """
        shelf = self._shelf(workspace)
        if shelf is None or count < 1:
            return []
        self._catch_up(workspace, shelf, STEP)
        (vector,) = shelf.encoder.encode([clean_text(ticket)])

        def hides(labels: Mapping[str, str]) -> bool:
            return (only_solved and UNSOLVED in labels) or sight.hides(labels)

        key = only_solved, sight.key
        return shelf.index.search(vector, count, hides=hides, sight=key, but=ticket.ticket_id)

    def similar(self, workspace: str, ticket: Ticket, count: int, sight: Sight) -> tuple[SolvedTicket, ...]:
        """Return the solved tickets that read like a ticket, with what solved them, nearest first.

        The arguments are those of :meth:`alike`; tickets further than a cosine of 0.35 are left out.

        Raises
        ------
        UnavailableError
            If there are solved tickets, but no encoder that could compare them.
        """
        if count < 1:
            return ()
        near = self.alike(workspace, ticket, count + SPARE, sight, only_solved=True)
        near = [one for one in near if one.similarity >= LEAST_ALIKE]
        if not near:
            return ()
        names = [one.ticket_id for one in near]
        past, replies = get_tickets(self._store, workspace, names), replies_of(self._store, workspace, names)
        shown = set(names) if sight.sees_all else sight.among(self._store, workspace, names)
        text, encoder = clean_text(ticket), self._shelves[workspace].encoder
        found: list[SolvedTicket] = []
        for one in near:
            stored = past.get(one.ticket_id)
            solution = None if stored is None else solution_of(stored, replies.get(one.ticket_id, ()))
            # Labels may have changed a moment ago: what is shown is what the store says now.
            if stored is None or solution is None or one.ticket_id not in shown:
                continue
            extract = extract_solution(solution.text, text, clean_text(stored.ticket), encoder)
            found.append(
                SolvedTicket(
                    one.ticket_id,
                    min(one.similarity, 1.0),
                    tuple((name, stored.labels[name]) for name in FIELDS if name in stored.labels),
                    redact(stored.ticket.subject),
                    extract.sentences,
                    extract.is_whole,
                    solution.source,
                    stored.resolved_at or stored.closed_at,
                )
            )
            if len(found) == count:
                break
        return tuple(found)

    def encoder_of(self, workspace: str) -> Encoder:
        """Return the encoder that compares texts in a workspace."""
        bundle = self._models.bundle(workspace)
        return self._stock.get() if bundle is None else bundle.model.encoder

    def catch_up(self, workspace: str) -> None:
        """Learn all that the store has of a workspace: for commands, which cannot wait for a thread."""
        shelf = self._shelf(workspace)
        while shelf is not None and not self._catch_up(workspace, shelf, CHUNK):
            pass

    def _shelf(self, workspace: str) -> _Shelf | None:
        """Return the workspace's shelf; None while no ticket is solved."""
        if (shelf := self._shelves.get(workspace)) is not None:
            return shelf
        with self._making:
            shelf = self._shelves.get(workspace)
            if shelf is None and solved_after(self._store, workspace, (0, ""), limit=1):
                shelf = self._shelves[workspace] = self._make(workspace)
            return shelf

    def _make(self, workspace: str) -> _Shelf:
        encoder, bundle = self.encoder_of(workspace), self._models.bundle(workspace)
        return _Shelf(SolvedIndex(encoder.dimension), encoder, CachedEncoder(encoder, self._cache), bundle)

    def _catch_up(self, workspace: str, shelf: _Shelf, limit: int) -> bool:
        """Learn the next tickets; tell whether those were all."""
        with shelf.turn:
            seen = read_revisions(self._store, workspace)
            if seen[Kind.ERASURES] != shelf.erasures:
                held = set(shelf.index.ticket_ids)
                shelf.index.forget(held - stored_among(self._store, workspace, held))
            is_news = seen[Kind.SOLUTIONS] != shelf.solutions
            while is_news and (new := solved_after(self._store, workspace, shelf.mark, limit=MARKS)):
                shelf.waiting.extend(ticket_id for _, ticket_id in new)
                shelf.mark = new[-1]
            shelf.solutions, shelf.erasures = seen[Kind.SOLUTIONS], seen[Kind.ERASURES]
            if not shelf.waiting:
                return True
            # The newest first: they are asked for most, and of a long history only they are kept.
            names = [shelf.waiting.pop() for _ in range(min(limit, len(shelf.waiting)))]
            past = get_tickets(self._store, workspace, names)
            replies = replies_of(self._store, workspace, names)
            labels_of = known_labels(self._store, workspace, names, past)
            known: list[tuple[PastTicket, dict[str, str]]] = []
            for name in names:
                stored, sent = past.get(name), replies.get(name, ())
                if stored is not None and solution_of(stored, sent) is not None:
                    known.append((stored, labels_of[name]))
                elif stored is not None and any(not one.by_requester for one in sent):
                    known.append((stored, {**labels_of[name], UNSOLVED: UNSOLVED}))
                else:
                    shelf.index.withdraw(name)
            vectors = shelf.encode([clean_text(one.ticket) for one, _ in known])
            for (one, labels), vector in zip(known, vectors, strict=True):
                shelf.index.put(one.ticket.ticket_id, vector, labels)
            return not shelf.waiting

    def _follow(self) -> None:
        while True:
            try:
                self._catch_up_everywhere()
            except DBAPIError as error:
                log.error("solutions: %s", type(error).__name__)
            if self._stopping.wait(self._poll_seconds):
                return

    def _catch_up_everywhere(self, until: float = math.inf) -> None:
        names = {one.workspace for one in list_workspaces(self._store)} | set(self._models.workspaces)
        for workspace in sorted(names | set(self._shelves)):
            try:
                shelf = self._shelf(workspace)
                if shelf is not None and shelf.bundle is not self._models.bundle(workspace):
                    shelf = self._renew(workspace)
                while shelf is not None and not self._stopping.is_set() and time.monotonic() < until:
                    if self._catch_up(workspace, shelf, CHUNK):
                        break
            except (TriageError, DBAPIError) as error:
                log.error("solutions in workspace %s: %s", workspace, type(error).__name__)

    def _renew(self, workspace: str) -> _Shelf:
        """Make the index anew for a new champion, whose encoder may be another, before it takes over."""
        new = self._make(workspace)
        while not self._catch_up(workspace, new, CHUNK) and not self._stopping.is_set():
            pass
        self._shelves[workspace] = new
        return new
