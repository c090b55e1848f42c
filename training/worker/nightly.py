"""A new forecast for every workspace once a night, asked for by whichever worker looks first."""

import logging
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from triage.errors import ConflictError
from triage.store import Store
from triage.store.runs import ask_for_run, list_runs
from triage.store.workspaces import list_workspaces

__all__ = ["ask_for_nightly_forecasts"]

AT = timedelta(minutes=20)
"""After local midnight: late tickets of the day before have arrived."""
ACTOR = "worker"

log = logging.getLogger(__name__)


def ask_for_nightly_forecasts(store: Store, *, now: datetime) -> int:
    """Ask for a forecast where the last one was asked for before last night; return how many were asked for.

    Only workspaces that were forecast before are forecast again, as they were: with the same horizon and
    fields. A run that another worker asked for meanwhile, or that is at work, is enough.
    """
    asked = 0
    for place in list_workspaces(store):
        local = now.astimezone(ZoneInfo(place.zone)) - AT
        night = local.replace(hour=0, minute=0, second=0, microsecond=0) + AT
        runs = list_runs(store, place.workspace, kind="forecast", limit=1)
        if not runs or runs[0].created_at >= night:
            continue
        try:
            ask_for_run(store, place.workspace, "forecast", runs[0].parameters, ACTOR)
        except ConflictError:
            continue
        asked += 1
    if asked:
        log.info("asked for %s nightly forecasts", asked)
    return asked
