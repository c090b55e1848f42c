"""Absences from a calendar or a table into the store: one agent's, or of everybody who is named in it."""

from datetime import UTC, datetime

from features.absence_calendar import LEAST_HOURS, AgentAbsences
from features.absence_file import AbsenceFile, FileForm, read_absence_file
from triage.errors import NotFoundError
from triage.store import Store
from triage.store.agents import list_agents
from triage.store.calendars import add_absences, put_calendars
from triage.store.users import list_users
from triage.store.workspaces import find_workspace

__all__ = ["import_absences"]


def import_absences(
    store: Store,
    workspace: str,
    content: bytes,
    form: FileForm,
    agent: str | None = None,
    *,
    least_hours: float = LEAST_HOURS,
) -> AgentAbsences:
    """Store the absences of a file; joins this thread's open transaction.

    Those of a calendar replace what an earlier calendar said of the same agents and events, those of a table
    are added.

    Parameters
    ----------
    store : Store
        Where to.
    workspace : str
        Whose agents.
    content : bytes
        iCalendar or CSV.
    form : {"calendar", "csv"}
        Which of the two.
    agent : str, optional
        Whose absences they are; by default of the agents who are named.
    least_hours : float, default=4
        See :func:`features.absence_calendar.read_absences`.

    Raises
    ------
    InputError
        If it is no such file, or nothing in it can be used.
    NotFoundError
        If there is no such agent; the name is not repeated.
    """
    people = list_agents(store, workspace)
    if agent is not None and agent not in {one.agent for one in people}:
        raise NotFoundError(
            "Got the absences of an agent that this workspace does not have; import them first."
        )
    known = find_workspace(store, workspace)
    how = AbsenceFile(form, "UTC" if known is None else known.zone, None, agent, least_hours)
    aliases = {one.name: one.agent for one in list_users(store, workspace) if one.agent is not None}
    found = read_absence_file(content, how, people, aliases=aliases, now=datetime.now(UTC))
    if form == "csv":
        add_absences(store, workspace, found.by_agent)
    else:
        put_calendars(store, workspace, found.by_agent, found.uids if agent is None else ())
    return found
