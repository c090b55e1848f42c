"""What a ticket asks of the agent who gets it: team, skills, language, seniority, room."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from triage.decision import Action, FieldDecision, Reason
from triage.language import language_key
from triage.routing.policy import RoutingPolicy
from triage.ticket import Ticket

__all__ = ["Need", "known_value", "need_of"]


@dataclass(frozen=True, slots=True)
class Need:
    """What a ticket asks for.

    Parameters
    ----------
    ticket_id : str
        Whose need it is.
    team : str or None, default=None
        The team that should have it; None: any.
    skills : Mapping of str to int
        Skills, each with the least level.
    language : str or None, default=None
        Code of the requester's language, or its name in lower case where no code is known; None: any.
    seniority : str or None, default=None
        The least seniority; None: any.
    effort : float, default=1.0
        How many slots of capacity it takes.
    is_escalated : bool, default=False
        Other teams may be asked, see :class:`triage.routing.policy.TeamRouting`.
    priority : str or None, default=None
        Known to whoever orders tickets.
    """

    ticket_id: str
    team: str | None = None
    skills: Mapping[str, int] = field(default_factory=dict)
    language: str | None = None
    seniority: str | None = None
    effort: float = 1.0
    is_escalated: bool = False
    priority: str | None = None


def need_of(
    ticket: Ticket, decided: Mapping[str, FieldDecision], policy: RoutingPolicy, language: str | None = None
) -> Need:
    """Return what a ticket asks for.

    Parameters
    ----------
    ticket : Ticket
        As filed; what a person set on it counts before what was decided.
    decided : Mapping of str to FieldDecision
        By field. A value that was neither applied nor suggested asks for nothing.
    policy : RoutingPolicy
        The admin's word.
    language : str or None, default=None
        As detected, where the form says none.
    """

    def value(name: str) -> str | None:
        return known_value(ticket, decided, name)

    category, priority = value("category"), value("priority")
    spoken = language_key(ticket.language or language or "")
    return Need(
        ticket.ticket_id,
        value("team"),
        policy.skills.get(category, {}) if category is not None else {},
        spoken or None,
        policy.least_seniority.get(priority) if priority is not None else None,
        policy.effort.get(priority, 1.0) if priority is not None else 1.0,
        priority in policy.escalated,
        priority,
    )


def known_value(ticket: Ticket, decided: Mapping[str, FieldDecision], name: str) -> str | None:
    """Return what is to be taken as a field's value: a person's, else one applied, suggested or in shadow."""
    if ticket.values.get(name):
        return ticket.values[name]
    one = decided.get(name)
    if one is None or (one.action is Action.ABSTAIN and one.reason != Reason.SHADOW.value):
        return None
    return one.value
