"""How far a caller reaches within a workspace: the tickets of their teams, and their own.

What is out of reach is answered as what does not exist, in the same words: nobody learns that it does.
A ticket that is with no team is reached by those who reach all.
"""

from collections.abc import Iterable, Sequence

from serving.caller import Caller
from serving.roles import Role
from triage.errors import ForbiddenError, NotFoundError
from triage.store import Store
from triage.store.agents import get_agent
from triage.store.ticket_place import TicketPlace, place_of_decision, place_of_ticket, places_of_tickets
from triage.store.tickets import get_ticket

__all__ = [
    "NO_DECISION",
    "NO_TICKET",
    "reach_agent",
    "reach_as_requester",
    "reach_decision",
    "reach_stored",
    "reach_teams",
    "reach_ticket",
]

NO_TICKET = "Got a ticket that is not stored; expected one with an id that was sent before."
NO_DECISION = "Got a decision id that this workspace does not have; expected one that it was given."


def reach_ticket(store: Store, caller: Caller, ticket_id: str) -> None:
    """See to it that a caller reaches a ticket.

    Raises
    ------
    NotFoundError
        If not, or there is none.
    """
    if caller.teams is None:
        return
    if not _is_within(caller, place_of_ticket(store, caller.workspace, ticket_id)):
        raise NotFoundError(NO_TICKET)


def reach_as_requester(store: Store, caller: Caller, ticket_id: str) -> None:
    """See to it that a caller reaches a ticket that is answered to its requester.

    A person in the role of a requester reaches the tickets that they filed, by their name without regard to
    case, whatever the team. A requester's key is a portal's: it speaks for all of them.

    Raises
    ------
    NotFoundError
        If not, or there is none.
    """
    if caller.role is not Role.REQUESTER or caller.kind == "key":
        reach_ticket(store, caller, ticket_id)
        return
    stored = get_ticket(store, caller.workspace, ticket_id)
    requester = None if stored is None else stored.ticket.requester
    if not requester or requester.strip().casefold() != caller.name.strip().casefold():
        raise NotFoundError(NO_TICKET)


def reach_stored(store: Store, caller: Caller, ticket_ids: Sequence[str]) -> None:
    """See to it that a caller reaches those of some tickets that are stored already; others may be filed.

    Raises
    ------
    NotFoundError
        If one is stored and out of reach.
    """
    if caller.teams is None or not ticket_ids:
        return
    places = places_of_tickets(store, caller.workspace, ticket_ids)
    if not all(_is_within(caller, place) for place in places.values()):
        raise NotFoundError(NO_TICKET)


def reach_decision(store: Store, caller: Caller, decision_id: str) -> None:
    """See to it that a caller reaches a decision.

    Raises
    ------
    NotFoundError
        If not, or there is none.
    """
    if caller.teams is None:
        return
    if not _is_within(caller, place_of_decision(store, caller.workspace, decision_id)):
        raise NotFoundError(NO_DECISION)


def reach_agent(store: Store, caller: Caller, agent: str) -> None:
    """See to it that a caller reaches an agent: themselves, or one of their teams, or a new one.

    Raises
    ------
    ForbiddenError
        If not. Who the agents are is no secret.
    """
    if caller.teams is None or agent == caller.agent:
        return
    stored = get_agent(store, caller.workspace, agent)
    if stored is not None and not caller.teams & set(stored.all_teams):
        raise ForbiddenError(
            f"Got an agent outside the teams {', '.join(sorted(caller.teams))}; expected one of them."
        )


def reach_teams(caller: Caller, teams: Iterable[str]) -> None:
    """See to it that a caller reaches teams that somebody is to be put into.

    Raises
    ------
    ForbiddenError
        If not all of them, or none is named.
    """
    named = set(teams)
    if caller.teams is not None and (not named or named - caller.teams):
        raise ForbiddenError(
            f"Got teams outside {', '.join(sorted(caller.teams))}; expected one or more of them."
        )


def _is_within(caller: Caller, place: TicketPlace | None) -> bool:
    if place is None or caller.teams is None:
        return False
    return place.team in caller.teams or (caller.agent is not None and place.agent == caller.agent)
