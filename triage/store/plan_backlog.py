"""A workspace's open tickets as the backlog with which a plan begins."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from triage.staffing.channel import Channel, OpenWork
from triage.staffing.setup import StaffingSetup
from triage.staffing.volume import VolumeForecast
from triage.store.database import Store
from triage.store.open_ages import open_tickets

__all__ = ["with_open_tickets"]

AGE_STEPS = 40
"""Ages of open tickets are told apart by so many business hours at most: beyond a week all are old."""
LONGEST = timedelta(days=14)


def with_open_tickets(
    store: Store, workspace: str, setup: StaffingSetup, forecast: VolumeForecast, now: datetime
) -> StaffingSetup:
    """Return a setup with the workspace's open tickets, where it names no backlog of its own.

    Parameters
    ----------
    store : Store
    workspace : str
    setup : StaffingSetup
        Open tickets are spread over its deferred channels as their shares are.
    forecast : VolumeForecast
        Tickets of labels without a series count with the others of the plan.
    now : datetime
        Ages are business hours until then, by the calendar of the first team that may do the ticket.
    """
    deferred = [one for one in setup.channels if one.live is None and one.series is None]
    if not deferred or any(one.backlog for one in deferred):
        return setup
    labels = forecast.labels(setup.by)
    groups: dict[tuple[str | None, timedelta], int] = {}
    for one in open_tickets(store, workspace, setup.by):
        label = one.label if one.label in labels else None
        able = setup.teams_for(label, deferred[0].name) if label else ()
        calendar = (able or setup.teams)[0].calendar
        passed = calendar.between(max(one.filed_at, now - LONGEST), now)
        hours = min(AGE_STEPS, round(passed / timedelta(hours=1)))
        key = (label, timedelta(hours=hours))
        groups[key] = groups.get(key, 0) + 1
    total = sum(one.share for one in deferred) or 1.0
    return replace(
        setup,
        channels=tuple(
            one if one not in deferred else replace(one, backlog=_part(groups, one.share / total, one))
            for one in setup.channels
        ),
    )


def _part(
    groups: Mapping[tuple[str | None, timedelta], int], share: float, channel: Channel
) -> tuple[OpenWork, ...]:
    return tuple(
        OpenWork(tickets * share, label, age)
        for (label, age), tickets in sorted(groups.items(), key=lambda one: (one[0][0] or "", one[0][1]))
        if label is None or channel.share_of(label) > 0
    )
