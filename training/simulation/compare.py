"""The last weeks of a history under each way of assigning: what `triage simulate` tells."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from features.calendar import team_holidays
from training.simulation.config import SimulationConfig
from training.simulation.promised import ByBook, ByHours
from training.simulation.ranker import FormRanker, Ranker, Unranked
from training.simulation.report import WayReport, happened, simulated
from training.simulation.run import Decided, Simulation, filed_at
from training.simulation.way import InTurn, Ours, Way
from triage.agent import Agent
from triage.errors import InputError
from triage.mode import Mode
from triage.policy import FieldPolicy, Policy
from triage.routing.policy import RoutingPolicy
from triage.routing.roster import Roster
from triage.sla.book import SlaBook
from triage.ticket import PastTicket

__all__ = ["Comparison", "compare", "span_of"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a simulation came to.

    Parameters
    ----------
    since, until : datetime
        The weeks that were lived again: first and last moment.
    ways : tuple of WayReport
        What happened, round-robin, triage.
    notes : tuple of str
        What a reader should know of these figures.
    """

    since: datetime
    until: datetime
    ways: tuple[WayReport, ...]
    notes: tuple[str, ...]


def compare(
    history: Sequence[PastTicket],
    agents: Sequence[Agent],
    weeks: int,
    config: SimulationConfig,
    *,
    zone: str = "UTC",
    known: Sequence[str] = (),
    decided: Decided | None = None,
    ranker: Callable[[], Ranker] = FormRanker,
    book: SlaBook | None = None,
    progress: Callable[[float], None] | None = None,
) -> Comparison:
    """Live the last weeks again under each way of assigning.

    Parameters
    ----------
    history : sequence of PastTicket
        In any order; tickets without a time of filing are left out.
    agents : sequence of Agent
        Each name once.
    weeks : int
        How many, back from the last ticket; 1 or more.
    config : SimulationConfig
        The routing policy to try, holidays, hours promised.
    zone : str, default="UTC"
        The workspace's.
    known : sequence of str
        Fields whose value stands on the form when a ticket is filed; others are known only in the end.
    decided : Mapping of str to (Mapping of str to FieldDecision), optional
        By ticket: what a model decides.
    ranker : callable, default=FormRanker
        Makes a fresh ranker, see :func:`training.simulation.affinity_ranker.affinity_rankers`.
    book : SlaBook, optional
        What is promised, in place of the hours of the configuration; tickets that wait are served by it.
    progress : callable, optional
        Called with the share that is done.

    Raises
    ------
    InputError
        If there is no ticket with a time of filing, no active agent, or a shift that cannot be read.
    """
    tickets = sorted((one for one in history if one.ticket.created_at is not None), key=filed_at)
    if not tickets or not any(one.active for one in agents):
        raise InputError(
            f"Got {len(tickets):,} tickets with a time of filing and "
            f"{sum(one.active for one in agents):,} active agents; expected one of each at least."
        )
    tickets = [_as_filed(one, known) for one in tickets]
    since, until = span_of(tickets, weeks)
    promised = ByHours(config.resolve_hours) if book is None else ByBook(book)
    policy = Policy(fields={"assignee": FieldPolicy(Mode.APPLY)}, routing=_switched_on(config.routing))
    holidays = team_holidays(config.routing, config.country, since, until)
    inside = [one for one in tickets if filed_at(one) >= since]
    reports = [happened(inside, agents, promised)]
    ways: list[tuple[str, Way]] = [("round-robin", InTurn()), ("triage", Ours())]
    for at, (name, way) in enumerate(ways):
        roster = Roster(agents, zone=zone, holidays=holidays, policy=policy.routing)
        known_by = ranker() if way.looks_at_affinity else Unranked()
        simulation = Simulation(tickets, since, roster, policy, known_by, way, decided=decided, book=book)
        lived = simulation.run(_part(progress, at, len(ways)))
        report = simulated(name, lived, agents, promised)
        if "team" in known:
            # Who is told the team cannot be praised for finding it.
            report = replace(report, right_team=None, bounced=None, bounces_avoided=None)
        reports.append(report)
    return Comparison(since, until, tuple(reports), tuple(_notes(inside, agents, known, decided, book)))


def span_of(history: Sequence[PastTicket], weeks: int) -> tuple[datetime, datetime]:
    """Return the first and the last moment of the last weeks of a history with times of filing."""
    until = max(filed_at(one) for one in history if one.ticket.created_at is not None)
    return until - timedelta(weeks=weeks), until


def _as_filed(past: PastTicket, known: Sequence[str]) -> PastTicket:
    values = {name: past.labels[name] for name in known if name in past.labels}
    return replace(past, ticket=replace(past.ticket, values=values))


def _switched_on(routing: RoutingPolicy) -> RoutingPolicy:
    """Leave modes aside; how sure one must be, too, where no number is to be tried."""
    least = routing.least_affinity or 0.0
    teams = {name: replace(one, mode=None) for name, one in routing.teams.items()}
    return replace(routing, least_affinity=least, teams=teams)


def _part(progress: Callable[[float], None] | None, at: int, parts: int) -> Callable[[float], None] | None:
    return None if progress is None else lambda share: progress((at + share) / parts)


def _notes(
    inside: Sequence[PastTicket],
    agents: Sequence[Agent],
    known: Sequence[str],
    decided: Decided | None,
    book: SlaBook | None,
) -> list[str]:
    names = {one.agent for one in agents}
    others = sum(one.labels.get("assignee", "") not in names for one in inside if one.labels.get("assignee"))
    notes = [
        "A ticket takes as long as it really took, whoever has it: how fast another would have been nobody "
        "knows."
    ]
    if others:
        notes.append(
            f"{others:,} of {len(inside):,} tickets were handled by people who are not among the agents "
            "given."
        )
    if not known and decided is None:
        notes.append(
            "Nothing was known of team, category and priority when a ticket was filed: say what stands on "
            "the form (--known), or give a model (--bundle)."
        )
    if "team" in known:
        notes.append(
            "The team of the end was taken as known when a ticket was filed, so nothing is said of teams "
            "found and bounces avoided."
        )
    if book is not None:
        notes.append(
            "Promises are counted in business time by the values that tickets had in the end. How long "
            "requesters were waited for is not in a history: the clocks ran on."
        )
    if all(one.assigned_at is None for one in inside):
        notes.append(
            "The history has no assigned_at: time to assignment of what happened is to first response."
        )
    return notes
