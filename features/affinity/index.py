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

from features.affinity.memory import DAY_S, AffinityMemory
from features.affinity.model import AffinityModel
from features.affinity.signals import LEADING, NEIGHBOURS, SIGNALS, read_signals
from triage.errors import InputError
from triage.ticket import Ticket

__all__ = ["Affinity", "AffinityFacts", "AffinityIndex", "EventKind"]

EventKind = Literal["assigned", "resolved"]

WEIGHTS: dict[str, float] = {"assigned": 0.5, "resolved": 1.0}
"""Who resolved a ticket has shown more than who was given it; a judgement, not measured."""
SHORTLIST = 15
"""People that each leading signal proposes."""
ALIKE = 0.45
FACT_DAYS = 60


@dataclass(frozen=True, slots=True)
class Affinity:
    """One person's chance.

    Parameters
    ----------
    agent : str
    score : float
        Probability that this is the right one, given that one of the people asked about is.
    signals : dict of str to float
        What spoke for it, see :data:`features.affinity.signals.SIGNALS`.
    """

    agent: str
    score: float
    signals: dict[str, float]


@dataclass(frozen=True, slots=True)
class AffinityFacts:
    """Plain counts about one agent and one ticket, for sentences.

    Parameters
    ----------
    similar : int
        Tickets of the agent in the last ``days`` days that read like it (cosine 0.45 or more).
    similar_ever : int
        The same, whenever.
    of_requester : int
        Tickets of the same requester that the agent had in the last ``days`` days.
    handled : int
        All tickets of the agent in the last ``days`` days.
    last_at : float or None
        POSIX time of the agent's last ticket; None without any.
    days : int
        How far back was looked.
    """

    similar: int
    similar_ever: int
    of_requester: int
    handled: int
    last_at: float | None
    days: int = FACT_DAYS


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
            for row, name, chance in self._ordered(places, matrix)[:top]
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
        return {name: chance for _, name, chance in self._ordered(places, matrix)}

    def _ordered(self, places: np.ndarray, matrix: np.ndarray) -> list[tuple[int, str, float]]:
        if not len(places):
            return []
        logits = matrix @ self.model.weights
        odds = np.exp(logits - logits.max())
        chances = (odds / odds.sum()).tolist()
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
        signals = read_signals(self.memory, ticket, at.timestamp(), vector=vector, categories=categories)
        if candidates is None:
            asked = np.ones(len(people), dtype=bool)
        else:
            asked = np.zeros(len(people), dtype=bool)
            asked[[people[name] for name in candidates if name in people]] = True
        barred = self._gone if self.model.requesters_serve else {*self._gone, ticket.requester}
        asked[[people[name] for name in barred if name in people]] = False
        places = np.flatnonzero(asked)
        if len(places) > SHORTLIST:
            leading = signals[:, LEADING_COLUMNS][places]
            best = np.argpartition(-leading, SHORTLIST - 1, axis=0)[:SHORTLIST]
            places = places[np.unique(best)]
        return places, signals[places]

    def facts(self, agent: str, ticket: Ticket, at: datetime, *, vector: np.ndarray) -> AffinityFacts:
        """Return plain counts about an agent and a ticket (parameters as of :meth:`rank`)."""
        return self.facts_of([agent], ticket, at, vector=vector)[agent]

    def facts_of(
        self, agents: Sequence[str], ticket: Ticket, at: datetime, *, vector: np.ndarray
    ) -> dict[str, AffinityFacts]:
        """Return the same of several agents, for the price of one search."""
        work, requesters = self.memory.work, self.memory.requesters
        near = work.nearest(vector, NEIGHBOURS)  # what ranking has asked a moment ago
        alike = np.setdiff1d(near.rows[near.cosines >= ALIKE], self.memory.declared)
        requester = requesters.get(ticket.requester or "", -1)
        since = at.timestamp() - FACT_DAYS * DAY_S
        return {name: self._facts(name, alike, requester, since) for name in agents}

    def _facts(self, agent: str, alike: np.ndarray, requester: int, since: float) -> AffinityFacts:
        work, person = self.memory.work, self.memory.people.get(agent)
        if person is None:  # rows of which nobody is known must not count for who is not known either
            return AffinityFacts(similar=0, similar_ever=0, of_requester=0, handled=0, last_at=None)
        ever = np.setdiff1d(work.rows_of(person), self.memory.declared)
        times = work.at[ever]
        mine = ever[times >= since]
        similar = alike[work.person[alike] == person]
        return AffinityFacts(
            similar=int((work.at[similar] >= since).sum()),
            similar_ever=len(similar),
            of_requester=int((work.requester[mine] == requester).sum()) if requester >= 0 else 0,
            handled=len(mine),
            last_at=float(times.max()) if len(times) else None,
        )


LEADING_COLUMNS = np.array([SIGNALS.index(name) for name in LEADING])
