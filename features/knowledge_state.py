"""What a knowledge index consists of at one moment, and how it is kept in a bundle.

Changing it and asking it is :mod:`features.knowledge`'s job.
"""

import threading
from dataclasses import dataclass, replace
from typing import Any

from features.article_ranking import DEFAULT_WEIGHTS, RankingWeights
from features.article_rows import ArticleRows
from features.article_shelf import ArticleShelf
from features.encoder import Encoder
from features.link_memory import LinkMemory
from triage.errors import ConflictError, IncompatibleBundleError

__all__ = ["Contents", "KnowledgeState"]

INDEX_VERSION = 2
"""Changes whenever an index kept in an older bundle cannot be read any more."""


@dataclass(frozen=True, slots=True, eq=False)
class Contents:
    """Articles, links and weights; never changes."""

    shelf: ArticleShelf
    memory: LinkMemory
    weights: RankingWeights


class KnowledgeState:
    """Holds the contents of one workspace's index, and the encoder that it was made with.

    Parameters
    ----------
    encoder : Encoder
        Turns texts into unit vectors; its fingerprint is part of what is kept.
    memory : LinkMemory, optional
        Links of past tickets; default: none.
    weights : RankingWeights, default=DEFAULT_WEIGHTS
        How much each signal counts.
    """

    def __init__(
        self,
        encoder: Encoder,
        memory: LinkMemory | None = None,
        weights: RankingWeights = DEFAULT_WEIGHTS,
    ) -> None:
        self._encoder: Encoder | None = encoder
        self._fingerprint = encoder.fingerprint
        self._lock = threading.Lock()
        self._looked_up: ArticleRows | None = None
        shelf = ArticleShelf.build([], [], encoder.dimension)
        self._contents = Contents(shelf, memory or LinkMemory.empty(encoder.dimension), weights)

    def __len__(self) -> int:
        """Count the articles that can be suggested."""
        return len(self._contents.shelf)

    @property
    def basis(self) -> str:
        """What it leans on: ``text`` without links, ``links`` with them, ``learnt`` with learnt weights."""
        if not len(self._contents.memory):
            return "text"
        return "learnt" if self._contents.weights.learnt_from else "links"

    @property
    def weights(self) -> RankingWeights:
        """How much each signal counts."""
        return self._contents.weights

    @weights.setter
    def weights(self, weights: RankingWeights) -> None:
        with self._lock:
            self._contents = replace(self._contents, weights=weights)

    @property
    def memory(self) -> LinkMemory:
        """What it remembers of past tickets' links."""
        return self._contents.memory

    @memory.setter
    def memory(self, memory: LinkMemory) -> None:
        with self._lock:
            self._contents = replace(self._contents, memory=memory)

    @property
    def article_ids(self) -> tuple[str, ...]:
        """The ids of the articles that can be suggested, sorted."""
        return tuple(sorted(self._contents.shelf.rows))

    def open(self, encoder: Encoder) -> None:
        """Give an index that was read from a file the encoder that it was made with.

        Raises
        ------
        IncompatibleBundleError
            If the encoder gives other vectors than the one of the index.
        """
        if encoder.fingerprint != self._fingerprint:
            raise IncompatibleBundleError(
                f"Got an encoder with fingerprint {encoder.fingerprint[:12]}; the knowledge index was made "
                f"with {self._fingerprint[:12]}. Open it with that encoder, or train again."
            )
        self._encoder = encoder

    def _rows_of(self, contents: Contents) -> ArticleRows:
        """Return what is looked up of the articles; made anew once they, or which were linked, changed."""
        shelf, numbers = contents.shelf, contents.memory.article_numbers
        rows = self._looked_up
        if rows is None or not rows.is_of(shelf, numbers):
            rows = self._looked_up = ArticleRows(shelf, numbers)
        return rows

    def _ready(self) -> Encoder:
        if self._encoder is None:
            raise ConflictError(
                "Got a text to encode, but this index was read from a file and has no encoder yet. "
                "Call open(encoder) first."
            )
        return self._encoder

    def __getstate__(self) -> dict[str, Any]:
        return {"version": INDEX_VERSION, "fingerprint": self._fingerprint, "contents": self._contents}

    def __setstate__(self, state: dict[str, Any]) -> None:
        found = state.get("version", 1)
        if found != INDEX_VERSION:
            raise IncompatibleBundleError(
                f"Got a knowledge index of version {found}; this version reads version {INDEX_VERSION}. "
                "Train it again with this version."
            )
        self._fingerprint = state["fingerprint"]
        self._contents = state["contents"]
        self._encoder = None
        self._looked_up = None
        self._lock = threading.Lock()
