"""Who could have a ticket, and who gets it. Holds the words; choosing is :mod:`triage.routing`."""

from dataclasses import dataclass

__all__ = ["Candidate"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An agent who could have a ticket, by what the history tells.

    Parameters
    ----------
    agent : str
        Identity, see :class:`triage.agent.Agent`.
    score : float
        Affinity: the probability that this agent is the right one, 0 to 1. Over all agents that are known
        the scores of a ticket sum to 1.
    reasons : tuple of str, default=()
        Why, in plain words without a full stop, the weightiest first: ``solved 14 similar VPN tickets in
        60 days``.
    """

    agent: str
    score: float
    reasons: tuple[str, ...] = ()
