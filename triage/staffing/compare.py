"""Two plans side by side: what stood, what would be, and the difference; by team and in all."""

from collections.abc import Sequence
from dataclasses import dataclass

from triage.staffing.plan import TeamTotals
from triage.staffing.setup import Percentile

__all__ = ["ALL_TEAMS", "Compared", "Side", "compare"]

ALL_TEAMS = ""
"""Stands for all teams together."""


@dataclass(frozen=True, slots=True)
class Side:
    """One plan of one team.

    Parameters
    ----------
    paid_hours : float
        Required at the plan's percentile.
    peak : float or None
        Most people paid in an interval; None of all teams, whose peaks need not come together.
    cost : float
    on_time : float or None
        Share of deferred work done by its deadline; None without any, and of all teams.
    service_level : float or None
        Share of live contacts answered in time; None likewise.
    """

    paid_hours: float
    peak: float | None
    cost: float
    on_time: float | None
    service_level: float | None


@dataclass(frozen=True, slots=True)
class Compared:
    """A team in both plans; None where one of them does not have it."""

    team: str
    before: Side | None
    after: Side | None

    @property
    def hours(self) -> float:
        """Hours more (or, below 0, less) that are required."""
        return self._of("paid_hours")

    @property
    def cost(self) -> float:
        """What it costs more."""
        return self._of("cost")

    def _of(self, name: str) -> float:
        sides = (self.before, self.after)
        before, after = (0.0 if side is None else float(getattr(side, name)) for side in sides)
        return after - before


def compare(
    before: Sequence[TeamTotals],
    after: Sequence[TeamTotals],
    *,
    percentile_before: Percentile,
    percentile_after: Percentile,
) -> list[Compared]:
    """Set two plans side by side.

    Parameters
    ----------
    before, after : sequence of TeamTotals
    percentile_before, percentile_after : Percentile
        What each was made for.

    Returns
    -------
    list of Compared
        All teams together first, then by team.
    """
    earlier = {one.team: _side(one, percentile_before) for one in before}
    later = {one.team: _side(one, percentile_after) for one in after}
    teams = list(dict.fromkeys([*earlier, *later]))
    total = Compared(ALL_TEAMS, _together(list(earlier.values())), _together(list(later.values())))
    return [total, *(Compared(team, earlier.get(team), later.get(team)) for team in teams)]


def _side(one: TeamTotals, percentile: Percentile) -> Side:
    return Side(one.paid_hours.at(percentile), one.peak, one.cost, one.on_time, one.service_level)


def _together(sides: list[Side]) -> Side:
    return Side(sum(one.paid_hours for one in sides), None, sum(one.cost for one in sides), None, None)
