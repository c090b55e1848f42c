"""Planners' own figures in the forecast with which a plan is made."""

from collections.abc import Mapping
from datetime import datetime

from triage.staffing.own_figures import with_own_figures
from triage.staffing.setup import StaffingSetup
from triage.staffing.volume import VolumeForecast

__all__ = ["plan_with_own_figures"]


def plan_with_own_figures(
    setup: StaffingSetup, forecast: VolumeForecast, figures: Mapping[tuple[str, datetime], float]
) -> tuple[VolumeForecast, list[str]]:
    """Return a forecast with planners' own figures in it, and what is to be told of them.

    Parameters
    ----------
    setup : StaffingSetup
        Figures of series that its plans do not rest on change nothing, and are told.
    forecast : VolumeForecast
    figures : Mapping of (str, datetime) to float
        Tickets, by series and start; those of other intervals than the forecast's are left out.
    """
    used = set(forecast.labels(setup.by).values())
    names = {name for row, name in enumerate(forecast.names) if row in used}
    names |= {one.series for one in setup.channels if one.series is not None}
    ahead = set(forecast.starts)
    found = {key: value for key, value in figures.items() if key[1] in ahead}
    counted = {key: value for key, value in found.items() if key[0] in names}
    notes = [f"Planners' own figures stand in for the forecast's: {len(counted)}."] if counted else []
    if len(counted) < len(found):
        others = ", ".join(sorted({series for series, _ in found} - names)[:5])
        notes.append(
            f"Planners' own figures that change nothing here: {len(found) - len(counted)}, of {others}; this "
            f"plan rests on series of {setup.by}, and a total does not move its parts."
        )
    return with_own_figures(forecast, counted), notes
