"""A file of absences goes into the store: those of one agent, or of everybody who is named in it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from features.absence_calendar import LEAST_HOURS, AgentAbsences
from features.absence_file import AbsenceFile, form_of, read_absence_file
from triage.errors import HistoryError, NotFoundError
from triage.store import Store
from triage.store.agents import list_agents
from triage.store.calendars import add_absences, put_calendars
from triage.store.users import list_users
from triage.store.workspaces import find_workspace

__all__ = ["AbsencesResult", "import_absences"]

MOST_LEFT_OUT = 200


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
        Absences of people who are no agents, or not one in particular.
    reasons : dict of str to int
        Events or rows that do not count, by reason.
    left_out : list of dict
        Those, with ``line``, ``uid``, ``reason``, ``detail``; at most 200.
    said : list of str
        The same for people.
    """

    workspace: str
    agents: dict[str, int]
    unmatched: int
    reasons: dict[str, int]
    left_out: list[dict[str, str | int]]
    said: list[str] = field(repr=False)

    @classmethod
    def of(cls, workspace: str, found: AgentAbsences) -> "AbsencesResult":
        """Sum up."""
        return cls(
            workspace,
            {name: len(absences) for name, absences in found.by_agent.items()},
            found.unmatched,
            found.reasons,
            [
                {"line": one.line, "uid": one.uid, "reason": one.reason, "detail": one.detail}
                for one in found.left_out[:MOST_LEFT_OUT]
            ],
            found.said(),
        )

    def to_document(self) -> dict[str, object]:
        """Return the JSON form."""
        return {
            "workspace": self.workspace,
            "agents": self.agents,
            "unmatched": self.unmatched,
            "reasons": self.reasons,
            "left_out": self.left_out,
        }


def import_absences(
    store: Store,
    path: Path,
    *,
    workspace: str = "default",
    agent: str | None = None,
    zone: str | None = None,
    least_hours: float = LEAST_HOURS,
    now: datetime | None = None,
) -> AbsencesResult:
    """Store the absences of a file: a calendar's in place of those of earlier calendars, a table's added.

    Parameters
    ----------
    store : Store
        Where to.
    path : Path
        iCalendar, or CSV with ``agent``, ``start``, ``end``.
    workspace : str, default="default"
        Whose agents.
    agent : str or None, default=None
        Whose absences they are; None: of the agents who are named, see
        :func:`features.absence_calendar.absences_by_agent`.
    zone : str or None, default=None
        Zone of times that carry none; None: the agent's, else the workspace's.
    least_hours : float, default=4
        See :func:`features.absence_calendar.read_absences`.
    now : datetime or None, default=None
        The moment, with a zone; None is now.

    Raises
    ------
    HistoryError
        If the file cannot be read.
    InputError
        If it is no calendar and no such table, or nothing in it can be used.
    NotFoundError
        If there is no such workspace or agent.
    """
    known = find_workspace(store, workspace)
    if known is None:
        raise NotFoundError(f"Got the workspace {workspace!r}, which does not exist; import agents first.")
    people = list_agents(store, workspace)
    if agent is not None and agent not in {one.agent for one in people}:
        raise NotFoundError(f"Got the agent {agent!r}, who does not exist; import the agents first.")
    content = _read(path)
    how = AbsenceFile(form_of(content), known.zone, zone, agent, least_hours)
    aliases = {one.name: one.agent for one in list_users(store, workspace) if one.agent is not None}
    found = read_absence_file(content, how, people, aliases=aliases, now=now or datetime.now(UTC))
    if how.form == "csv":
        add_absences(store, workspace, found.by_agent)
    else:
        put_calendars(store, workspace, found.by_agent, found.uids if agent is None else ())
    return AbsencesResult.of(workspace, found)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise HistoryError(
            f"Got {path}, which cannot be read ({type(error).__name__}); expected iCalendar (.ics) or CSV."
        ) from error
