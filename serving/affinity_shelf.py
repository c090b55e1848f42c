"""What one workspace's affinity is kept in: an index, and how far it has come in the log of the store."""

import logging
import threading
import time
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import numpy as np

from features.embedding_cache import CachedEncoder
from features.encoder import Encoder
from triage.assignment import Candidate, SureFrom
from triage.bundle import Bundle
from triage.errors import UnavailableError
from triage.store.handled import Handled, Mark
from triage.ticket import Ticket

__all__ = ["Asked", "Index", "Shelf"]

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
    """One workspace's index, the bundle it was made for, and how far it has come."""

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
    turn: threading.RLock = field(default_factory=threading.RLock)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return vectors of texts, kept on this machine where there is room for them."""
        try:
            return self.kept.encode(texts)
        except UnavailableError as error:
            # Without room for the cache the same texts are encoded again after the next start, no more.
            log.warning("embeddings are not kept: %s", error)
            return self.encoder.encode(texts)
