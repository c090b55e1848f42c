"""Plain counts about agents and a ticket, for sentences: nothing here is learnt or weighed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from features.affinity.memory import DAY_S, AffinityMemory
from features.affinity.signals import NEIGHBOURS
from triage.ticket import Ticket

__all__ = ["AffinityFacts", "facts_of"]

ALIKE = 0.45
FACT_DAYS = 60


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


def facts_of(
    memory: AffinityMemory, agents: Sequence[str], ticket: Ticket, at: float, *, vector: np.ndarray
) -> dict[str, AffinityFacts]:
    """Return the facts about some agents and a ticket, for the price of one search.

    Parameters
    ----------
    memory : AffinityMemory
        Who handled what.
    agents : sequence of str
        Those who are asked about; strangers have none of anything.
    ticket : Ticket
        As filed.
    at : float
        Now, POSIX time.
    vector : ndarray of shape (dimension,)
        Embedding of the ticket's cleaned text.
    """
    work = memory.work
    near = work.nearest(vector, NEIGHBOURS)  # what ranking has asked a moment ago
    alike = near.rows[(near.cosines >= ALIKE) & work.is_ticket[near.rows]]
    requester = memory.requesters.get(ticket.requester or "", -1)
    since = at - FACT_DAYS * DAY_S
    return {name: _facts(memory, name, alike, requester, since) for name in agents}


def _facts(
    memory: AffinityMemory, agent: str, alike: np.ndarray, requester: int, since: float
) -> AffinityFacts:
    work, person = memory.work, memory.people.get(agent)
    if person is None:  # rows of which nobody is known must not count for who is not known either
        return AffinityFacts(similar=0, similar_ever=0, of_requester=0, handled=0, last_at=None)
    ever = work.rows_of(person)
    ever = ever[work.is_ticket[ever]]
    times = work.at[ever]
    is_lately = times >= since
    similar = alike[work.person[alike] == person]
    return AffinityFacts(
        similar=int(np.count_nonzero(work.at[similar] >= since)),
        similar_ever=len(similar),
        of_requester=int(np.count_nonzero(work.requester[ever[is_lately]] == requester))
        if requester >= 0
        else 0,
        handled=int(np.count_nonzero(is_lately)),
        last_at=float(times.max()) if len(times) else None,
    )
