"""Planners' own figures in the forecast with which a plan is made."""

from triage.staffing.own_figures import with_own_figures
from triage.staffing.setup import StaffingSetup
from triage.staffing.volume import VolumeForecast
from triage.store.database import Store
from triage.store.overrides import figures_of, list_overrides

__all__ = ["with_overrides"]


def with_overrides(
    store: Store, workspace: str, setup: StaffingSetup, forecast: VolumeForecast, interval: str
) -> tuple[VolumeForecast, list[str]]:
    """Return a forecast with the workspace's own figures in it, and what is to be told of them.

    Parameters
    ----------
    store : Store
    workspace : str
    setup : StaffingSetup
        Figures of series that its plans do not rest on change nothing, and are told.
    forecast : VolumeForecast
    interval : str
        Of the forecast; figures are of one interval alone.
    """
    used = set(forecast.labels(setup.by).values())
    names = {name for row, name in enumerate(forecast.names) if row in used}
    names |= {one.series for one in setup.channels if one.series is not None}
    ahead = set(forecast.starts)
    own = list_overrides(store, workspace, interval=interval, since=forecast.starts[0])
    found = {key: value for key, value in figures_of(own).items() if key[1] in ahead}
    counted = {key: value for key, value in found.items() if key[0] in names}
    notes = [f"Planners' own figures stand in for the forecast's: {len(counted)}."] if counted else []
    if len(counted) < len(found):
        others = ", ".join(sorted({series for series, _ in found} - names)[:5])
        notes.append(
            f"Planners' own figures that change nothing here: {len(found) - len(counted)}, of {others}; this "
            f"plan rests on series of {setup.by}, and a total does not move its parts."
        )
    return with_own_figures(forecast, counted), notes
