"""Absences that a file tells of many agents, in one transaction."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import delete

from triage.absence import Absence
from triage.store.agents import put_absences, put_calendar
from triage.store.database import Store
from triage.store.revisions import Kind, take_revision
from triage.store.routing_tables import agent_absences

__all__ = ["add_absences", "put_calendars"]

_MANY = 500
"""Ids in one query: SQLite allows a limited number of bound values."""


def put_calendars(
    store: Store, workspace: str, absences: Mapping[str, Sequence[Absence]], uids: Collection[str] = ()
) -> None:
    """Replace agents' absences from calendars by those of a file.

    Parameters
    ----------
    store : Store
        Where to.
    workspace : str
        Whose agents.
    absences : Mapping of str to sequence of Absence
        By agent; each with the ``uid`` of its event.
    uids : collection of str, default=()
        Events that the file tells of: what an earlier one said of them goes from other agents too, as it was
        cancelled, is no absence any more, or is somebody else's.

    Raises
    ------
    NotFoundError
        If there is no such agent.
    """
    with store.writing(workspace) as connection:
        for name, found in absences.items():
            put_calendar(store, workspace, name, found)
        told, names = sorted(uids), set(absences)
        gone = 0
        for begin in range(0, len(told), _MANY):
            done = connection.execute(
                delete(agent_absences).where(
                    agent_absences.c.workspace == workspace,
                    agent_absences.c.is_from_calendar.is_(True),
                    agent_absences.c.uid.in_(told[begin : begin + _MANY]),
                    agent_absences.c.agent.not_in(names),
                )
            )
            gone += done.rowcount
        if gone:
            take_revision(connection, workspace, Kind.AGENTS)


def add_absences(store: Store, workspace: str, absences: Mapping[str, Sequence[Absence]]) -> None:
    """Store absences more of agents, by their names; what is stored already is stored once.

    Raises
    ------
    NotFoundError
        If there is no such agent.
    """
    with store.writing(workspace):
        for name, found in absences.items():
            put_absences(store, workspace, name, found)
