"""Articles for a requester who has not filed yet: public ones only, each with the chance that it helps.

Where none is likely enough to help, nothing is offered and that is said. What was offered is kept, so that it
can be told whether a ticket was filed all the same.
"""

import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from features.article_chance import DEFAULT_CHANCE, ChanceModel, calibrate_chance, chance_signals
from features.cleaning import clean_text
from features.encoder import Encoder
from features.passages import PASSAGES_VERSION, split_passages
from serving.knowledge_host import KnowledgeHost
from serving.solution_host import SolutionHost
from triage.decision import Reason
from triage.helping.suggestion import Audience, ItemKind, Offered, SuggestionRecord
from triage.knowledge import Article, Suggestion
from triage.policy import Policy
from triage.store import Store
from triage.store.articles import StoredArticle, get_article
from triage.store.suggestions import feedback_since, put_suggestions, suggestions_since
from triage.ticket import Ticket

__all__ = ["NOTHING_FITS", "DeflectionDesk", "Offer", "OfferedArticle"]

NOTHING_FITS = "nothing_fits"
LOOKED_AT = 5
"""Articles of the ranking that get a chance at least."""
LEARNT_FOR_SECONDS = 60.0
LOOK_BACK = timedelta(days=180)
"""Answers that the chance is held to."""


@dataclass(frozen=True, slots=True)
class OfferedArticle:
    """An article and the chance that it helps; ``raw`` is the chance before local calibration."""

    article: Article
    chance: float
    raw: float


@dataclass(frozen=True, slots=True)
class Offer:
    """What a requester is shown.

    Parameters
    ----------
    suggestion_id : str
        Names it.
    articles : tuple of OfferedArticle
        Likeliest first; empty where nothing fits.
    chance : float or None
        That the likeliest article helps, offered or not; None without any public article.
    least_chance : float
        What had to be reached.
    reason : str or None
        Why nothing is offered: ``nothing_fits`` or ``kill_switch``.
    learnt_from : int
        Answers of this workspace behind the chance; 0: it follows the curve known in advance.
    """

    suggestion_id: str
    articles: tuple[OfferedArticle, ...]
    chance: float | None
    least_chance: float
    reason: str | None
    learnt_from: int


class DeflectionDesk:
    """Offers public articles.

    Parameters
    ----------
    store : Store
        Keeps articles, offers and answers.
    knowledge : KnowledgeHost
        Of public articles only.
    solutions : SolutionHost
        Knows the workspace's encoder.
    """

    def __init__(self, store: Store, knowledge: KnowledgeHost, solutions: SolutionHost) -> None:
        self._store = store
        self._knowledge = knowledge
        self._solutions = solutions
        self._learnt: dict[str, tuple[float, ChanceModel]] = {}
        self._turn = threading.Lock()

    def offer(self, workspace: str, question: Ticket, limit: int, policy: Policy) -> Offer:
        """Return what is offered for a question; keeps nothing.

        Parameters
        ----------
        workspace : str
            Whose articles.
        question : Ticket
            Not filed yet; an empty id.
        limit : int
            At most so many articles.
        policy : Policy
            Its kill switch stops this too; ``helping.least_chance`` is what a chance must reach.
        """
        name, least = uuid.uuid4().hex, policy.helping.least_chance
        model = self._model(workspace)
        if policy.kill_switch:
            return Offer(name, (), None, least, Reason.KILL_SWITCH.value, model.learnt_from)
        ranked = self.chances(workspace, question, max(limit, LOOKED_AT))
        chance = ranked[0].chance if ranked else None
        offered = tuple(one for one in ranked if one.chance >= least)[:limit]
        reason = None if offered else NOTHING_FITS
        return Offer(name, offered, chance, least, reason, model.learnt_from)

    def search(self, workspace: str, question: str, limit: int) -> list[Suggestion]:
        """Return the public articles that a question asks for, best first; no ticket is named with them."""
        found = self._knowledge.search(workspace, question, limit, named=0)
        return [one for one in found if self._public(workspace, one.article_id) is not None]

    def _public(self, workspace: str, article_id: str) -> StoredArticle | None:
        """Return an article for requesters; None where it was withdrawn or hidden since the index looked."""
        stored = get_article(self._store, workspace, article_id)
        if stored is None or stored.withdrawn_at is not None or not stored.article.public:
            return None
        return stored

    def chances(self, workspace: str, question: Ticket, limit: int) -> list[OfferedArticle]:
        """Return the public articles of the ranking with their chances, likeliest first."""
        (found,) = self._knowledge.suggest(workspace, [question], limit)
        if not found:
            return []
        encoder = self._solutions.encoder_of(workspace)
        model, many = self._model(workspace), self._knowledge.count(workspace)
        (vector,) = encoder.encode([clean_text(question)])
        known, signals = [], []
        for one in found:
            stored = self._public(workspace, one.article_id)
            if stored is None:
                continue
            passages = _passages(stored, encoder)
            known.append(stored.article)
            signals.append(chance_signals(vector, passages, one.score, many))
        if not known:
            return []
        matrix = np.array(signals)
        raw, chances = DEFAULT_CHANCE.chance(matrix), model.chance(matrix)
        order = np.argsort(-chances, kind="stable")
        return [OfferedArticle(known[place], float(chances[place]), float(raw[place])) for place in order]

    def keep(self, workspace: str, question: Ticket, offer: Offer) -> None:
        """Keep what was offered, without the question's text; joins this thread's transaction."""
        items = tuple(
            Offered(ItemKind.ARTICLE, one.article.article_id, rank, one.raw, one.chance)
            for rank, one in enumerate(offer.articles, start=1)
        )
        record = SuggestionRecord(
            suggestion_id=offer.suggestion_id,
            audience=Audience.REQUESTER,
            ticket_id=None,
            requester=question.requester,
            text_hash=question.text_hash,
            items=items,
            chance=offer.chance,
            created_at=datetime.now(UTC),
        )
        put_suggestions(self._store, workspace, [record])

    def _model(self, workspace: str) -> ChanceModel:
        """Return the chance's curve, held to what requesters of this workspace answered."""
        with self._turn:
            read_at, model = self._learnt.get(workspace, (-LEARNT_FOR_SECONDS, DEFAULT_CHANCE))
            if time.monotonic() - read_at >= LEARNT_FOR_SECONDS:
                model = self._learn(workspace)
                self._learnt[workspace] = (time.monotonic(), model)
            return model

    def _learn(self, workspace: str) -> ChanceModel:
        """Read which first articles helped: by the requester's word, or not, where a ticket was filed.

        Who says nothing and files nothing says nothing.
        """
        since = datetime.now(UTC) - LOOK_BACK
        words = {
            (one.feedback.suggestion_id, one.feedback.item_id): one.feedback.verdict.is_good
            for one in feedback_since(self._store, workspace, since)
        }
        raw: list[float] = []
        helped: list[bool] = []
        for record in suggestions_since(self._store, workspace, since, audience=Audience.REQUESTER):
            for item in record.items[:1]:
                word = words.get((record.suggestion_id, item.item_id))
                if word is None and record.matched_by == "id":
                    word = False
                if word is not None:
                    raw.append(item.score)
                    helped.append(word)
        return calibrate_chance(DEFAULT_CHANCE, _log_odds(raw), helped)


def _log_odds(chances: Sequence[float]) -> list[float]:
    clipped = np.clip(np.asarray(chances, dtype=float), 1e-6, 1 - 1e-6)
    return [float(one) for one in np.log(clipped / (1 - clipped))]


def _passages(stored: StoredArticle, encoder: Encoder) -> np.ndarray:
    """Return an article's embedding: the kept one where it is this encoder's, else made anew."""
    packed, key = stored.embedding, f"{encoder.fingerprint[:32]}:{PASSAGES_VERSION}"
    if packed and stored.embedding_key == key and len(packed) % (4 * encoder.dimension) == 0:
        return np.frombuffer(packed, dtype=np.float32).reshape(-1, encoder.dimension)
    return encoder.encode(list(split_passages(stored.article)))
