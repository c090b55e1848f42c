"""The agents of a workspace and who of them is there: kept ready, so that one ticket need not ask anew."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta

from triage.agent import Agent
from triage.routing.availability import Availability, availability, shift_of
from triage.routing.policy import RoutingPolicy

__all__ = ["Roster"]

_LOOK_AGAIN = timedelta(days=14)


class Roster:
    """Agents by name and by team, with their presence.

    Presence is worked out when it is first asked for and kept until it changes, so a roster can be shared
    by all tickets until an agent or a holiday changes.

    Parameters
    ----------
    agents : iterable of Agent
        Each name once.
    zone : str, default="UTC"
        The workspace's, for agents and shifts that name none.
    holidays : Mapping of (str or None) to (collection of date), optional
        Public holidays by team; those under None hold for the teams that are not named.
    policy : RoutingPolicy, optional
        Says which teams work on holidays.
    """

    def __init__(
        self,
        agents: Iterable[Agent],
        *,
        zone: str = "UTC",
        holidays: Mapping[str | None, Collection[date]] | None = None,
        policy: RoutingPolicy | None = None,
    ) -> None:
        # By name, so that the order in which agents were handed in never decides anything.
        self.agents = {one.agent: one for one in sorted(agents, key=lambda one: one.agent)}
        self.zone = zone
        self._holidays = holidays or {}
        self._policy = policy or RoutingPolicy()
        self._kept: dict[str, tuple[datetime, datetime, Availability]] = {}
        self._teams: dict[str, list[Agent]] = {}
        for one in self.agents.values():
            for team in one.all_teams:
                self._teams.setdefault(team, []).append(one)

    def members(self, team: str | None) -> list[Agent]:
        """Return the agents of a team by name, all agents for None; the deactivated with them."""
        return list(self.agents.values()) if team is None else self._teams.get(team, [])

    @property
    def teams(self) -> list[str]:
        """Every team that somebody is in, by name."""
        return sorted(self._teams)

    def presence(self, agent: Agent, moment: datetime) -> Availability:
        """Tell how it stands with an agent's presence at a moment (with a zone)."""
        kept = self._kept.get(agent.agent)
        if kept is not None and kept[0] <= moment < kept[1]:
            return kept[2]
        found = availability(agent, moment, zone=self.zone, holidays=self.holidays(agent))
        self._kept[agent.agent] = (moment, self._changes_at(agent, moment, found), found)
        return found

    def holidays(self, agent: Agent) -> Collection[date]:
        """Return the days on which no shift of an agent begins: those of the agent's first team."""
        if self._policy.team(agent.team).works_holidays:
            return ()
        return self._holidays.get(agent.team, self._holidays.get(None, ()))

    def next_start(self, agent: Agent, moment: datetime) -> datetime | None:
        """Return when an agent is there next, None when that is not within two weeks or not known."""
        limit = moment + _LOOK_AGAIN
        at: datetime | None = moment
        while at is not None and at <= limit:
            found = availability(agent, at, zone=self.zone, holidays=self.holidays(agent))
            if found.is_there:
                return at
            over = [one.ends_at for one in agent.all_absences if one.covers(at)]
            if None in over:
                return None
            ends = [end for end in over if end is not None]
            at = (
                max(ends)
                if ends
                else shift_of(agent).next_start(at, agent.zone or self.zone, self.holidays(agent))
            )
        return None

    def _changes_at(self, agent: Agent, moment: datetime, found: Availability) -> datetime:
        if found.until is not None:
            return found.until
        changes = [moment + _LOOK_AGAIN]
        changes += [one.ends_at for one in agent.all_absences if one.ends_at and one.ends_at > moment]
        start = shift_of(agent).next_start(moment, agent.zone or self.zone, self.holidays(agent))
        return min([*changes, start] if start is not None else changes)
