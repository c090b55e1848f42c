"""A look at the people of all workspaces every hour: days ahead whose work takes more than is scheduled."""

import logging
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from features.staffing.capacity import capacity_days
from features.staffing.schedule import agents_shifts
from features.staffing.study import people_of_shifts
from training.worker.alert_message import put_alerts
from triage.agent import Agent
from triage.errors import NotFoundError, TriageError
from triage.spikes.alert import AlertKind
from triage.spikes.capacity import capacity_alerts
from triage.staffing.capacity import CapacityDay
from triage.staffing.document import read_setup
from triage.staffing.setup import StaffingSetup
from triage.store import Store
from triage.store.agents import list_agents
from triage.store.plan_backlog import with_open_tickets
from triage.store.published_volume import volume_of
from triage.store.snapshots import latest_snapshot
from triage.store.staffing import read_staffing_setup
from triage.store.volume_alerts import count_alerts, list_alerts, read_settings
from triage.store.workspaces import list_workspaces

__all__ = ["EVERY", "look_at_capacity"]

EVERY = timedelta(hours=1)
MONTH = timedelta(days=30)
FRESH = timedelta(days=3)
"""A forecast that is older says nothing of the days ahead."""

log = logging.getLogger(__name__)


def look_at_capacity(store: Store, *, now: datetime) -> int:
    """Raise the shortages ahead of every workspace that said how it is staffed; return how many are new.

    The schedule is the shifts of the workspace's agents, absences taken out; teams of whom nobody's shift is
    known are left out. Doing it twice raises each alert once.
    """
    raised = 0
    for place in list_workspaces(store):
        stored = read_staffing_setup(store, place.workspace)
        settings = read_settings(store, place.workspace)
        if stored is None or settings.capacity_per_month == 0:
            continue
        try:
            setup = read_setup(stored.document)
            agents = list_agents(store, place.workspace)
            days = _days(store, place.workspace, setup, agents, now)
        except TriageError as error:
            # A setup that a new forecast no longer carries; the page "Staffing" says the same to people.
            log.warning("the staffing of workspace %s could not be looked at: %s", place.workspace, error)
            continue
        known = list_alerts(store, place.workspace, kind=AlertKind.CAPACITY, since=now, limit=500)
        alerts = capacity_alerts(
            place.workspace,
            days,
            settings,
            now=now,
            known=[one.alert for one in known],
            told=count_alerts(store, place.workspace, AlertKind.CAPACITY, now - MONTH),
            away=_away(days, agents),
        )
        raised += put_alerts(store, place.workspace, alerts, now=now)
    if raised:
        log.info("raised %s shortages of people", raised)
    return raised


def _days(
    store: Store, workspace: str, setup: StaffingSetup, agents: Sequence[Agent], now: datetime
) -> list[CapacityDay]:
    """Return the days ahead: by the hour as far as that forecast reaches, later ones by the day.

    The last day by the hour is left to the forecast by day, since what is due after it is not in sight; but
    not today, of which the forecast by day knows only the whole.
    """
    zones = {one.name: ZoneInfo(one.calendar.zone) for one in setup.teams}

    def local(moment: datetime, team: str) -> date:
        return moment.astimezone(zones[team]).date()

    by_hour = _held(store, workspace, setup, agents, now, "hour")
    last = max((one.end for one in by_hour), default=now)
    near = [
        one
        for one in by_hour
        if local(one.start, one.team) == local(now, one.team) or one.end < last - timedelta(hours=12)
    ]
    taken = {(one.team, local(one.start, one.team)) for one in near}
    later = [
        one
        for one in _held(store, workspace, setup, agents, now, "day")
        if one.start > now and (one.team, local(one.start, one.team)) not in taken
    ]
    return near + later


def _held(
    store: Store, workspace: str, setup: StaffingSetup, agents: Sequence[Agent], now: datetime, interval: str
) -> list[CapacityDay]:
    """Hold the newest forecast at an interval against the agents' shifts."""
    snapshot = latest_snapshot(store, workspace, interval)
    if snapshot is None or now - snapshot.created_at > FRESH:
        return []
    try:
        forecast = volume_of(snapshot, now)
    except NotFoundError:  # all of it is over
        return []
    shifts, _ = agents_shifts(setup, forecast, agents)
    names = {one.name for one in setup.teams}
    known = {
        next((name for name in one.all_teams if name in names), None)
        for one in agents
        if one.active and one.shift is not None
    }
    people = people_of_shifts(setup, forecast, shifts)
    asked = with_open_tickets(store, workspace, setup, forecast, now)
    return capacity_days(asked, forecast, {name: had for name, had in people.items() if name in known})


def _away(
    days: Sequence[CapacityDay], agents: Sequence[Agent]
) -> Mapping[tuple[str, datetime], Sequence[str]]:
    """Return who is absent at the worst time of each day."""
    return {
        (day.team, day.start): [
            one.agent
            for one in agents
            if one.active and one.shift and one.is_in(day.team) and one.is_absent(day.worst)
        ]
        for day in days
    }
