"""Capacity spikes as alerts: days on which a team will probably have too few people, within the budget.

Days of one team that lie side by side are one alert. It is known again by its team and its days, so that a
shortage of weeks is told of once and grows, rather than being told of anew every morning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from triage.spikes.alert import Alert, AlertKind, PlannerSettings, alert_id
from triage.staffing.capacity import CapacityDay

__all__ = ["capacity_alerts"]

NEAR = timedelta(hours=72)
"""Short days with no more than a long weekend between them are one shortage."""
SHOWN = 14


def capacity_alerts(
    workspace: str,
    days: Sequence[CapacityDay],
    settings: PlannerSettings,
    *,
    now: datetime,
    known: Sequence[Alert] = (),
    told: int = 0,
    away: Mapping[tuple[str, datetime], Sequence[str]] | None = None,
) -> list[Alert]:
    """Return alerts for the shortages ahead: those that are known, then new ones, likeliest first.

    Parameters
    ----------
    workspace : str
    days : sequence of CapacityDay
        What is over is left out.
    settings : PlannerSettings
    now : datetime
    known : sequence of Alert
        Capacity alerts that were raised before and are not over.
    told : int
        Alerts of this kind raised in the last thirty days: they count against the budget.
    away : Mapping of (str, datetime) to sequence of str, optional
        Who is absent, by team and start of the day.
    """
    likely = [one for one in days if one.end > now and one.probability >= settings.least_probability]
    room = max(0, settings.capacity_per_month - told)
    again: list[Alert] = []
    new: list[Alert] = []
    for group in _groups(likely):
        series = f"team={group[0].team}"
        same = next((one for one in known if one.series == series and _touch(one, group)), None)
        (new if same is None else again).append(_alert(workspace, group, settings, now, same, away or {}))
    new.sort(key=lambda one: (-(one.probability or 0.0), one.begins_at, one.series))
    return again + new[:room]


def _groups(days: Sequence[CapacityDay]) -> list[list[CapacityDay]]:
    found: list[list[CapacityDay]] = []
    for one in sorted(days, key=lambda day: (day.team, day.start)):
        last = found[-1][-1] if found else None
        if last is not None and last.team == one.team and one.start - last.end <= NEAR:
            found[-1].append(one)
        else:
            found.append([one])
    return found


def _touch(alert: Alert, group: list[CapacityDay]) -> bool:
    return alert.begins_at <= group[-1].end + NEAR and group[0].start - NEAR <= alert.ends_at


def _alert(
    workspace: str,
    group: list[CapacityDay],
    settings: PlannerSettings,
    now: datetime,
    same: Alert | None,
    away: Mapping[tuple[str, datetime], Sequence[str]],
) -> Alert:
    worst = max(group, key=lambda one: (one.probability, one.needed.p80 - one.scheduled_hours))
    series = f"team={worst.team}"
    begins = group[0].start if same is None else min(same.begins_at, group[0].start)
    absent = away.get((worst.team, worst.start), ())
    return Alert(
        alert_id(workspace, AlertKind.CAPACITY, series, begins) if same is None else same.alert_id,
        AlertKind.CAPACITY,
        series,
        begins,
        group[-1].end,
        None,
        worst.needed.p50,
        worst.scheduled_hours,
        worst.probability,
        max(1.0, worst.probability / max(settings.least_probability, 0.01)),
        {
            "lead_days": max(0, (worst.start - now).days + 1),
            "day": worst.start.isoformat(),
            "needed_p80": round(worst.needed.p80, 2),
            "due_hours": round(worst.due_hours, 2),
            "people_short": round(worst.people_short, 2),
            "worst_at": worst.worst.isoformat(),
            "away": len(absent),
            "days": [_day(one) for one in group[:SHOWN]],
        },
    )


def _day(one: CapacityDay) -> dict[str, Any]:
    return {
        "start": one.start.isoformat(),
        "probability": round(one.probability, 4),
        "needed": round(one.needed.p50, 2),
        "scheduled": round(one.scheduled_hours, 2),
    }
