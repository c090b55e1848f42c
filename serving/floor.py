"""How things stand on the floor of a workspace right now: who is there, with how much in hand.

Read from the store and kept. Where a change is counted there, only the tickets that changed are read, so that
one assignment costs a few small queries however many tickets are open; once a minute all of them are.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from features.calendar import team_holidays
from serving.given_count import GivenCount
from triage.agent import Agent
from triage.errors import InputError
from triage.policy import Policy
from triage.routing.availability import shift_of
from triage.routing.policy import RoutingPolicy
from triage.routing.roster import Roster
from triage.routing.situation import Situation
from triage.store import Store
from triage.store.agents import list_agents
from triage.store.held_work import Held, changed_work, held_work, open_loads
from triage.store.revisions import Kind, read_revisions
from triage.store.workspaces import find_workspace
from triage.zone import find_zone

__all__ = ["Floor", "FloorHost"]

LOOK_AGAIN = timedelta(minutes=1)
"""The window in which a fair share is counted moves on by itself; so long it may stand still."""

MOST_HELD = 50_000
"""Open tickets of which it is remembered who has them; of more, all are counted at every change."""
MOST_CHANGED = 1_000
"""Tickets that changed since the last count; where there are more, all are counted."""

log = logging.getLogger("triage.floor")


@dataclass(frozen=True, slots=True)
class Floor:
    """How things stand, and at which count of changes.

    Parameters
    ----------
    situation : Situation
        Its loads and what was given are the caller's own and may be brought up to date.
    work : int
        Revision of the work that the loads are of.
    unreadable : Mapping of str to str
        Agents whose shift or zone cannot be read, with why: they are given nothing.
    as_stored : Mapping of str to Agent
        The same agents, as they are stored; in the roster they have neither.
    seen : Mapping of Kind to int
        All counts of changes when it was looked.
    """

    situation: Situation
    work: int
    unreadable: Mapping[str, str]
    as_stored: Mapping[str, Agent]
    seen: Mapping[Kind, int]

    def members(self, team: str | None) -> list[Agent]:
        """Return the agents of a team, all for None, as they are stored, by name."""
        return [self.as_stored.get(one.agent, one) for one in self.situation.roster.members(team)]


@dataclass(frozen=True, slots=True)
class _Roster:
    agents: int
    routing: RoutingPolicy
    day: date
    roster: Roster
    unreadable: Mapping[str, str]
    as_stored: Mapping[str, Agent]


@dataclass(frozen=True, slots=True)
class _Loads:
    work: int
    erasures: int
    routing: RoutingPolicy
    read_at: datetime
    loads: Mapping[str, float]
    given: GivenCount | None
    held: Mapping[str, Held] | None


class FloorHost:
    """Knows how things stand in every workspace.

    Parameters
    ----------
    store : Store
        Has agents, absences and tickets.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rosters: dict[str, _Roster] = {}
        self._loads: dict[str, _Loads] = {}

    def look(self, workspace: str, policy: Policy, now: datetime, *, fresh: bool = False) -> Floor | None:
        """Return how things stand; None in a workspace that has no agents.

        Parameters
        ----------
        workspace : str
            Which.
        policy : Policy
            The admin's word, read fresh.
        now : datetime
            The moment, with a zone.
        fresh : bool, default=False
            Keep nothing: inside a transaction, which may never come to be.
        """
        seen = read_revisions(self._store, workspace)
        kept = self._roster(workspace, seen[Kind.AGENTS], policy.routing, now, is_kept=not fresh)
        if not kept.roster.agents:
            return None
        counted = self._count(workspace, seen, policy.routing, now)
        if not fresh:
            self._loads[workspace] = counted
        counts = {} if counted.given is None else counted.given.counts
        given = {team: dict(agents) for team, agents in counts.items()}
        situation = Situation(now, kept.roster, policy, dict(counted.loads), given)
        return Floor(situation, counted.work, kept.unreadable, kept.as_stored, seen)

    def _roster(
        self, workspace: str, agents: int, routing: RoutingPolicy, now: datetime, *, is_kept: bool
    ) -> _Roster:
        kept = self._rosters.get(workspace)
        if kept is not None and (kept.agents, kept.routing, kept.day) == (agents, routing, now.date()):
            return kept
        known = find_workspace(self._store, workspace)
        zone = "UTC" if known is None else known.zone
        stored = list_agents(self._store, workspace)
        readable, unreadable = _told_apart(stored, zone)
        holidays = _readable_holidays(workspace, routing, None if known is None else known.country, now)
        roster = Roster(readable, zone=zone, holidays=holidays, policy=routing)
        as_stored = {one.agent: one for one in stored if one.agent in unreadable}
        made = _Roster(agents, routing, now.date(), roster, unreadable, as_stored)
        if is_kept:
            self._rosters[workspace] = made
        return made

    def _count(
        self, workspace: str, seen: Mapping[Kind, int], routing: RoutingPolicy, now: datetime
    ) -> _Loads:
        kept = self._loads.get(workspace)
        if (
            kept is None
            or (kept.erasures, kept.routing) != (seen[Kind.ERASURES], routing)
            or abs(now - kept.read_at) >= LOOK_AGAIN
        ):
            return self._count_anew(workspace, seen, routing, now)
        if kept.work == seen[Kind.WORK]:
            return kept
        # A store that was restored counts from where it was.
        if kept.work > seen[Kind.WORK]:
            return self._count_anew(workspace, seen, routing, now)
        changed = changed_work(self._store, workspace, kept.work, routing.effort, limit=MOST_CHANGED)
        if changed is None:
            return self._count_anew(workspace, seen, routing, now)
        given = None if kept.given is None else kept.given.after(self._store, workspace, changed)
        kept = replace(kept, work=seen[Kind.WORK], given=given)
        if kept.held is None:
            return replace(kept, loads=open_loads(self._store, workspace, routing.effort))
        held = dict(kept.held)
        loads = dict(kept.loads)
        for ticket_id, now_held in changed.items():
            _take(loads, held.pop(ticket_id, None), -1)
            _take(loads, now_held, 1)
            if now_held is not None:
                held[ticket_id] = now_held
        return replace(kept, loads=loads, held=held)

    def _count_anew(
        self, workspace: str, seen: Mapping[Kind, int], routing: RoutingPolicy, now: datetime
    ) -> _Loads:
        share, given = routing.fair_share, None
        if share is not None:
            given = GivenCount.of(self._store, workspace, now - timedelta(days=share.days))
        held = held_work(self._store, workspace, routing.effort, limit=MOST_HELD)
        if held is None:
            loads = open_loads(self._store, workspace, routing.effort)
        else:
            loads = {}
            for one in held.values():
                _take(loads, one, 1)
        return _Loads(seen[Kind.WORK], seen[Kind.ERASURES], routing, now, loads, given, held)


def _take(loads: dict[str, float], held: Held | None, sign: int) -> None:
    """Count one ticket more or less; who has nothing left is not in it."""
    if held is None:
        return
    agent, slots = held
    load = loads.get(agent, 0.0) + sign * slots
    if abs(load) < 1e-9:
        loads.pop(agent, None)
    else:
        loads[agent] = load


def _readable_holidays(
    workspace: str, routing: RoutingPolicy, country: str | None, now: datetime
) -> dict[str | None, frozenset[date]]:
    """Return the public holidays by team; a team whose country nobody knows has none, not the workspace's."""
    holidays: dict[str | None, frozenset[date]] = {}
    if country is not None:
        try:
            holidays |= team_holidays(RoutingPolicy(), country, now, now)
        except InputError as error:
            log.warning("workspace %s goes without public holidays: %s", workspace, error)
    for name, team in routing.teams.items():
        if team.country is None:
            continue
        try:
            holidays |= team_holidays(RoutingPolicy(teams={name: team}), None, now, now)
        except InputError as error:
            log.warning("team %s of workspace %s goes without public holidays: %s", name, workspace, error)
            holidays[name] = frozenset()
    return holidays


def _told_apart(agents: list[Agent], zone: str) -> tuple[list[Agent], dict[str, str]]:
    """Take whose hours nobody can read out of the game, so that one mistake does not stop all tickets."""
    readable, unreadable = [], {}
    for agent in agents:
        try:
            shift_of(agent)
            find_zone(agent.zone or zone)
        except InputError as error:
            unreadable[agent.agent] = str(error)
            agent = replace(agent, active=False, shift=None, zone=None)
        readable.append(agent)
    return readable, unreadable
