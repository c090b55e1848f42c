"""A workspace goes into another zone: what follows at once, what is forecast anew, what keeps its own."""

from dataclasses import dataclass
from datetime import UTC, datetime

from triage.errors import ConflictError
from triage.store import Store
from triage.store.overrides import list_overrides
from triage.store.runs import ask_for_run, list_runs
from triage.store.sla_books import read_book
from triage.store.staffing import read_staffing_setup
from triage.store.workspaces import change_zone

__all__ = ["ZoneChange", "move_workspace"]


@dataclass(frozen=True, slots=True)
class ZoneChange:
    """What putting a workspace into another zone came to.

    Parameters
    ----------
    previous, zone : str
        IANA names: before, and now.
    is_forecast : bool
        Whether a forecast in the new zone was asked for; False where the workspace was never forecast.
    calendars : tuple of str
        Calendars of the SLA book that are in another zone than the new one: due times go by theirs.
    staffing_zone : str or None
        Zone of the staffing setup where it is another one.
    overrides : int
        Planners' figures for days to come: they stand at the midnights of the zone before.
    """

    previous: str
    zone: str
    is_forecast: bool
    calendars: tuple[str, ...]
    staffing_zone: str | None
    overrides: int


def move_workspace(store: Store, workspace: str, zone: str, actor: str) -> ZoneChange:
    """Put a workspace into another zone and ask for its forecast anew, in one transaction.

    Parameters
    ----------
    store : Store
        Where.
    workspace : str
        Which.
    zone : str
        IANA name.
    actor : str
        Who asks for the forecast.

    Raises
    ------
    InputError
        If no such zone is known.
    NotFoundError
        If there is no such workspace.
    ConflictError
        If a forecast is being made, which would be of the zone before.
    """
    with store.writing(workspace):
        before = change_zone(store, workspace, zone)
        last = list_runs(store, workspace, kind="forecast", limit=1)
        is_forecast = bool(last) and before.zone != zone
        if is_forecast:
            try:
                ask_for_run(store, workspace, "forecast", last[0].parameters, actor)
            except ConflictError:
                raise ConflictError(
                    f"Got the zone {zone} while a forecast in {before.zone} is being made; expected none at "
                    f"work. Wait for run {last[0].run_id}, or cancel it first."
                ) from None
        setup = read_staffing_setup(store, workspace)
        theirs = None if setup is None else str(setup.document.get("zone", "UTC"))
        book = read_book(store, workspace).book
        ahead = list_overrides(store, workspace, interval="day", since=datetime.now(UTC))
        return ZoneChange(
            before.zone,
            zone,
            is_forecast,
            tuple(one.name for one in book.calendars.values() if one.zone != zone and one.hours != "24/7"),
            None if theirs == zone else theirs,
            len(ahead) if before.zone != zone else 0,
        )
