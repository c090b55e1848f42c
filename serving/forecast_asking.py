"""Asking for a forecast: what is left out is as in the workspace's last one, so that nothing ends."""

from serving.schemas.runs import ForecastRunIn
from triage.store import Store
from triage.store.runs import Run, ask_for_run, list_runs

__all__ = ["ask_for_forecast"]


def ask_for_forecast(store: Store, workspace: str, asked: ForecastRunIn, actor: str) -> Run:
    """Ask a worker for a forecast.

    Raises
    ------
    ConflictError
        If one already waits or is made.
    """
    last = list_runs(store, workspace, kind="forecast", limit=1)
    parameters = asked.parameters(last[0].parameters if last else None)
    return ask_for_run(store, workspace, "forecast", parameters, actor)
