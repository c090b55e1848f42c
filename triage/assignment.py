"""Who could have a ticket, and who gets it. Holds the words; choosing is :mod:`triage.routing`."""

from dataclasses import dataclass

from triage.decision import Action

__all__ = ["Assignment", "Candidate", "Choice", "SureFrom"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An agent who could have a ticket, by what the history tells.

    Parameters
    ----------
    agent : str
        Identity, see :class:`triage.agent.Agent`.
    score : float
        Affinity: the probability that this agent is the right one, 0 to 1. Over all agents that are asked
        about the scores of a ticket sum to 1, or to the chance that their team is the right one, less what
        falls to those of whom nothing is known.
    reasons : tuple of str, default=()
        Why, in plain words without a full stop, the weightiest first: ``solved 14 similar VPN tickets in
        60 days``.
    """

    agent: str
    score: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SureFrom:
    """Affinity from which an agent can be given a ticket, learnt on held-out time; None: from none.

    Parameters
    ----------
    anybody : float or None, default=None
        Where everybody is asked about.
    in_team : float or None, default=None
        Where those of a team are.
    """

    anybody: float | None = None
    in_team: float | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """An agent who may be given the ticket now.

    Parameters
    ----------
    agent : str
        Who.
    team : str or None
        For which of the agent's teams.
    affinity : float
        As the history has it, see :class:`Candidate`.
    score : float
        What choices are ordered by: affinity lessened by how full the agent's hands are.
    sentence : str
        Why, for people: ``solved 14 similar VPN tickets in 60 days, on shift until 18:00, 4 of 8 slots
        used``.
    """

    agent: str
    team: str | None
    affinity: float
    score: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who should have one ticket.

    Parameters
    ----------
    ticket_id : str
        Which.
    agent : str or None
        The person; None where it stays with the team.
    team : str or None
        The team, always one of the agent's where there is an agent.
    action : Action
        What the helpdesk should do with the agent.
    reason : str or None
        None when applied or shown by mode ``suggest``; otherwise a :class:`triage.decision.Reason` or
        ``guardrail:<name>``.
    choices : tuple of Choice
        Who may have it now, best first.
    detail : str
        One sentence: why this agent, or why nobody.
    threshold : float or None, default=None
        Affinity that was needed to apply it; None where none would have done, or nobody was chosen.
    """

    ticket_id: str
    agent: str | None
    team: str | None
    action: Action
    reason: str | None
    choices: tuple[Choice, ...]
    detail: str
    threshold: float | None = None
