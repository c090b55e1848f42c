"""A file of absences as somebody hands it in: a calendar or a table, of one agent or of all who are named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from features.absence_calendar import (
    LEAST_HOURS,
    AgentAbsences,
    absences_by_agent,
    calendar_span,
    read_absences,
)
from features.absence_table import absences_of_table
from triage.agent import Agent

__all__ = ["AbsenceFile", "FileForm", "form_of", "read_absence_file"]

FileForm = Literal["calendar", "csv"]


@dataclass(frozen=True, slots=True)
class AbsenceFile:
    """How a file of absences is read.

    Parameters
    ----------
    form : {"calendar", "csv"}
        iCalendar, or a table.
    zone : str
        IANA zone of days and times that carry none: the workspace's.
    told_zone : str or None, default=None
        Zone of this file; None: that of the agent whose it is, else ``zone``.
    agent : str or None, default=None
        Whose absences they are; None: of those who are named.
    least_hours : float, default=4
        See :func:`features.absence_calendar.read_absences`.
    """

    form: FileForm
    zone: str
    told_zone: str | None = None
    agent: str | None = None
    least_hours: float = LEAST_HOURS


def form_of(content: bytes) -> FileForm:
    """Tell a calendar from a table by how it begins."""
    begin = content[:200].removeprefix(b"\xef\xbb\xbf").lstrip().upper()
    return "calendar" if begin.startswith(b"BEGIN:") else "csv"


def read_absence_file(
    content: bytes,
    how: AbsenceFile,
    agents: Sequence[Agent],
    *,
    aliases: Mapping[str, str] | None = None,
    now: datetime,
) -> AgentAbsences:
    """Read the absences of a file, by agent.

    Parameters
    ----------
    content : bytes
        The file.
    how : AbsenceFile
        How to read it; its agent is one of the agents.
    agents : sequence of Agent
        Who is there.
    aliases : Mapping of str to str, optional
        Further names and addresses of agents.
    now : datetime
        With a zone; of calendars the last month and the next 400 days are read.

    Raises
    ------
    InputError
        If it is no such file, or nothing in it can be used.
    """
    zones = {one.agent: one.zone for one in agents}
    if how.form == "csv":
        if how.told_zone is not None:
            zones = dict.fromkeys(zones)
        usual = how.told_zone or how.zone
        return absences_of_table(content, zones, usual, agent=how.agent, aliases=aliases)
    own = zones.get(how.agent) if how.agent is not None else None
    since, until = calendar_span(now)
    zone = how.told_zone or own or how.zone
    found = read_absences(content, zone, since=since, until=until, least_hours=how.least_hours)
    return absences_by_agent(found, list(zones), how.agent, aliases=aliases)
