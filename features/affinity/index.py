"""Who is the right person for a ticket: affinity that is up to date the moment something becomes known.

An :class:`AffinityIndex` is told events (assigned, resolved, joined, left) and ranks people for a ticket. It
says who is good at such tickets and usually there; who is on shift, has room and may have it is routing's
business.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np

from features.affinity.evidence import evidence_of, tempered
from features.affinity.facts import AffinityFacts, facts_of
from features.affinity.memory import AffinityMemory
from features.affinity.model import AffinityModel
from features.affinity.signals import LEADING, SIGNALS, read_signals
from triage.errors import InputError
from triage.ticket import Ticket

__all__ = ["Affinity", "AffinityIndex", "EventKind"]

EventKind = Literal["assigned", "resolved"]

WEIGHTS: dict[str, float] = {"assigned": 0.5, "resolved": 1.0}
"""Who resolved a ticket has shown more than who was given it; a judgement, not measured."""
SHORTLIST = 15
"""People that each leading signal proposes."""


@dataclass(frozen=True, slots=True)
class Affinity:
    """One person's chance.

    Parameters
    ----------
    agent : str
    score : float
        Probability that this is the right one, given that one of the people asked about is. Over all of whom
        something is known they sum to 1 less what falls to the others (``features.affinity.evidence``).
    signals : dict of str to float
        What spoke for it, see :data:`features.affinity.signals.SIGNALS`.
    """

    agent: str
    score: float
    signals: dict[str, float]


class AffinityIndex:
    """Learns and ranks, event by event.

    Parameters
    ----------
    model : AffinityModel
        Axes and weights, learnt by ``training.affinity.learn.learn_affinity``.

    Attributes
    ----------
    memory : AffinityMemory
        What has been learnt since.
    """

    def __init__(self, model: AffinityModel) -> None:
        self.model = model
        self.memory = AffinityMemory(model.axes)
        self._gone: set[str] = set()

    def learn(
        self,
        ticket: Ticket,
        agent: str,
        at: datetime,
        kind: EventKind = "resolved",
        *,
        vector: np.ndarray,
        category: str | None = None,
    ) -> None:
        """Learn that an agent was assigned, or resolved, a ticket.

        Told again of the same ticket, the last word counts: who had it before keeps only having been there.

        Parameters
        ----------
        ticket : Ticket
            As it was filed.
        agent : str
        at : datetime
            When that became known, with a zone; events are told in that order.
        kind : {"assigned", "resolved"}, default="resolved"
            Resolving counts twice as much.
        vector : ndarray of shape (dimension,)
            Embedding of the ticket's cleaned text.
        category : str, optional
            What the ticket turned out to be about.

        Raises
        ------
        InputError
            If the kind is another, or the agent has no name.
        """
        if kind not in WEIGHTS:
            raise InputError(f"Got kind={kind!r}; expected one of {', '.join(WEIGHTS)}.")
        if not agent:
            raise InputError("Got an agent without a name; expected the value of the field assignee.")
        self.memory.learn(
            ticket, agent, at.timestamp(), vector=vector, category=category, weight=WEIGHTS[kind]
        )

    def welcome(self, agent: str, skills: str, at: datetime, *, vector: np.ndarray) -> None:
        """Learn what an agent can do before there is a history; also brings a deactivated agent back.

        Parameters
        ----------
        agent : str
        skills : str
            In the helpdesk's own words ("vpn, certificates").
        at : datetime
            Since when, with a zone.
        vector : ndarray of shape (dimension,)
            Embedding of the skills.
        """
        self._gone.discard(agent)
        self.memory.declare(agent, skills, at.timestamp(), vector=vector)

    def deactivate(self, agent: str) -> None:
        """Never propose an agent again, until welcomed or activated; what was learnt stays."""
        self._gone.add(agent)

    def activate(self, agent: str) -> None:
        """Propose a deactivated agent again."""
        self._gone.discard(agent)

    def rank(
        self,
        ticket: Ticket,
        at: datetime,
        *,
        vector: np.ndarray,
        candidates: Collection[str] | None = None,
        categories: dict[str, float] | None = None,
        top: int = 5,
    ) -> list[Affinity]:
        """Return the people most likely to be right for a ticket, the likeliest first.

        Parameters
        ----------
        ticket : Ticket
        at : datetime
            Now, with a zone.
        vector : ndarray of shape (dimension,)
            Embedding of its cleaned text.
        candidates : collection of str, optional
            Only these are asked about; by default everybody known and not deactivated. A candidate without
            history or skills is not in the answer.
        categories : dict of str to float, optional
            Chance of each category, as predicted; by default similar past tickets say.
        top : int, default=5
            How many at most.

        Returns
        -------
        list of Affinity
            Ties are broken by name.
        """
        places, matrix = self.shortlist(
            ticket, at, vector=vector, candidates=candidates, categories=categories
        )
        return [
            Affinity(name, chance, dict(zip(SIGNALS, map(float, matrix[row]), strict=True)))
            for row, name, chance in self._ordered(places, matrix, candidates)[:top]
        ]

    def chances(
        self,
        ticket: Ticket,
        at: datetime,
        *,
        vector: np.ndarray,
        candidates: Collection[str] | None = None,
        categories: dict[str, float] | None = None,
    ) -> dict[str, float]:
        """Return everybody worth weighing with their chance, the likeliest first, without signals.

        Parameters as of :meth:`rank`.
        """
        places, matrix = self.shortlist(
            ticket, at, vector=vector, candidates=candidates, categories=categories
        )
        return {name: chance for _, name, chance in self._ordered(places, matrix, candidates)}

    def _ordered(
        self, places: np.ndarray, matrix: np.ndarray, candidates: Collection[str] | None
    ) -> list[tuple[int, str, float]]:
        if not len(places):
            return []
        logits = matrix @ self.model.weights
        odds = np.exp(logits - logits.max())
        # Where anybody may be right, there is always one more: who has not come yet.
        asked = len(self.memory.names) + 1 if candidates is None else len(set(candidates))
        chances = tempered(odds / odds.sum(), evidence_of(matrix), asked).tolist()
        found = [(row, self.memory.names[place], chances[row]) for row, place in enumerate(places)]
        return sorted(found, key=lambda one: (-one[2], one[1]))

    def shortlist(
        self,
        ticket: Ticket,
        at: datetime,
        *,
        vector: np.ndarray,
        candidates: Collection[str] | None = None,
        categories: dict[str, float] | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return numbers of the people worth weighing, and their signals (parameters as of :meth:`rank`).

        Returns
        -------
        tuple of ndarray of shape (n,) and ndarray of shape (n, n_signals)
        """
        people = self.memory.people
        if self.model.requesters_serve and candidates is None and ticket.requester:
            self.memory.meet(ticket.requester)
        if not people:
            return np.arange(0), np.zeros((0, len(SIGNALS)))
        if candidates is None:
            asked = np.ones(len(people), dtype=bool)
        else:
            asked = np.zeros(len(people), dtype=bool)
            asked[[people[name] for name in candidates if name in people]] = True
        barred = self._gone if self.model.requesters_serve else {*self._gone, ticket.requester}
        asked[[people[name] for name in barred if name in people]] = False
        places = np.flatnonzero(asked)
        if not len(places):
            return places, np.zeros((0, len(SIGNALS)))
        signals = read_signals(
            self.memory,
            ticket,
            at.timestamp(),
            vector=vector,
            categories=categories,
            people=None if len(places) == len(people) else places,
        )
        if len(places) <= SHORTLIST:
            return places, signals
        leading = -signals.T[LEADING_COLUMNS]
        best = np.unique(np.argpartition(leading, SHORTLIST - 1, axis=1)[:, :SHORTLIST])
        return places[best], signals[best]

    def facts(self, agent: str, ticket: Ticket, at: datetime, *, vector: np.ndarray) -> AffinityFacts:
        """Return plain counts about an agent and a ticket (parameters as of :meth:`rank`)."""
        return self.facts_of([agent], ticket, at, vector=vector)[agent]

    def facts_of(
        self, agents: Sequence[str], ticket: Ticket, at: datetime, *, vector: np.ndarray
    ) -> dict[str, AffinityFacts]:
        """Return the same of several agents, for the price of one search."""
        return facts_of(self.memory, agents, ticket, at.timestamp(), vector=vector)


LEADING_COLUMNS = np.array([SIGNALS.index(name) for name in LEADING])
