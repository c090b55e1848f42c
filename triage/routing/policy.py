"""The admin's word on routing: what tickets ask of agents, who may have them, and how many.

Nothing here is learnt. Who is good at what comes as affinity (:class:`triage.assignment.Candidate`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from triage.mode import Mode
from triage.routing.queue_policy import QueuePolicy

__all__ = ["FairShare", "RoutingPolicy", "TeamRouting"]


@dataclass(frozen=True, slots=True)
class FairShare:
    """How much more than an equal share of a team's tickets one agent may be given.

    Parameters
    ----------
    factor : float, default=3.0
        Times an equal share, by capacity; at least 1. Measured: ADR 0027.
    days : int, default=7
        The window in which assignments are counted, whoever made them: who takes many tickets by hand is
        given fewer.
    minimum : int, default=5
        So many may always be given, so that a quiet week does not stop anybody.
    """

    factor: float = 3.0
    days: int = 7
    minimum: int = 5


@dataclass(frozen=True, slots=True)
class TeamRouting:
    """What differs in one team.

    Parameters
    ----------
    mode : Mode or None, default=None
        How far assigning may go there; None: as far as the field ``assignee`` may.
    escalates_to : tuple of str, default=()
        Teams that are asked in this order when a ticket of an escalated priority finds nobody.
    country : str or None, default=None
        Whose public holidays hold, as ISO 3166 code (``DE-BY``); None: the workspace's.
    works_holidays : bool, default=False
        True: shifts begin on public holidays, too.
    """

    mode: Mode | None = None
    escalates_to: tuple[str, ...] = ()
    country: str | None = None
    works_holidays: bool = False


@dataclass(frozen=True, slots=True)
class RoutingPolicy:
    """Who may be given which tickets, and how many.

    Parameters
    ----------
    skills : Mapping of str to (Mapping of str to int)
        By category: the skills that its tickets need, each with the least level.
    effort : Mapping of str to float
        By priority: how many slots a ticket takes; one where it is not named.
    default_capacity : float or None, default=None
        Of agents whose capacity is unknown; None: no limit.
    seniorities : tuple of str, default=()
        The helpdesk's levels of seniority, least first.
    least_seniority : Mapping of str to str
        By priority: the least seniority for its tickets.
    escalated : tuple of str, default=("urgent",)
        Priorities that go the escalation path when the team has nobody.
    match_language : bool, default=True
        Hold back agents whose languages are known and do not hold the ticket's.
    least_affinity : float or None, default=None
        Agents below are suggested, never assigned. None: from where what was promised is kept, as learnt
        (and nobody, where nothing was). Zero: anybody eligible is better than nobody.
    headroom_weight : float, default=1.0
        How much room counts beside affinity: the score is affinity × (free share of capacity) to this
        power. Zero: only affinity counts until capacity is reached. Measured: ADR 0027.
    fair_share : FairShare or None
        None: no cap.
    teams : Mapping of str to TeamRouting
        Teams not named here follow ``TeamRouting()``.
    queue : QueuePolicy
        In which order an agent's tickets are worked on.

    Examples
    --------
    >>> RoutingPolicy(teams={"Network": TeamRouting(Mode.SUGGEST)}).team("Network").mode.value
    'suggest'
    """

    skills: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    effort: Mapping[str, float] = field(default_factory=dict)
    default_capacity: float | None = None
    seniorities: tuple[str, ...] = ()
    least_seniority: Mapping[str, str] = field(default_factory=dict)
    escalated: tuple[str, ...] = ("urgent",)
    match_language: bool = True
    least_affinity: float | None = None
    headroom_weight: float = 1.0
    fair_share: FairShare | None = FairShare()
    teams: Mapping[str, TeamRouting] = field(default_factory=dict)
    queue: QueuePolicy = field(default_factory=QueuePolicy)

    def team(self, name: str | None) -> TeamRouting:
        """Return what holds in a team."""
        return self.teams.get(name, TeamRouting()) if name is not None else TeamRouting()

    def to_document(self) -> dict[str, Any]:
        """Return the JSON form, the inverse of :func:`triage.routing.policy_document.read_routing`."""
        share = self.fair_share
        return {
            "skills": {category: dict(needed) for category, needed in self.skills.items()},
            "effort": dict(self.effort),
            "default_capacity": self.default_capacity,
            "seniorities": list(self.seniorities),
            "least_seniority": dict(self.least_seniority),
            "escalated": list(self.escalated),
            "match_language": self.match_language,
            "least_affinity": self.least_affinity,
            "headroom_weight": self.headroom_weight,
            "fair_share": None
            if share is None
            else {"factor": share.factor, "days": share.days, "minimum": share.minimum},
            "teams": {
                name: {
                    "mode": None if one.mode is None else one.mode.value,
                    "escalates_to": list(one.escalates_to),
                    "country": one.country,
                    "works_holidays": one.works_holidays,
                }
                for name, one in self.teams.items()
            },
            "queue": self.queue.to_document(),
        }
