"""What a simulation came to, beside what really happened: waiting, right hands, load spread, targets met."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean

import numpy as np

from training.simulation.promised import Promised
from training.simulation.run import Lived, filed_at
from training.simulation.way import Picked
from triage.agent import Agent
from triage.routing.fairness import gini
from triage.sla.policy import Target
from triage.ticket import PastTicket

__all__ = ["WayReport", "happened", "simulated"]

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class WayReport:
    """One way of assigning in figures; None where the history does not tell.

    Parameters
    ----------
    way : str
        ``happened``, ``round-robin`` or ``triage``.
    tickets, assigned : int
        Tickets filed in the weeks; those that somebody got until a week after.
    hours_median, hours_mean, hours_p90 : float or None
        From filing to assignment.
    right_agent, right_team : float or None
        Of the tickets that somebody got, the share that went at once to who had it in the end; to that team.
    bounced : int or None
        Tickets that went from hand to hand: those that did, of what happened; of a simulation those that were
        not given at once to a team, or where no team is known to an agent, who had them in the end.
    bounces_avoided : int or None
        Tickets that really bounced and went at once to who had them in the end (a team, where it is known).
    gini : float
        How uneven the tickets are spread over the active agents, 0 to 1.
    busiest_share : float
        Share of the tickets that the busiest of them got.
    answers_met : float or None
        Share answered as promised, of those with such a promise that were answered. In a simulation the first
        answer follows assignment as soon as it did.
    targets_met : float or None
        Share solved as promised, of those with such a promise that were solved.
    """

    way: str
    tickets: int
    assigned: int
    hours_median: float | None
    hours_mean: float | None
    hours_p90: float | None
    right_agent: float | None
    right_team: float | None
    bounced: int | None
    bounces_avoided: int | None
    gini: float
    busiest_share: float
    answers_met: float | None
    targets_met: float | None


def happened(past: Sequence[PastTicket], agents: Sequence[Agent], promised: Promised) -> WayReport:
    """Report what really happened.

    Parameters
    ----------
    past : sequence of PastTicket
        The tickets of the weeks.
    agents : sequence of Agent
        Over whom load is spread.
    promised : Promised
        Tells whether promises were kept.
    """
    waits = [(begun - filed_at(one)) / _HOUR for one in past if (begun := _begun(one)) is not None]
    counted = [one.reassignments for one in past if one.reassignments is not None]
    got = [one.labels["assignee"] for one in past if one.labels.get("assignee")]
    return WayReport(
        "happened",
        len(past),
        len(got),
        *_quantiles(waits),
        None,
        None,
        sum(count > 0 for count in counted) if counted else None,
        None,
        *_spread(got, agents),
        _met([(one, one.first_response_at) for one in past], Target.RESPONSE, promised),
        _met([(one, one.resolved_at) for one in past], Target.RESOLUTION, promised),
    )


def simulated(way: str, lived: Sequence[Lived], agents: Sequence[Agent], promised: Promised) -> WayReport:
    """Report a simulation; takes what :func:`happened` takes."""
    got = [(one, one.picked) for one in lived if one.picked is not None]
    waits = [(one.assigned_at - filed_at(one.past)) / _HOUR for one, _ in got if one.assigned_at is not None]
    agent_pairs = [(one.past.labels.get("assignee"), picked.agent) for one, picked in got]
    team_pairs = [(one.past.labels.get("team"), picked.team) for one, picked in got]
    settled = [(one, right) for one, picked in got if (right := _is_right(one.past, picked)) is not None]
    bounced = [right for one, right in settled if one.past.reassignments]
    return WayReport(
        way,
        len(lived),
        len(got),
        *_quantiles(waits),
        _share(agent_pairs),
        _share(team_pairs),
        sum(not right for _, right in settled) if settled else None,
        sum(bounced) if any(one.past.reassignments is not None for one in lived) else None,
        *_spread([picked.agent for _, picked in got], agents),
        _met([(one.past, _answered_at(one)) for one, _ in got], Target.RESPONSE, promised),
        _met([(one.past, one.solved_at) for one, _ in got], Target.RESOLUTION, promised),
    )


def _is_right(past: PastTicket, picked: Picked) -> bool | None:
    """Whether it went at once to the team, or where none is known to the agent, that had it in the end."""
    team, agent = past.labels.get("team"), past.labels.get("assignee")
    if team is not None:
        return picked.team == team
    return None if agent is None else picked.agent == agent


def _share(pairs: Sequence[tuple[str | None, str | None]]) -> float | None:
    """Return the share of pairs of truth and pick that agree, of those whose truth is known."""
    known = [true == picked for true, picked in pairs if true is not None]
    return fmean(known) if known else None


def _begun(past: PastTicket) -> datetime | None:
    return past.assigned_at or past.first_response_at


def _quantiles(hours: Sequence[float]) -> tuple[float | None, float | None, float | None]:
    if not hours:
        return None, None, None
    return float(np.median(hours)), float(np.mean(hours)), float(np.quantile(hours, 0.9))


def _spread(got: Sequence[str], agents: Sequence[Agent]) -> tuple[float, float]:
    counts = Counter(got)
    loads = [counts.get(one.agent, 0) for one in agents if one.active]
    return gini(loads), max(loads, default=0) / len(got) if got else 0.0


def _answered_at(one: Lived) -> datetime | None:
    """Return when a ticket would have been answered: as long after assignment as it really was."""
    answered, begun = one.past.first_response_at, _begun(one.past)
    if answered is None or begun is None or one.assigned_at is None:
        return None
    return one.assigned_at + max(answered - begun, timedelta(0))


def _met(
    reached: Sequence[tuple[PastTicket, datetime | None]], target: Target, promised: Promised
) -> float | None:
    kept = [
        is_kept
        for past, moment in reached
        if moment is not None and (is_kept := promised.is_kept(past, target, moment)) is not None
    ]
    return fmean(kept) if kept else None
