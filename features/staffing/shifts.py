"""Shifts proposed from a requirement: the cheapest set of weeks that covers it (HiGHS, through scipy).

Each person works one kind of shift (a start and a length) on so many days of a week, one after the other; an
integer program says how many people have which. Where the requirement cannot be met, what lacks is dear.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from features.staffing.opening import overlap_hours
from triage.errors import InputError
from triage.sla.calendar import BusinessCalendar
from triage.staffing.setup import ShiftRules
from triage.zone import find_zone

__all__ = ["Shift", "propose_shifts", "scheduled_people"]

Array = NDArray[np.float64]

_LACKING = 20.0
"""An hour that lacks counts as so many paid ones."""
_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Shift:
    """People of one team who work at the same time.

    Parameters
    ----------
    team : str
    start, end : datetime
        With a zone.
    agents : int, default=1
        How many.
    agent : str or None, default=None
        Who, if it is one and known.
    """

    team: str
    start: datetime
    end: datetime
    agents: int = 1
    agent: str | None = None

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None or self.end <= self.start:
            raise InputError(
                f"Got a shift of {self.team!r} from {self.start.isoformat()} to {self.end.isoformat()}; "
                "expected times with a zone, the end after the start."
            )
        if not 1 <= self.agents <= 1_000_000:
            raise InputError(f"Got agents={self.agents!r} in a shift of {self.team!r}; expected 1 or more.")


def scheduled_people(
    shifts: list[Shift],
    team: str,
    open_hours: Array,
    starts: tuple[datetime, ...],
    ends: tuple[datetime, ...],
    calendar: BusinessCalendar,
) -> Array:
    """Return how many people shifts put into each interval, on the mean of its open hours.

    Hours outside the open ones do not help; in closed intervals nobody counts.
    """
    found = np.zeros(len(starts))
    spans = [one for one in shifts if one.team == team and one.start < ends[-1] and one.end > starts[0]]
    kept: dict[tuple[datetime, datetime], int] = {}
    for one in spans:
        kept[one.start, one.end] = kept.get((one.start, one.end), 0) + one.agents
    for (start, end), agents in kept.items():
        inside = list(calendar.open_spans(max(start, starts[0]), min(end, ends[-1])))
        found += agents * overlap_hours(inside, starts, ends)
    return np.asarray(np.where(open_hours > 1e-9, found / np.where(open_hours > 1e-9, open_hours, 1.0), 0.0))


def propose_shifts(
    rules: ShiftRules,
    team: str,
    required: Array,
    open_hours: Array,
    starts: tuple[datetime, ...],
    ends: tuple[datetime, ...],
    calendar: BusinessCalendar,
    *,
    most: int | None = None,
) -> list[Shift]:
    """Propose the shifts of one team.

    Parameters
    ----------
    rules : ShiftRules
    team : str
    required : array, shape (n,)
        People to be paid in each interval.
    open_hours : array, shape (n,)
    starts, ends : tuple of datetime
    calendar : BusinessCalendar
        With its holidays; shifts start in its zone, on days on which it is open.
    most : int, optional
        People that there are.

    Returns
    -------
    list of Shift
        By start. A person works the same shift all week; weeks are planned one after the other.
    """
    zone = find_zone(calendar.zone)
    days = sorted({one.astimezone(zone).date() for one in starts})
    found: list[Shift] = []
    for first in range(0, len(days), 7):
        week = days[first : first + 7]
        inside = np.array([week[0] <= one.astimezone(zone).date() <= week[-1] for one in starts])
        if (required * open_hours * inside).sum() > 0:
            found += _week(
                rules, team, required * inside, open_hours * inside, starts, ends, calendar, week, most
            )
    return sorted(found, key=lambda one: (one.start, one.end))


def _week(
    rules: ShiftRules,
    team: str,
    required: Array,
    open_hours: Array,
    starts: tuple[datetime, ...],
    ends: tuple[datetime, ...],
    calendar: BusinessCalendar,
    week: list[date],
    most: int | None,
) -> list[Shift]:
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array, eye_array, hstack

    places = np.flatnonzero(open_hours > 1e-9)
    need = (required * open_hours)[places]
    cover: dict[tuple[date, int, float], Array] = {}
    for day in week:
        for minute in rules.starts:
            for length in rules.hours:
                span = _span(day, minute, length, calendar.zone)
                inside = list(calendar.open_spans(*span))
                hours = overlap_hours(inside, starts, ends)[places]
                if hours.any():
                    cover[day, minute, length] = hours
    tours = _tours(rules, week, cover)
    if not tours:
        return []
    columns = np.stack([sum(cover[key] for key in tour if key in cover) for tour in tours], axis=1)
    lengths = np.array([sum(key[2] for key in tour if key in cover) for tour in tours])
    n, m = len(tours), len(places)
    goal = np.concatenate([lengths, np.full(m, _LACKING)])
    constraints = [LinearConstraint(hstack([csr_array(columns), eye_array(m)]), lb=need)]
    if most is not None:
        people = np.concatenate([np.ones(n), np.zeros(m)])
        constraints.append(LinearConstraint(people[None, :], ub=most))
    result = milp(
        goal,
        constraints=constraints,
        integrality=np.concatenate([np.ones(n), np.zeros(m)]),
        bounds=Bounds(0, np.inf),
        options={"time_limit": _SECONDS, "mip_rel_gap": 0.01},
    )
    if result.x is None:
        raise InputError(
            f"Got a requirement of {team!r} for which no shifts were found in {_SECONDS:.0f} s; expected "
            "fewer "
            "kinds of shifts; write fewer starts or lengths under 'shifts'."
        )
    found: dict[tuple[date, int, float], int] = {}
    for tour, count in zip(tours, np.rint(result.x[:n]).astype(int), strict=True):
        for key in tour:
            if key in cover and count:
                found[key] = found.get(key, 0) + int(count)
    return [Shift(team, *_span(*key, calendar.zone), agents=count) for key, count in found.items()]


def _tours(
    rules: ShiftRules, week: list[date], cover: dict[tuple[date, int, float], Array]
) -> list[tuple[tuple[date, int, float], ...]]:
    """Return the weeks of work that a person may have: the same shift on days one after the other.

    Days wrap round the week, as they do for who works the same pattern week after week; a week that is cut
    short by the forecast's end, or by closed days, has fewer.
    """
    found: dict[tuple[tuple[date, int, float], ...], None] = {}
    open_days = [day for day in week if any(key[0] == day for key in cover)]
    many = min(rules.days, len(open_days))
    for first in range(len(open_days) if many < len(open_days) else 1):
        days = [open_days[(first + i) % len(open_days)] for i in range(many)]
        for minute in rules.starts:
            for length in rules.hours:
                tour = tuple((day, minute, length) for day in sorted(days))
                if any(key in cover for key in tour):
                    found[tour] = None
    return list(found)


def _span(day: date, minute: int, length: float, zone: str) -> tuple[datetime, datetime]:
    local = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)
    start = local.replace(tzinfo=find_zone(zone)).astimezone(UTC)
    return start, start + timedelta(hours=length)
