"""A calendar file goes into the store: the absences of one agent, or of everybody who is named in it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from features.absence_calendar import absences_by_agent, calendar_span, read_absences
from triage.errors import HistoryError, NotFoundError
from triage.store import Store
from triage.store.agents import list_agents, put_calendar
from triage.store.workspaces import find_workspace

__all__ = ["AbsencesResult", "import_absences"]


@dataclass(frozen=True, slots=True)
class AbsencesResult:
    """What an import of absences came to.

    Parameters
    ----------
    workspace : str
        Into which workspace.
    agents : dict of str to int
        Absences stored, by agent.
    unmatched : int
        Absences of people who are no agents.
    """

    workspace: str
    agents: dict[str, int]
    unmatched: int


def import_absences(
    store: Store,
    path: Path,
    *,
    workspace: str = "default",
    agent: str | None = None,
    zone: str | None = None,
    now: datetime | None = None,
) -> AbsencesResult:
    """Replace agents' absences from calendars by those of a file.

    Parameters
    ----------
    store : Store
        Where to.
    path : Path
        iCalendar.
    workspace : str, default="default"
        Whose agents.
    agent : str or None, default=None
        Whose calendar it is; None: each event is of the agents among its attendees, known by name or address.
    zone : str or None, default=None
        Zone of times that carry none; None: the agent's, else the workspace's.
    now : datetime or None, default=None
        The moment, with a zone; None is now.

    Raises
    ------
    HistoryError
        If the file cannot be read.
    InputError
        If it is no calendar.
    NotFoundError
        If there is no such workspace or agent.
    """
    moment = now or datetime.now(UTC)
    known = find_workspace(store, workspace)
    if known is None:
        raise NotFoundError(f"Got the workspace {workspace!r}, which does not exist; import agents first.")
    people = {one.agent: one for one in list_agents(store, workspace)}
    if agent is not None and agent not in people:
        raise NotFoundError(f"Got the agent {agent!r}, who does not exist; import the agents first.")
    own_zone = people[agent].zone if agent is not None else None
    since, until = calendar_span(moment)
    found = read_absences(_read(path), zone or own_zone or known.zone, since=since, until=until)
    mine, unmatched = absences_by_agent(found, people, agent)
    with store.writing(workspace):
        for name, absences in mine.items():
            put_calendar(store, workspace, name, absences)
    return AbsencesResult(workspace, {name: len(absences) for name, absences in mine.items()}, unmatched)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise HistoryError(
            f"Got {path}, which cannot be read ({type(error).__name__}); expected an iCalendar file (.ics)."
        ) from error
