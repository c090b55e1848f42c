"""Who is the right one, by the affinity that the product assigns with: text, habits, category, recency.

What each sign counts is learnt from the tickets before the simulation begins; from then on the index learns
ticket by ticket, as a server does.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

import numpy as np

from features.affinity.index import AffinityIndex
from features.affinity.model import AffinityModel
from features.cleaning import clean, clean_text
from features.encoder import Encoder
from training.affinity.learn import learn_affinity
from triage.agent import Agent
from triage.assignment import Candidate
from triage.ticket import PastTicket, Ticket

__all__ = ["AffinityRanker", "affinity_rankers"]


class AffinityRanker:
    """A :class:`training.simulation.ranker.Ranker` on an affinity index.

    Parameters
    ----------
    model : AffinityModel
        Axes and weights, learnt from earlier tickets.
    vectors : Mapping of str to ndarray
        Embedding of each ticket's cleaned text, by its id.
    newcomers : Mapping of str to (str, ndarray)
        Agents without a history: what they can do, in words and as an embedding.
    """

    def __init__(
        self,
        model: AffinityModel,
        vectors: Mapping[str, np.ndarray],
        newcomers: Mapping[str, tuple[str, np.ndarray]],
    ) -> None:
        self._index = AffinityIndex(model)
        self._vectors = vectors
        self._newcomers = dict(newcomers)

    def learn(self, past: PastTicket, at: datetime) -> None:
        """Take in who had a ticket."""
        self._index.learn(
            past.ticket,
            past.labels["assignee"],
            at,
            vector=self._vectors[past.ticket.ticket_id],
            category=past.labels.get("category"),
        )

    def rank(
        self,
        ticket: Ticket,
        at: datetime,
        among: Collection[str],
        categories: Mapping[str, float] | None = None,
    ) -> list[Candidate]:
        """Return those of some agents who are known, best first, without reasons: nobody reads them here."""
        for agent, (skills, vector) in self._newcomers.items():
            self._index.welcome(agent, skills, at, vector=vector)
        self._newcomers.clear()
        chances = self._index.chances(
            ticket,
            at,
            vector=self._vectors[ticket.ticket_id],
            candidates=among,
            categories=None if categories is None else dict(categories),
        )
        return [Candidate(agent, chance) for agent, chance in chances.items()]


def affinity_rankers(
    history: Sequence[PastTicket],
    agents: Sequence[Agent],
    since: datetime,
    encoder: Encoder,
    *,
    progress: Callable[[int], None] | None = None,
) -> Callable[[], AffinityRanker]:
    """Learn affinity from the tickets whose assignee was known before a moment; return what makes rankers.

    Parameters
    ----------
    history : sequence of PastTicket
        Everything that the simulation will go through.
    agents : sequence of Agent
        Those without a history are known by their skills.
    since : datetime
        Where the simulation begins.
    encoder : Encoder
        Of the texts; one that remembers on disk makes a second simulation quick.
    progress : callable, optional
        Called with the number of texts that are encoded.
    """
    told = [
        one
        for one in history
        if one.ticket.created_at is not None
        and (one.labels.get("assignee") or one.ticket.created_at >= since)
    ]
    matrix = encoder.encode([clean_text(one.ticket) for one in told], progress=progress)
    rows = [
        row
        for row, one in enumerate(told)
        if one.labels.get("assignee") and one.labels_known_at is not None and one.labels_known_at < since
    ]
    model = learn_affinity([told[row] for row in rows], matrix[rows])
    known = {told[row].labels["assignee"] for row in rows}
    new = {one.agent: clean(", ".join(one.skills)) for one in agents if one.skills and one.agent not in known}
    skills = dict(zip(new, encoder.encode(list(new.values())), strict=True)) if new else {}
    newcomers = {agent: (text, skills[agent]) for agent, text in new.items()}
    vectors = {one.ticket.ticket_id: matrix[row] for row, one in enumerate(told)}
    return lambda: AffinityRanker(model, vectors, newcomers)
