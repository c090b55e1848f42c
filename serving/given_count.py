"""How many tickets everybody was given since a moment, brought up to date ticket by ticket.

Counting all of them takes as long as there are many, and what was given changes with every assignment.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from triage.store import Store
from triage.store.given import Given, given_among, given_since, given_tickets

__all__ = ["GivenCount"]

MOST_GIVEN = 50_000
"""Tickets of which it is remembered to whom they were given; of more, all are counted at every change."""


@dataclass(frozen=True, slots=True)
class GivenCount:
    """A count as it stands.

    Parameters
    ----------
    since : datetime
        What was given from then on counts.
    counts : Mapping of str to (Mapping of str to int)
        Tickets by team and agent.
    tickets : Mapping of str to Given, or None
        What was counted, by ticket; None where it is too much to be remembered.
    """

    since: datetime
    counts: Mapping[str, Mapping[str, int]]
    tickets: Mapping[str, Given] | None

    @classmethod
    def of(cls, store: Store, workspace: str, since: datetime) -> "GivenCount":
        """Count all that was given since a moment."""
        tickets = given_tickets(store, workspace, since, limit=MOST_GIVEN)
        if tickets is None:
            return cls(since, given_since(store, workspace, since), None)
        counts: dict[str, dict[str, int]] = {}
        for given in tickets.values():
            _count(counts, given, 1)
        return cls(since, counts, tickets)

    def after(self, store: Store, workspace: str, changed: Collection[str]) -> "GivenCount":
        """Return the count after a change of some tickets; the moment since when stays."""
        if not changed:
            return self
        if self.tickets is None:
            return replace(self, counts=given_since(store, workspace, self.since))
        new = given_among(store, workspace, self.since, changed)
        tickets = dict(self.tickets)
        counts = {team: dict(given) for team, given in self.counts.items()}
        for ticket_id in changed:
            _count(counts, tickets.pop(ticket_id, frozenset()), -1)
            if ticket_id in new:
                _count(counts, new[ticket_id], 1)
                tickets[ticket_id] = new[ticket_id]
        return GivenCount(self.since, counts, tickets)


def _count(counts: dict[str, dict[str, int]], given: Given, step: int) -> None:
    """Count one ticket more or less; who was given none is not in it."""
    for team, agent in given:
        of_team = counts.setdefault(team, {})
        of_team[agent] = of_team.get(agent, 0) + step
        if not of_team[agent]:
            del of_team[agent]
        if not of_team:
            del counts[team]
