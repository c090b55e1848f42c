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
STRANGER = -2
"""Number of an agent of whom nothing is known; -1 has the rows of which nobody is known."""


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
    days : int
        How far back was looked.
    """

    similar: int
    similar_ever: int
    of_requester: int
    handled: int
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
    similar = work.person[alike]
    similar_lately = similar[work.at[alike] >= since]
    facts = {}
    for name in agents:
        person = memory.people.get(name, STRANGER)
        handled = work.rows_since(person, since)
        handled = handled[work.is_ticket[handled]]
        is_theirs = (work.requester[handled] == requester) & (requester >= 0)
        facts[name] = AffinityFacts(
            similar=int(np.count_nonzero(similar_lately == person)),
            similar_ever=int(np.count_nonzero(similar == person)),
            of_requester=int(np.count_nonzero(is_theirs)),
            handled=len(handled),
        )
    return facts
