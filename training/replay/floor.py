"""How things stood with the agents of a table when a ticket was filed, and who of them could have had it.

The rules are those of a server (:mod:`triage.routing.eligibility`): absence, shift, room, team, skills,
language, seniority. Room is what history says: a ticket takes its agent's room from when its labels became
known until it was solved or closed. Fair shares and the weight of free room, which spread tickets, are left
out: a replay is compared with who really had each ticket.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

import numpy as np

from training.replay.timeline import Event, RoomFreed, RoomTaken
from triage.agent import Agent
from triage.agent_rows import AgentRow, merge_rows
from triage.decision import GUARDRAIL_PREFIX, Action, Decision, FieldDecision, Reason
from triage.engine import decide
from triage.policy import Policy, Promise
from triage.prediction import Assessment, Prediction
from triage.routing.eligibility import barrier
from triage.routing.need import Need, need_of
from triage.routing.roster import Roster
from triage.ticket import Ticket

__all__ = ["ReplayFloor"]

ASSIGNEE = "assignee"
FIRST = (Reason.HUMAN_VALUE_PRESENT.value, Reason.KILL_SWITCH.value)
"""Reasons that go before the one that nobody could have the ticket, as guardrails do."""


class ReplayFloor:
    """Keeps from tickets whom the agents table says could not have had them.

    Who is not in the table is proposed as before: people who left, or who came later, stand in no table of
    one day. An agent of no team is asked about whatever the team.

    Parameters
    ----------
    agents : iterable of Agent
        Rows of the table; an agent who comes twice is absent in both rows' times.
    policy : Policy
        Says what tickets ask for.
    zone : str, default="UTC"
        Of shifts that name none.
    holidays : Mapping of (str or None) to (collection of date), optional
        On which no shift begins, by team.
    """

    def __init__(
        self,
        agents: Iterable[Agent],
        policy: Policy,
        *,
        zone: str = "UTC",
        holidays: Mapping[str | None, Collection[date]] | None = None,
    ) -> None:
        self._policy = policy
        people = [one.agent for one in merge_rows(map(AgentRow, agents))]
        self._roster = Roster(people, zone=zone, holidays=holidays, policy=policy.routing)
        self._loads: dict[str, float] = defaultdict(float)
        self._efforts: dict[str, tuple[str, float]] = {}

    def learn(self, event: Event) -> None:
        """Take in that a ticket began or ceased to take an agent's room; other events say nothing."""
        if isinstance(event, RoomTaken):
            effort = self._policy.routing.effort.get(event.priority or "", 1.0)
            self._efforts[event.ticket_id] = event.agent, effort
            self._loads[event.agent] += effort
        elif isinstance(event, RoomFreed):
            agent, effort = self._efforts.pop(event.ticket_id, ("", 0.0))
            self._loads[agent] -= effort

    def load(self, agent: str) -> float:
        """Return how many slots an agent's open tickets take."""
        return self._loads.get(agent, 0.0)

    def settle(self, ticket: Ticket, decision: Decision, promises: Mapping[str, Promise]) -> Decision:
        """Return a decision in which nobody is proposed who could not have had the ticket when it was filed.

        The others share the chances of those in proportion. Where nobody is left, nobody is named, and the
        reason is ``no_eligible_agent``.
        """
        assessment, moment = decision.assessment, ticket.created_at
        said = None if assessment is None else assessment.predictions.get(ASSIGNEE)
        if said is None or assessment is None or moment is None or ASSIGNEE not in decision.fields:
            return decision
        need = need_of(ticket, decision.fields, self._policy.routing, assessment.language)
        able = self._able(said, need, moment)
        if able.all():
            return decision
        left = np.where(able, said.probabilities, 0.0)
        if not left.any():
            return _with(decision, _nobody(decision.fields[ASSIGNEE]))
        kept = np.flatnonzero(able)
        labels = tuple(said.labels[place] for place in kept)
        prediction = Prediction(ASSIGNEE, labels, left[kept] / left.sum())
        settled: Assessment = replace(
            assessment, predictions={**assessment.predictions, ASSIGNEE: prediction}
        )
        again = decide(ticket, settled, promises, self._policy)
        return replace(_with(decision, again[ASSIGNEE]), assessment=settled)

    def _able(self, said: Prediction, need: Need, moment: datetime) -> np.ndarray:
        """Tell of each label whether it may be proposed; a grave ticket goes the path of its team."""
        routing = self._policy.routing
        path = [need.team]
        if need.team is not None and need.is_escalated:
            path += routing.team(need.team).escalates_to
        agents = [self._roster.agents.get(label) for label in said.labels]
        able = np.zeros(len(agents), bool)
        for team in path:
            asked = replace(need, team=team)
            able = np.array([one is None or self._is_able(one, asked, moment) for one in agents])
            if able[[one is not None for one in agents]].any():
                break
        return able

    def _is_able(self, agent: Agent, need: Need, moment: datetime) -> bool:
        own = need if agent.all_teams else replace(need, team=None)
        load = self.load(agent.agent)
        return barrier(agent, own, moment, self._roster, load, self._policy.routing) is None


def _nobody(one: FieldDecision) -> FieldDecision:
    goes_first = one.reason in FIRST or (one.reason or "").startswith(GUARDRAIL_PREFIX)
    reason = one.reason if goes_first else Reason.NO_ELIGIBLE_AGENT.value
    return replace(
        one, value=None, confidence=None, threshold=None, action=Action.ABSTAIN, reason=reason, top=()
    )


def _with(decision: Decision, one: FieldDecision) -> Decision:
    return replace(decision, fields={**decision.fields, ASSIGNEE: one})
