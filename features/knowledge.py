"""The knowledge index: suggests articles for tickets, while articles and links come and go.

It joins the articles (:mod:`features.article_shelf`), what past tickets' links say
(:mod:`features.link_memory`) and the weights of both (:mod:`features.article_ranking`). It works without
any link and says by :attr:`KnowledgeIndex.basis` what it leans on. A bundle or the store keep it, not it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from features.article_ranking import EXAMPLES_MAX, rank_articles, weights_for_search
from features.article_shelf import ArticleShelf
from features.article_signals import Signals, gather_signals, posix_time
from features.cleaning import clean_text
from features.knowledge_state import Contents, KnowledgeState
from features.link_recall import Link
from features.passages import PASSAGES_VERSION, content_hash, split_passages
from triage.errors import InputError
from triage.knowledge import Article, Suggestion
from triage.ticket import Ticket

__all__ = ["KnowledgeIndex"]

_Contents = Contents
"""Bundles made before name it so: they shall be refused in words, not by a missing name."""


class KnowledgeIndex(KnowledgeState):
    """Suggests the articles of one workspace.

    Reading needs no lock and never waits: a change puts a new, complete state in the place of the old one.

    Parameters
    ----------
    encoder : Encoder
        Turns texts into unit vectors; its fingerprint is part of what is kept.
    memory : LinkMemory, optional
        Links of past tickets; default: none.
    weights : RankingWeights, default=DEFAULT_WEIGHTS
        How much each signal counts.

    Examples
    --------
    >>> from features.encoder import SentenceEncoder
    >>> index = KnowledgeIndex(SentenceEncoder.open())
    >>> _ = index.put(Article("A-1", "Reset a password", "Open the portal, choose Forgotten."))
    >>> _ = index.put(Article("A-2", "Clear a paper jam", "Open the printer's back door."))
    >>> [s.article_id for s in index.suggest(Ticket("T-1", "I forgot my password"), limit=1)]
    ['A-1']
    """

    def embedding_key(self, article: Article) -> str:
        """Name an article's embedding by what it was made from; equal keys, equal embeddings."""
        return f"{self._fingerprint[:32]}:{PASSAGES_VERSION}:{content_hash(article)}"

    def embed(self, article: Article) -> np.ndarray:
        """Return the embedding of an article's passages, of shape (n_passages, dimension), float32."""
        return self._ready().encode(list(split_passages(article)))

    def put(self, article: Article, embedding: np.ndarray | None = None) -> np.ndarray:
        """Add an article, or replace the one of its id; the next suggestion can name it.

        Parameters
        ----------
        article : Article
            With an id and at least one word.
        embedding : ndarray of shape (n_passages, dimension), optional
            Kept from earlier under the same :meth:`embedding_key`; without it the article is encoded.

        Returns
        -------
        ndarray of shape (n_passages, dimension), float32
            The embedding, to be kept.

        Raises
        ------
        InputError
            If the embedding has another shape.
        """
        matrix = self.embed(article) if embedding is None else embedding
        self.put_many([article], [matrix])
        return matrix

    def put_many(self, articles: Sequence[Article], embeddings: Sequence[np.ndarray]) -> None:
        """Add articles that were encoded, or replace those of their ids; see :meth:`put`."""
        with self._lock:
            shelf = self._contents.shelf.put(articles, embeddings)
            self._contents = replace(self._contents, shelf=shelf)

    def put_all(
        self, articles: Sequence[Article], embeddings: Mapping[str, np.ndarray] | None = None
    ) -> dict[str, np.ndarray]:
        """Replace all articles at once, as at a start.

        Parameters
        ----------
        articles : sequence of Article
            All that can be suggested from now on.
        embeddings : Mapping of str to ndarray, optional
            By :meth:`embedding_key`; articles without one are encoded.

        Returns
        -------
        dict of str to ndarray
            The embeddings that had to be made, by key, to be kept.
        """
        known = embeddings or {}
        keys = [self.embedding_key(article) for article in articles]
        new = {key: split_passages(one) for key, one in zip(keys, articles, strict=True) if key not in known}
        made: dict[str, np.ndarray] = {}
        if new:
            matrix = self._ready().encode([text for texts in new.values() for text in texts])
            ends = np.cumsum([len(texts) for texts in new.values()])
            made = dict(zip(new, np.split(matrix, ends[:-1]), strict=True))
        matrices = [known[key] if key in known else made[key] for key in keys]
        shelf = ArticleShelf.build(articles, matrices, self._contents.shelf.passages.dimension)
        with self._lock:
            self._contents = replace(self._contents, shelf=shelf)
        return made

    def withdraw(self, article_id: str) -> bool:
        """Take an article away; True if it was there. Links to it are remembered should it come back."""
        with self._lock:
            before = self._contents.shelf
            self._contents = replace(self._contents, shelf=before.withdraw(article_id))
            return article_id in before.rows

    def remember(
        self,
        ticket: Ticket,
        article_id: str,
        known_at: datetime | None,
        vector: np.ndarray | None = None,
        *,
        dismissed: bool = False,
    ) -> None:
        """Learn that people used an article for a ticket, or dismissed it; the next suggestion heeds it.

        Parameters
        ----------
        ticket : Ticket
            With an id.
        article_id : str
            The article; it need not be suggestible now.
        known_at : datetime or None
            Since when this is known; None counts as always.
        vector : ndarray of shape (dimension,), optional
            Embedding of the ticket's cleaned text; without it the ticket is encoded.
        dismissed : bool, default=False
            Whether they found that it does not help.
        """
        if vector is None:
            vector = self._ready().encode([clean_text(ticket)])[0]
        moment = float("-inf") if known_at is None else known_at.timestamp()
        self.remember_all([Link(ticket.ticket_id, article_id, moment, dismissed)], {ticket.ticket_id: vector})

    def remember_all(self, links: Sequence[Link], vectors: Mapping[str, np.ndarray]) -> None:
        """Learn many links at once, in the order in which they became known.

        Parameters
        ----------
        links : sequence of Link
            Of tickets with an id.
        vectors : Mapping of str to ndarray of shape (dimension,)
            Embeddings of these tickets' cleaned texts.
        """
        if not all(link.ticket_id for link in links):
            raise InputError("Got a link of a ticket without an id; expected an id. File the ticket first.")
        with self._lock:
            memory = self._contents.memory.remember(links, vectors)
            self._contents = replace(self._contents, memory=memory)

    def forget(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Take links away again, each given as ticket id and article id; unknown ones are passed over."""
        with self._lock:
            self._contents = replace(self._contents, memory=self._contents.memory.forget(pairs))

    def forget_tickets(self, ticket_ids: Collection[str]) -> None:
        """Remember nothing of some tickets any more, such as erased ones."""
        with self._lock:
            memory = self._contents.memory.without(ticket_ids)
            self._contents = replace(self._contents, memory=memory)

    def suggest(
        self,
        ticket: Ticket,
        limit: int = 10,
        *,
        vector: np.ndarray | None = None,
        moment: datetime | None = None,
        named: int = EXAMPLES_MAX,
    ) -> list[Suggestion]:
        """Return the articles that help most with a ticket, best first.

        Parameters
        ----------
        ticket : Ticket
            An empty id is fine; a ticket's own links never count.
        limit : int, default=10
            At most so many.
        vector : ndarray of shape (dimension,), optional
            Embedding of ``clean_text(ticket)`` if there is one already; without it the text is encoded.
        moment : datetime, optional
            Only links known by then count; default: the ticket's filing, else now.
        named : int, default=3
            At most so many similar tickets that used it are named with each article.

        Raises
        ------
        InputError
            If ``limit`` is below 1.
        """
        if limit < 1:
            raise InputError(f"Got limit={limit}; expected 1 or more.")
        contents = self._contents
        signals = self._signals(contents, ticket, vector, moment)
        return rank_articles(signals, contents.weights, contents.shelf, contents.memory, limit, tickets=named)

    def search(
        self,
        question: str,
        limit: int = 10,
        *,
        moment: datetime | None = None,
        named: int = EXAMPLES_MAX,
    ) -> list[Suggestion]:
        """Return the articles that a question's own words ask for, best first.

        Unlike for a ticket the text leads (:func:`features.article_ranking.weights_for_search`): an article
        that nobody has used yet is found by what it says.

        Parameters
        ----------
        question : str
            Words of somebody who searches.
        limit : int, default=10
            At most so many.
        moment : datetime, optional
            Only links known by then count; default: all.
        named : int, default=3
            As for :meth:`suggest`.

        Raises
        ------
        InputError
            If ``limit`` is below 1.
        """
        if limit < 1:
            raise InputError(f"Got limit={limit}; expected 1 or more.")
        contents = self._contents
        signals = self._signals(contents, Ticket("", subject=question), None, moment)
        weights = weights_for_search(contents.weights, signals.matrix)
        return rank_articles(signals, weights, contents.shelf, contents.memory, limit, tickets=named)

    def suggest_many(
        self,
        tickets: Iterable[Ticket],
        limit: int = 10,
        *,
        vectors: np.ndarray | None = None,
        moment: datetime | None = None,
        named: int = EXAMPLES_MAX,
    ) -> list[list[Suggestion]]:
        """Do the same as :meth:`suggest` for many tickets, each as if it were alone."""
        listed = list(tickets)
        if vectors is None:
            vectors = self._ready().encode([clean_text(ticket) for ticket in listed])
        return [
            self.suggest(ticket, limit, vector=vector, moment=moment, named=named)
            for ticket, vector in zip(listed, vectors, strict=True)
        ]

    def signals(
        self, ticket: Ticket, *, vector: np.ndarray | None = None, moment: datetime | None = None
    ) -> tuple[tuple[str, ...], np.ndarray]:
        """Return what weights are learnt from; the arguments are those of :meth:`suggest`.

        Returns
        -------
        article_ids : tuple of str
            Of every article that comes into question.
        matrix : ndarray of shape (n_articles, n_signals)
            See :data:`features.article_signals.SIGNALS`.
        """
        contents = self._contents
        signals = self._signals(contents, ticket, vector, moment)
        found = (contents.shelf.articles[row] for row in signals.rows.tolist())
        return tuple(article.article_id for article in found if article is not None), signals.matrix

    def _signals(
        self, contents: Contents, ticket: Ticket, vector: np.ndarray | None, moment: datetime | None
    ) -> Signals:
        text = clean_text(ticket)
        vector = self._ready().encode([text])[0] if vector is None else vector
        known = posix_time(moment or ticket.created_at), contents.shelf, contents.memory
        return gather_signals(ticket, text, vector, *known, self._rows_of(contents))
