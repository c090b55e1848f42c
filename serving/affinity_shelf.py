"""What one workspace's affinity is kept in: an index, and how far it has come in the log of the store."""

import logging
import threading
import time
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

import numpy as np

from features.cleaning import clean, clean_text
from features.embedding_cache import CachedEncoder
from features.encoder import Encoder
from triage.agent import Agent
from triage.assignment import Candidate, SureFrom
from triage.bundle import Bundle
from triage.errors import UnavailableError
from triage.store.handled import Handled, Mark
from triage.ticket import PastTicket, Ticket

__all__ = ["Asked", "Index", "Shelf"]

LATE = timedelta(hours=1)
"""An event that is older than what was learnt by more came out of order: then the index is made anew."""
SLICE, BREATH_S = 16, 0.0005
"""Events learnt before requests are let in again, and for how long."""

log = logging.getLogger("triage.affinity")


class Index(Protocol):
    """What ranks people; :class:`features.affinity.index.AffinityIndex` is the real one."""

    def learn(
        self,
        ticket: Ticket,
        agent: str,
        at: datetime,
        kind: Any = "resolved",
        *,
        vector: np.ndarray,
        category: str | None = None,
    ) -> None:
        """Learn that somebody was assigned, or resolved, a ticket."""
        ...

    def welcome(self, agent: str, skills: str, at: datetime, *, vector: np.ndarray) -> None:
        """Learn what somebody without a history can do."""
        ...

    @property
    def sure_from(self) -> SureFrom:
        """From which affinity on an agent can be given a ticket, as far as that was learnt."""
        ...

    def candidates(
        self,
        ticket: Ticket,
        at: datetime,
        *,
        vector: np.ndarray,
        among: Collection[str],
        categories: Mapping[str, float] | None = None,
    ) -> list[Candidate]:
        """Return those of some people who are known, the likeliest first, with reasons in words."""
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """A ticket, and among whom somebody is looked for.

    Parameters
    ----------
    ticket : Ticket
        As filed.
    among : collection of str
        Agents.
    categories : Mapping of str to float, optional
        Chance of each category.
    """

    ticket: Ticket
    among: Collection[str]
    categories: Mapping[str, float] | None = None


@dataclass(slots=True)
class Shelf:
    """One workspace's index, the bundle it was made for, and how far it has come.

    Whoever learns holds ``learner``, so that events are learnt in their order; ``turn`` is for the index
    itself and held shortly. Who wants both takes ``learner`` first.
    """

    index: Index
    encoder: Encoder
    kept: CachedEncoder
    bundle: Bundle | None
    mark: Mark
    waiting: deque[Handled]
    work_seen: int
    erasures: int
    agents_seen: int = 0
    latest_at: datetime | None = None
    is_out_of_order: bool = False
    learnt: int = 0
    made_at: float = field(default_factory=time.monotonic)
    known: set[str] = field(default_factory=set)
    learner: threading.RLock = field(default_factory=threading.RLock)
    turn: threading.RLock = field(default_factory=threading.RLock)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return vectors of texts, kept on this machine where there is room for them."""
        try:
            return self.kept.encode(texts)
        except UnavailableError as error:
            # Without room for the cache the same texts are encoded again after the next start, no more.
            log.warning("embeddings are not kept: %s", error)
            return self.encoder.encode(texts)

    def learn(self, events: Sequence[Handled], past: Mapping[str, PastTicket]) -> None:
        """Learn events of some tickets, given by id; to be called by who holds ``learner``."""
        vectors = self.encode([clean_text(past[one.ticket_id].ticket) for one in events])
        for at in range(0, len(events), SLICE):
            if at:
                time.sleep(BREATH_S)  # Else whoever learns would be the next to have its turn, too.
            with self.turn:
                for event, vector in zip(events[at : at + SLICE], vectors[at : at + SLICE], strict=True):
                    self._learn_one(event, past[event.ticket_id], vector)

    def _learn_one(self, event: Handled, past: PastTicket, vector: np.ndarray) -> None:
        if self.latest_at is not None and event.at < self.latest_at - LATE:
            self.is_out_of_order = True
        self.learnt += 1
        self.latest_at = max(self.latest_at or event.at, event.at)
        self.known.add(event.agent)
        category = past.labels.get("category")
        kind = event.kind.value
        self.index.learn(past.ticket, event.agent, event.at, kind, vector=vector, category=category)

    def welcome(self, agents: Sequence[Agent], since: Mapping[str, datetime]) -> None:
        """Learn what agents without a history can do, known since some moment each."""
        texts = [clean(", ".join(one.skills)) for one in agents]
        vectors = self.encode(texts)
        with self.turn:
            for agent, text, vector in zip(agents, texts, vectors, strict=True):
                self.index.welcome(agent.agent, text, since[agent.agent], vector=vector)
                self.known.add(agent.agent)
