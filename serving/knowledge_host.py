"""The knowledge that answers: each workspace's articles, found by the champion's own measure of likeness.

The store is the truth. Before a suggestion the index catches up with it, so that an article stored a
moment ago, on whichever server, can be suggested in the next request, and an article linked or dismissed
counts (:mod:`serving.link_follower`). Embeddings are kept beside the articles: no article is encoded twice
by the same encoder.
"""

import copy
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sqlalchemy.exc import DBAPIError

from features.article_ranking import EXAMPLES_MAX
from features.embedding_cache import CachedEncoder
from features.encoder import Encoder
from features.knowledge import KnowledgeIndex
from features.passages import split_passages
from serving.erased_tickets import ErasedTickets
from serving.link_follower import LinkFollower
from serving.model_host import ModelHost
from serving.stock_encoder import StockEncoder
from triage.bundle import Bundle
from triage.errors import TriageError
from triage.knowledge import Article, Suggestion
from triage.store import Store
from triage.store.articles import StoredArticle, article_changes, latest_revision, put_embeddings
from triage.store.workspaces import list_workspaces
from triage.ticket import Ticket

__all__ = ["KnowledgeHost"]

STEP = 32
"""Articles or links that one request may have to encode; the rest is caught up with in the background."""
CHUNK = 512
"""Articles or links that the background takes in before it lets requests in again."""

log = logging.getLogger("triage.knowledge")


@dataclass(slots=True)
class _Shelf:
    """One workspace's index, the bundle that it was made for, and the newest revision on it."""

    index: KnowledgeIndex
    encoder: Encoder
    bundle: Bundle | None
    links: LinkFollower
    keeping: Encoder
    revision: int = 0
    turn: threading.Lock = field(default_factory=threading.Lock)

    def encode_all(self, articles: Sequence[StoredArticle]) -> list[np.ndarray]:
        """Return the embeddings of articles; what training encoded on this machine is not encoded anew."""
        passages = [split_passages(one.article) for one in articles]
        if not passages:
            return []
        matrix = self.keeping.encode([text for texts in passages for text in texts])
        return np.split(matrix, np.cumsum([len(texts) for texts in passages])[:-1])


class KnowledgeHost:
    """Holds an index for each workspace that has articles.

    Parameters
    ----------
    store : Store
        Holds the articles and their embeddings.
    models : ModelHost
        Its champions bring encoder, links and learnt weights.
    poll_seconds : float
        How often the background looks for articles and champions that changed.
    stock : StockEncoder, optional
        Where no champion brings an encoder.
    shows : callable, optional
        Whether an article may be suggested: the others are never in the index, so that they are filtered
        before any search. By default all, and the articles that came with a bundle where the store has none.
    cache : Path, optional
        Folder of embeddings, shared with training: no linked ticket is encoded twice on a machine.
    erased : ErasedTickets, optional
        Knows which tickets that a bundle brings were erased; without it those of the store alone are known.
    """

    def __init__(
        self,
        store: Store,
        models: ModelHost,
        *,
        poll_seconds: float,
        stock: StockEncoder | None = None,
        shows: Callable[[Article], bool] | None = None,
        cache: Path | None = None,
        erased: ErasedTickets | None = None,
    ) -> None:
        self._store = store
        self._models = models
        self._poll_seconds = poll_seconds
        self._shows = shows
        self._shelves: dict[str, _Shelf] = {}
        self._stock = stock or StockEncoder()
        self._cache = cache
        self._erased = erased
        self._making = threading.Lock()
        self._stopping = threading.Event()
        self._follower: threading.Thread | None = None

    def load(self) -> None:
        """Read all articles of all workspaces, encoding those that are new."""
        self._catch_up_everywhere()

    def start(self) -> None:
        """Read what is new, as :meth:`load` does; then follow in a thread."""
        self.load()
        self._follower = threading.Thread(target=self._follow, name="knowledge-host", daemon=True)
        self._follower.start()

    def stop(self) -> None:
        """Stop following."""
        self._stopping.set()
        if self._follower is not None:
            self._follower.join()

    def suggest(
        self, workspace: str, tickets: Sequence[Ticket], limit: int, *, named: int = EXAMPLES_MAX
    ) -> list[tuple[Suggestion, ...]]:
        """Return for each ticket at most ``limit`` articles, best first.

        At most ``named`` similar tickets that used it are named with each.

        Raises
        ------
        UnavailableError
            If there are articles, but no encoder that could compare them.
        """
        if limit == 0:
            return [() for _ in tickets]
        shelf = self._shelf(workspace)
        if shelf is None:
            return [() for _ in tickets]
        self._catch_up(workspace, shelf)
        # What is known now counts, also of what became known after a ticket was filed.
        found = shelf.index.suggest_many(tickets, limit, moment=datetime.now(UTC), named=named)
        return [tuple(suggestions) for suggestions in found]

    def search(
        self, workspace: str, question: str, limit: int, *, named: int = EXAMPLES_MAX
    ) -> tuple[Suggestion, ...]:
        """Return at most ``limit`` articles that a question asks for by its words, best first.

        At most ``named`` similar tickets that used it are named with each.

        Raises
        ------
        UnavailableError
            If there are articles, but no encoder that could compare them.
        """
        shelf = self._shelf(workspace)
        if shelf is None:
            return ()
        self._catch_up(workspace, shelf)
        return tuple(shelf.index.search(question, limit, moment=datetime.now(UTC), named=named))

    def count(self, workspace: str) -> int:
        """Return how many articles can be suggested as of the last look."""
        shelf = self._shelves.get(workspace)
        return 0 if shelf is None else len(shelf.index)

    def _shelf(self, workspace: str) -> _Shelf | None:
        """Return the workspace's shelf; None when it has no articles and never had."""
        shelf = self._shelves.get(workspace)
        if shelf is not None:
            return shelf
        with self._making:
            shelf = self._shelves.get(workspace)
            if shelf is None:
                shelf = self._make(workspace)
                if shelf is not None:
                    self._shelves[workspace] = shelf
            return shelf

    def _make(self, workspace: str) -> _Shelf | None:
        bundle = self._models.bundle(workspace)
        bundled = None if bundle is None else bundle.suggester
        has_articles = latest_revision(self._store, workspace) > 0
        if bundled is None and not has_articles:
            return None
        encoder = self._stock.get() if bundle is None else bundle.model.encoder
        if isinstance(bundled, KnowledgeIndex):
            index = bundled if self._shows is None else _copied(bundled, encoder)
            if has_articles or self._shows is not None:
                index.put_all([])  # The articles of training time give way to those of the store.
        else:
            index = KnowledgeIndex(encoder)
        keeping = encoder if self._cache is None else CachedEncoder(encoder, self._cache)
        follower = LinkFollower(self._store, workspace, index, keeping, self._erased)
        return _Shelf(index, encoder, bundle, follower, keeping)

    def _catch_up(self, workspace: str, shelf: _Shelf, limit: int = STEP) -> bool:
        """Take in the next changes of the store; tell whether that was all."""
        with shelf.turn:
            all_links = shelf.links.catch_up(limit)
        return self._catch_up_articles(workspace, shelf, limit) and all_links

    def _catch_up_articles(self, workspace: str, shelf: _Shelf, limit: int) -> bool:
        if latest_revision(self._store, workspace) == shelf.revision:
            return True
        with shelf.turn:
            changes = article_changes(self._store, workspace, shelf.revision, limit=limit)
            shown = [one for one in changes if self._is_shown(one)]
            recipe = _recipe(shelf.index, shown[0].article) if shown else ""
            kept = [_kept(one, recipe, shelf.encoder.dimension) for one in shown]
            new = [one for one, vectors in zip(shown, kept, strict=True) if vectors is None]
            encoded = dict(zip((one.article.article_id for one in new), shelf.encode_all(new), strict=True))
            vectors = [
                encoded[one.article.article_id] if known is None else known
                for one, known in zip(shown, kept, strict=True)
            ]
            for stored in changes:
                if not self._is_shown(stored):
                    shelf.index.withdraw(stored.article.article_id)
            shelf.index.put_many([one.article for one in shown], vectors)
            made = {
                (one.article.article_id, one.content_hash): encoded[one.article.article_id].tobytes()
                for one in new
            }
            if made:
                put_embeddings(self._store, workspace, recipe, made)
            if changes:
                shelf.revision = changes[-1].revision
        return len(changes) < limit

    def _is_shown(self, stored: StoredArticle) -> bool:
        return stored.withdrawn_at is None and (self._shows is None or self._shows(stored.article))

    def _catch_up_everywhere(self) -> None:
        names = {one.workspace for one in list_workspaces(self._store)} | set(self._models.workspaces)
        for workspace in sorted(names | set(self._shelves)):
            try:
                self._follow_champion(workspace)
                shelf = self._shelf(workspace)
                while shelf is not None and not self._stopping.is_set():
                    if self._catch_up(workspace, shelf, CHUNK):
                        break
            except (TriageError, DBAPIError) as error:
                log.error("articles of workspace %s: %s", workspace, type(error).__name__)

    def _follow_champion(self, workspace: str) -> None:
        """Make a shelf for a new champion and fill it, before it takes the old one's place."""
        old = self._shelves.get(workspace)
        if old is None or old.bundle is self._models.bundle(workspace):
            return
        new = self._make(workspace)
        if new is None:
            del self._shelves[workspace]
            return
        while not self._catch_up(workspace, new, CHUNK) and not self._stopping.is_set():
            pass
        self._shelves[workspace] = new

    def _follow(self) -> None:
        while not self._stopping.wait(self._poll_seconds):
            try:
                self._catch_up_everywhere()
            except DBAPIError as error:
                log.error("articles: %s", type(error).__name__)


def _copied(index: KnowledgeIndex, encoder: Encoder) -> KnowledgeIndex:
    """Return an index with the same links and weights whose articles can differ."""
    copied = copy.copy(index)
    copied.open(encoder)
    return copied


def _recipe(index: KnowledgeIndex, article: Article) -> str:
    """Name what makes embeddings: the encoder and how articles are cut, without the article's own hash."""
    return index.embedding_key(article).rpartition(":")[0]


def _kept(stored: StoredArticle, recipe: str, dimension: int) -> np.ndarray | None:
    """Return the kept embedding; None when there is none, or it is not this encoder's or not whole."""
    packed = stored.embedding
    if not packed or stored.embedding_key != recipe or len(packed) % (4 * dimension):
        return None
    return np.frombuffer(packed, dtype=np.float32).reshape(-1, dimension)
