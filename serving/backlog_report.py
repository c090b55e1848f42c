"""What is open in a workspace, how old it is, and day by day what the plan at hand makes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from serving.staffing_desk import Asked, StaffingDesk
from triage.errors import InputError, NotFoundError
from triage.store import Store
from triage.store.open_ages import OpenTicket, open_tickets
from triage.zone import find_zone

__all__ = ["EDGES", "ProjectedDay", "backlog_document"]

EDGES = (0.0, 8.0, 24.0, 72.0, 168.0, 336.0)
"""Classes of age, in hours of the clock: up to 8 hours, a day, three, a week, two, and older."""


@dataclass(frozen=True, slots=True)
class ProjectedDay:
    """One team at the end of one day."""

    team: str
    day: str
    backlog: float
    oldest_age_hours: float
    breach_probability: float


def backlog_document(
    store: Store,
    desk: StaffingDesk,
    workspace: str,
    *,
    interval: str,
    schedule: str,
    now: datetime | None = None,
) -> dict[str, Any]:
    """Return the report as plain JSON values.

    Parameters
    ----------
    store : Store
    desk : StaffingDesk
        Makes the plan.
    workspace : str
    interval : str
        Of the forecast that is planned from.
    schedule : str
        ``agents``: under their shifts and absences; ``none``: under the people that the plan requires.
    now : datetime, optional
        By default now.
    """
    at = now or datetime.now(UTC)
    found = open_tickets(store, workspace, "category")
    ages = sorted((max(0.0, (at - one.filed_at) / timedelta(hours=1)) for one in found), reverse=True)
    projection: list[ProjectedDay] = []
    notes: list[str] = []
    try:
        made = desk.plan(workspace, Asked(interval, schedule))
        document = made.document()
        projection = _by_day(document["rows"], made.setup.zone)
        notes = document["notes"]
    except (NotFoundError, InputError) as error:
        notes = [f"No projection: {error}"]
    return {
        "at": at.isoformat(),
        "open": len(found),
        "oldest_hours": round(ages[0], 1) if ages else 0.0,
        "ages": _classes(ages),
        "teams": _teams(found, at),
        "projection": [{name: getattr(one, name) for name in ProjectedDay.__slots__} for one in projection],
        "notes": notes,
    }


def _classes(ages: Sequence[float]) -> list[dict[str, Any]]:
    bounds: list[tuple[float, float | None]] = list(zip(EDGES, (*EDGES[1:], None), strict=True))
    return [
        {
            "from_hours": low,
            "to_hours": high,
            "tickets": sum(low <= age and (high is None or age < high) for age in ages),
        }
        for low, high in bounds
    ]


def _teams(found: Sequence[OpenTicket], at: datetime) -> list[dict[str, Any]]:
    by_team: dict[str | None, list[float]] = {}
    for one in found:
        by_team.setdefault(one.team, []).append(max(0.0, (at - one.filed_at) / timedelta(hours=1)))
    return [
        {
            "team": team,
            "tickets": len(hours),
            "median_age_hours": round(median(hours), 1),
            "oldest_hours": round(max(hours), 1),
        }
        for team, hours in sorted(by_team.items(), key=lambda item: (-len(item[1]), item[0] or ""))
    ]


def _by_day(rows: Sequence[Mapping[str, Any]], zone: str) -> list[ProjectedDay]:
    """Gather a plan's rows by local day: what is open at its end, and whether anything is late on it.

    Breaches of one day's intervals come together, so the day's probability is that of its worst interval.
    """
    clock = find_zone(zone)
    days: dict[tuple[str, str], ProjectedDay] = {}
    for row in rows:
        day = datetime.fromisoformat(row["start"]).astimezone(clock).date().isoformat()
        before = days.get((row["team"], day))
        worst = 0.0 if before is None else before.breach_probability
        days[row["team"], day] = ProjectedDay(
            row["team"], day, row["backlog"], row["oldest_age_hours"], max(worst, row["breach_probability"])
        )
    return list(days.values())
