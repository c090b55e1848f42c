"""Who gets one ticket: the whole order of precedence is here. Team first, then person.

A person's word goes before everything; then the kill switch, guardrails, the team's own decision, the
team's mode; then who may have it; then who is best.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from triage.assignment import Assignment, Candidate, Choice
from triage.decision import GUARDRAIL_PREFIX, Action, FieldDecision, Reason
from triage.guardrails import BLOCKING, SUGGEST_ONLY, held_back_by
from triage.mode import Mode
from triage.routing.choose import TOP, Field, choose
from triage.routing.need import Need, need_of
from triage.routing.sentences import nobody, over_share
from triage.routing.situation import Held, Situation
from triage.ticket import Ticket

__all__ = ["assign", "needed_affinity", "stays_with", "team_mode", "why_stopped"]

FIELD = "assignee"


def assign(
    ticket: Ticket,
    candidates: Sequence[Candidate],
    situation: Situation,
    *,
    decided: Mapping[str, FieldDecision] | None = None,
    language: str | None = None,
    top: int = TOP,
    only: Collection[str] | None = None,
) -> Assignment | None:
    """Decide who gets a ticket.

    Parameters
    ----------
    ticket : Ticket
        As filed.
    candidates : sequence of Candidate
        What the history knows of who is the right one, in any order.
    situation : Situation
        How things stand.
    decided : Mapping of str to FieldDecision, optional
        What was decided of category, priority and team.
    language : str, optional
        As detected, where the form says none.
    top : int, default=5
        At most so many choices.
    only : collection of str, optional
        Consider these agents only: those of a plan for a whole backlog (``features.backlog``).

    Returns
    -------
    Assignment or None
        None where the team's mode is ``off``.

    Raises
    ------
    InputError
        If the shift or zone of an agent of the team cannot be read.
    """
    decided = decided or {}
    need = need_of(ticket, decided, situation.policy.routing, language)
    stopped = why_stopped(ticket, decided, situation)
    if stopped is not None and team_mode(need.team, situation) is Mode.OFF:
        return None
    if stopped == Reason.HUMAN_VALUE_PRESENT.value and ticket.values.get(FIELD):
        return replace(_held(need, stopped, (), "A person has chosen already"), agent=ticket.values[FIELD])
    if stopped is not None and stopped.startswith((Reason.KILL_SWITCH.value, GUARDRAIL_PREFIX)):
        return _held(need, stopped, (), f"Held back by {stopped}")
    held = stays_with(ticket, situation)
    if held is not None:
        mode = team_mode(need.team, situation)
        return None if mode is Mode.OFF else _kept(need, held, mode)
    field = choose(need, candidates, situation, top=top, only=only)
    team = field.choices[0].team if field.choices else need.team
    # Where a ticket goes to another team, the more cautious of the two modes counts.
    mode = min((team_mode(one, situation) for one in {need.team or team, team}), key=list(Mode).index)
    if mode is Mode.OFF:
        return None
    if situation.policy.stops(team):
        return _held(need, Reason.KILL_SWITCH.value, (), f"Team {team} has stopped automation")
    if stopped is not None:
        is_back = stopped == Reason.HUMAN_VALUE_PRESENT.value
        why = "A person took it back: who gets it is left to people" if is_back else "The team is not decided"
        return _held(need, stopped, field.choices, why)
    if not field.choices:
        reason = Reason.NO_ELIGIBLE_AGENT.value
        return _held(need, reason, (), nobody(need, field.barriers, situation))
    return _given(ticket, need, field, mode, situation, decided)


def why_stopped(ticket: Ticket, decided: Mapping[str, FieldDecision], situation: Situation) -> str | None:
    """Return why nobody is to be chosen whoever is there, None when somebody may be.

    First match wins: a person's choice (of somebody, or to take the ticket back), the kill switch (of all,
    or of the ticket's team), a guardrail, a team that was not decided.
    """
    held = situation.held.get(ticket.ticket_id)
    if ticket.values.get(FIELD) or (held is not None and held.agent is None):
        return Reason.HUMAN_VALUE_PRESENT.value
    named = decided.get("team")
    if situation.policy.stops(ticket.values.get("team") or (named.value if named else None)):
        return Reason.KILL_SWITCH.value
    blocked = held_back_by(ticket, BLOCKING, situation.policy.disabled_guardrails)
    if blocked is not None:
        return GUARDRAIL_PREFIX + blocked
    one = decided.get("team")
    if one is None or ticket.values.get("team") or one.action is not Action.ABSTAIN:
        return None
    return None if one.reason == Reason.SHADOW.value else one.reason


def stays_with(ticket: Ticket, situation: Situation) -> Held | None:
    """Return who keeps a ticket that is sent again; None where it is to be given.

    A ticket does not change hands because it is sent once more, whoever would be best by now; only where a
    person moved it to another team since, or whoever has it has left.
    """
    held, team = situation.held.get(ticket.ticket_id), ticket.values.get("team")
    if held is None or held.agent is None:
        return None
    agent = situation.roster.agents.get(held.agent)
    if agent is not None and not agent.active:
        return None
    is_moved = team not in (None, held.team) and not (agent is not None and team and agent.is_in(team))
    return None if is_moved else held


def team_mode(team: str | None, situation: Situation) -> Mode:
    """Return how far assigning may go in a team: its own mode, else that of the field ``assignee``."""
    own = situation.policy.routing.team(team).mode
    return situation.policy.field(FIELD).mode if own is None else own


def needed_affinity(agent: str, team: str | None, situation: Situation) -> float | None:
    """Return the affinity from which an agent may be given a ticket; None: from none.

    The admin's word goes before what was learnt: the field's threshold for this agent, else the policy's
    ``least_affinity``.

    Parameters
    ----------
    agent : str
        Who is chosen.
    team : str or None
        Among whom was looked; None: among everybody.
    situation : Situation
        Holds policy and what was learnt.
    """
    policy, learnt = situation.policy, situation.sure_from
    own = policy.field(FIELD).thresholds.get(agent, policy.routing.least_affinity)
    if own is not None:
        return own
    return learnt.anybody if team is None else learnt.in_team


def _given(
    ticket: Ticket,
    need: Need,
    field: Field,
    mode: Mode,
    situation: Situation,
    decided: Mapping[str, FieldDecision],
) -> Assignment:
    best = field.choices[0]
    policy = situation.policy
    needed = needed_affinity(best.agent, need.team, situation)

    def outcome(action: Action, reason: str | None) -> Assignment:
        detail = _detail(best, need, field)
        who = best.agent, best.team
        return Assignment(need.ticket_id, *who, action, reason, field.choices, detail, needed)

    one = decided.get("team")
    # An agent would tell a team that nobody is to see yet.
    if mode is Mode.SHADOW or (one is not None and one.reason == Reason.SHADOW.value):
        return outcome(Action.ABSTAIN, Reason.SHADOW.value)
    if best.agent in policy.field(FIELD).never_automate:
        return outcome(Action.SUGGEST, Reason.NEVER_AUTOMATE.value)
    watched = held_back_by(ticket, SUGGEST_ONLY, policy.disabled_guardrails)
    if watched is not None:
        return outcome(Action.SUGGEST, GUARDRAIL_PREFIX + watched)
    # A person is not surer than the team is: with a team that is only suggested, so is the agent.
    if one is not None and one.action is Action.SUGGEST and not ticket.values.get("team"):
        return outcome(Action.SUGGEST, one.reason)
    if needed is None or best.affinity < needed:
        return outcome(Action.SUGGEST, Reason.LOW_CONFIDENCE.value)
    return outcome(Action.SUGGEST if mode is Mode.SUGGEST else Action.APPLY, None)


def _detail(best: Choice, need: Need, field: Field) -> str:
    detail = f"{best.agent}: {best.sentence}"
    if need.team is not None and best.team != need.team:
        detail += f"; escalated to {best.team}, nobody of {need.team} can take it now"
    if field.passed_over:
        detail += f"; {over_share(field.passed_over)}"
    if field.is_over_share:
        detail += "; above a fair share, nobody else can take it now"
    return detail


def _kept(need: Need, held: Held, mode: Mode) -> Assignment:
    team, detail = held.team or need.team, f"{held.agent} has it already"
    if mode is Mode.SHADOW:
        return Assignment(need.ticket_id, held.agent, team, Action.ABSTAIN, Reason.SHADOW.value, (), detail)
    action = Action.APPLY if mode is Mode.APPLY else Action.SUGGEST
    return Assignment(need.ticket_id, held.agent, team, action, None, (), detail)


def _held(need: Need, reason: str, choices: tuple[Choice, ...], detail: str) -> Assignment:
    return Assignment(need.ticket_id, None, need.team, Action.ABSTAIN, reason, choices, detail)
