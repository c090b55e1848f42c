"""A staffing plan for people who look: figures, chart, a week at a glance, the backlog day by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from serving.console import wording
from serving.console.volume_view import Figure
from serving.staffing_desk import Made
from triage.sla.calendar import BusinessCalendar
from triage.staffing.capacity import CapacityDay
from triage.staffing.compare import Compared
from triage.staffing.plan import PlanRow, TeamTotals
from triage.zone import find_zone

__all__ = ["Cell", "DayRow", "StaffingView", "view_staffing"]

SHORT, OVER = 0.05, 0.15
"""Shares of the requirement: less than 5 % short is as good as met, more than 15 % over is room to spare."""


@dataclass(frozen=True, slots=True)
class Cell:
    """People in one interval: what is shown, how it is coloured, and what it says when pointed at."""

    text: str
    kind: str
    hint: str


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day: its cells by hour, how it ends, and the chance that its work takes more than is scheduled."""

    title: str
    cells: tuple[Cell, ...]
    backlog: str
    oldest: str
    breach: str
    is_risky: bool
    short: str
    is_short: bool


@dataclass(frozen=True, slots=True)
class StaffingView:
    """One team's plan.

    Parameters
    ----------
    made : Made
    team : str
    teams : tuple of str
    zone : ZoneInfo
        In which days are told.
    rows : tuple of PlanRow
        Of the team.
    totals : TeamTotals
    hours : tuple of str
        Headings of the cells; empty for a plan by day.
    days : tuple of DayRow
    """

    made: Made
    team: str
    teams: tuple[str, ...]
    zone: ZoneInfo
    rows: tuple[PlanRow, ...]
    totals: TeamTotals
    hours: tuple[str, ...]
    days: tuple[DayRow, ...]

    @property
    def percentile(self) -> str:
        """What the plan is made for."""
        return self.made.study.plan.percentile.value

    @property
    def has_schedule(self) -> bool:
        """Whether the requirement is held against a schedule."""
        return self.totals.scheduled_hours is not None

    @property
    def compared(self) -> tuple[Compared, ...]:
        """The plan beside the baseline: all teams, then this one; empty without one."""
        found = self.made.study.compared or ()
        return tuple(one for one in found if one.team in ("", self.team))

    @property
    def notes(self) -> list[str]:
        """What somebody who relies on the plan should know."""
        return [*self.made.study.plan.notes, *self.made.notes]

    @property
    def figures(self) -> list[Figure]:
        """The figures above the chart."""
        total, plan = self.totals, self.made.study.plan
        hours = total.paid_hours
        found = [
            Figure(
                "Hours to be paid",
                wording.count(hours.at(plan.percentile)),
                f"{wording.count(hours.p50)} at P50, {wording.count(hours.p95)} at P95",
            ),
            Figure("At most at once", f"{total.peak:.1f}", f"people paid, at {self.percentile}"),
        ]
        if total.scheduled_hours is not None:
            short, over = wording.count(total.hours_under or 0.0), wording.count(total.hours_over or 0.0)
            hint = f"hours; {over} too many, of {wording.count(total.scheduled_hours)} scheduled"
            found.append(Figure("Short", short, hint))
        if total.on_time is not None:
            found.append(Figure("Done in time", wording.percent(total.on_time), "of tickets, expected"))
        if total.service_level is not None:
            found.append(Figure("Answered in time", wording.percent(total.service_level), "of live contacts"))
        if total.cost:
            found.append(Figure("Cost", wording.count(total.cost), f"of {self.team}"))
        return found

    @property
    def chart(self) -> dict[str, Any]:
        """What the chart draws: columns of equal length, seconds since 1970 and people."""
        return {
            "zone": self.zone.key,
            "interval": self.made.snapshot.interval,
            "start": [row.start.timestamp() for row in self.rows],
            "p50": [round(row.required_paid.p50, 2) for row in self.rows],
            "p80": [round(row.required_paid.p80, 2) for row in self.rows],
            "p95": [round(row.required_paid.p95, 2) for row in self.rows],
            "scheduled": [None if row.scheduled is None else round(row.scheduled, 2) for row in self.rows],
            "backlog": [round(row.backlog) for row in self.rows],
        }


def view_staffing(made: Made, team: str) -> StaffingView:
    """Show one team of a plan; the first where it is not in the plan."""
    plan = made.study.plan
    teams = tuple(one.team for one in plan.totals)
    chosen = team if team in teams else teams[0]
    rows = plan.of_team(chosen)
    zone = find_zone(made.setup.zone)
    by_day: dict[date, list[PlanRow]] = {}
    for row in rows:
        by_day.setdefault(row.start.astimezone(zone).date(), []).append(row)
    calendar = next(one.calendar for one in made.setup.teams if one.name == chosen)
    clocks = _clocks(rows, zone, calendar) if made.snapshot.interval != "day" else ()
    held = {one.start.astimezone(zone).date(): one for one in plan.days if one.team == chosen}
    days = tuple(_day(day, inside, clocks, zone, made, held.get(day)) for day, inside in by_day.items())
    total = next(one for one in plan.totals if one.team == chosen)
    return StaffingView(made, chosen, teams, zone, rows, total, clocks, days)


def _clocks(rows: Sequence[PlanRow], zone: ZoneInfo, calendar: BusinessCalendar) -> tuple[str, ...]:
    """Return the times of the day at which the team is open on any day of a week.

    Those of the plan's open intervals alone would have a hole where a plan that begins after nine today ends
    at nine on the last day.
    """
    found: dict[str, bool] = {}
    for row in rows:
        clock = f"{row.start.astimezone(zone):%H:%M}"
        found[clock] = found.get(clock) or row.open_hours > 0 or _is_open(row, calendar)
    return tuple(sorted(clock for clock, is_open in found.items() if is_open))


def _is_open(row: PlanRow, calendar: BusinessCalendar) -> bool:
    """Tell whether a team works at the time of an interval on any of the seven days from its own on."""
    days = (timedelta(days=ahead) for ahead in range(7))
    return any(any(calendar.open_spans(row.start + day, row.end + day)) for day in days)


def _day(
    day: date,
    rows: Sequence[PlanRow],
    clocks: Sequence[str],
    zone: ZoneInfo,
    made: Made,
    held: CapacityDay | None,
) -> DayRow:
    if clocks:
        found = {f"{row.start.astimezone(zone):%H:%M}": row for row in rows}
        cells = tuple(_cell(found.get(clock), made) for clock in clocks)
    else:
        cells = tuple(_cell(row, made) for row in rows)
    last = rows[-1]
    breach = max(row.breach_probability for row in rows)
    return DayRow(
        f"{day:%a} {day.day} {day:%b}",
        cells,
        wording.count(last.backlog),
        f"{last.oldest_age_hours:.0f} h" if last.backlog >= 0.5 else "–",
        wording.percent(breach),
        breach > 0.5,
        "–" if held is None else wording.percent(held.probability),
        held is not None and held.probability >= 0.5,
    )


def _cell(row: PlanRow | None, made: Made) -> Cell:
    if row is None:
        return Cell("", "closed", "not in this plan")
    if row.open_hours <= 0:
        return Cell("", "closed", "closed")
    need = row.required_paid.at(made.study.plan.percentile)
    hint = f"{need:.1f} required, {row.volume.p50:.0f} tickets, {row.workload_hours.p50:.1f} hours of work"
    if row.scheduled is None or row.net is None:
        return Cell(_people(need), "need", hint)
    hint = f"{row.scheduled:.1f} scheduled, {hint}"
    if row.shortage_probability is not None:
        hint += f"; {wording.percent(row.shortage_probability)} chance of too few"
    share = row.net / need if need > 0 else (1.0 if row.net > 0 else 0.0)
    if share < -0.25:
        kind = "short-3"
    elif share < -SHORT:
        kind = "short-1"
    elif share > OVER:
        kind = "spare"
    else:
        kind = "met"
    sign = "+" if row.net >= 0.05 else "−" if row.net <= -0.05 else "±"
    return Cell(f"{sign}{_people(abs(row.net))}", kind, hint)


def _people(number: float) -> str:
    return f"{number:.1f}" if number < 10 else f"{number:.0f}"
