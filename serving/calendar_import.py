"""Absences from a calendar into the store: one agent's, or of everybody who is named in it."""

from datetime import UTC, datetime

from features.absence_calendar import absences_by_agent, calendar_span, read_absences
from triage.absence import Absence
from triage.errors import NotFoundError
from triage.store import Store
from triage.store.agents import list_agents, put_calendar
from triage.store.workspaces import find_workspace

__all__ = ["import_calendar"]


def import_calendar(
    store: Store, workspace: str, content: bytes, agent: str | None = None
) -> tuple[dict[str, list[Absence]], int]:
    """Replace agents' absences from calendars by those of a file; joins this thread's open transaction.

    Parameters
    ----------
    store : Store
        Where to.
    workspace : str
        Whose agents.
    content : bytes
        iCalendar.
    agent : str, optional
        Whose calendar it is; by default each event is of the agents among its attendees.

    Returns
    -------
    tuple of dict and int
        See :func:`features.absence_calendar.absences_by_agent`.

    Raises
    ------
    InputError
        If it is no calendar.
    NotFoundError
        If there is no such agent; the name is not repeated.
    """
    people = {one.agent: one for one in list_agents(store, workspace)}
    if agent is not None and agent not in people:
        raise NotFoundError(
            "Got the calendar of an agent that this workspace does not have; import them first."
        )
    known = find_workspace(store, workspace)
    own_zone = people[agent].zone if agent is not None else None
    zone = own_zone or ("UTC" if known is None else known.zone)
    since, until = calendar_span(datetime.now(UTC))
    found = read_absences(content, zone, since=since, until=until)
    mine, unmatched = absences_by_agent(found, people, agent)
    with store.writing(workspace):
        for name, absences in mine.items():
            put_calendar(store, workspace, name, absences)
    return mine, unmatched
