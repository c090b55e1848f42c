"""The agents of a workspace: who can be given tickets, and when they are away."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from triage.absence import Absence
from triage.agent import Agent
from triage.agent_rows import AgentRow, with_columns
from triage.errors import NotFoundError
from triage.store.database import Store
from triage.store.revisions import Kind, take_revision
from triage.store.routing_tables import agent_absences
from triage.store.schema import agents
from triage.store.upsert import upsert

__all__ = [
    "absence_id",
    "delete_absence",
    "delete_agent",
    "get_agent",
    "list_agents",
    "put_absence",
    "put_absences",
    "put_agents",
    "put_calendar",
    "update_agents",
    "written_at",
]

_NAMES = [name for name in Agent.__slots__ if name != "absences"]
_COLUMNS = [agents.c[name] for name in _NAMES]
_LISTS = ("skills", "languages", "teams")
_MANY = 500
"""Names in one query: SQLite allows a limited number of bound values."""


def put_agents(
    store: Store, workspace: str, given: Sequence[Agent], *, updated_at: datetime | None = None
) -> None:
    """Store agents, all or none; one that is there is replaced, of several with one name the last stays.

    Absences are replaced with their agent, but those from calendars stay: only :func:`put_calendar` takes
    them away.

    Parameters
    ----------
    store : Store
        Where to.
    workspace : str
        Whose they are.
    given : sequence of Agent
        The agents.
    updated_at : datetime or None, default=None
        The moment to note, with a zone; None is now.
    """
    moment = updated_at or datetime.now(UTC)
    last = {agent.agent: agent for agent in given}
    rows = [
        {
            "workspace": workspace,
            **{name: getattr(agent, name) for name in _NAMES},
            **{name: list(getattr(agent, name)) for name in _LISTS},
            "skill_levels": dict(agent.skill_levels),
            "updated_at": moment,
        }
        for agent in last.values()
    ]
    names = list(last)
    with store.writing(workspace) as connection:
        upsert(connection, agents, rows)
        for begin in range(0, len(names), _MANY):
            connection.execute(
                delete(agent_absences).where(
                    agent_absences.c.workspace == workspace,
                    agent_absences.c.agent.in_(names[begin : begin + _MANY]),
                    agent_absences.c.is_from_calendar.is_(False),
                )
            )
        for agent in last.values():
            _write_absences(connection, workspace, agent.agent, agent.absences)
        take_revision(connection, workspace, Kind.AGENTS)


def update_agents(
    store: Store,
    workspace: str,
    given: Sequence[AgentRow],
    columns: Collection[str],
    *,
    updated_at: datetime | None = None,
) -> int:
    """Store the agents of a table, all or none, and return how many of them are new.

    Of those that are there, what the table has no column for stays; see
    :func:`triage.agent_rows.with_columns`.

    Parameters
    ----------
    store : Store
        Where to.
    workspace : str
        Whose they are.
    given : sequence of AgentRow
        As the table has them, each name once.
    columns : collection of str
        What the table tells.
    updated_at : datetime or None, default=None
        The moment to note, with a zone; None is now.
    """
    with store.writing(workspace):
        stored = {one.agent: one for one in list_agents(store, workspace)}
        after = [
            one.agent if stands is None else with_columns(stands, one, columns)
            for one in given
            for stands in (stored.get(one.agent.agent),)
        ]
        put_agents(store, workspace, after, updated_at=updated_at)
    return sum(one.agent.agent not in stored for one in given)


def put_calendar(store: Store, workspace: str, agent: str, absences: Sequence[Absence]) -> None:
    """Replace an agent's absences from calendars by these; an event that is gone is an absence no more.

    Parameters
    ----------
    store : Store
        Where to.
    workspace, agent : str
        Whose calendar it is.
    absences : sequence of Absence
        Each with the ``uid`` of its event.

    Raises
    ------
    NotFoundError
        If there is no such agent.
    """
    with store.writing(workspace) as connection:
        _expect_agent(store, workspace, agent)
        mine = agent_absences.c.workspace == workspace, agent_absences.c.agent == agent
        connection.execute(delete(agent_absences).where(*mine, agent_absences.c.is_from_calendar.is_(True)))
        _write_absences(connection, workspace, agent, absences)
        take_revision(connection, workspace, Kind.AGENTS)


def put_absence(store: Store, workspace: str, agent: str, absence: Absence) -> str:
    """Store one absence more, or the same again, and return its identity; see :func:`absence_id`.

    Raises
    ------
    NotFoundError
        If there is no such agent.
    """
    put_absences(store, workspace, agent, [absence])
    return absence_id(absence)


def put_absences(store: Store, workspace: str, agent: str, absences: Sequence[Absence]) -> None:
    """Store absences more of an agent; what is stored already is stored once.

    Raises
    ------
    NotFoundError
        If there is no such agent.
    """
    with store.writing(workspace) as connection:
        _expect_agent(store, workspace, agent)
        _write_absences(connection, workspace, agent, absences)
        take_revision(connection, workspace, Kind.AGENTS)


def delete_absence(store: Store, workspace: str, agent: str, identity: str) -> bool:
    """Remove an absence by its identity; tell whether there was one.

    One from a calendar comes back with the next import of that calendar.
    """
    mine = agents.c.workspace == workspace, agents.c.agent == agent
    with store.writing(workspace) as connection:
        done = connection.execute(
            delete(agent_absences).where(
                agent_absences.c.workspace == workspace,
                agent_absences.c.agent == agent,
                agent_absences.c.absence_id == identity,
            )
        )
        is_gone = bool(done.rowcount)
        row = connection.execute(select(agents.c.absent_from, agents.c.absent_to).where(*mine)).first()
        # The absence that stands in the agent's own row, as an agents table has it.
        if row is not None and (row.absent_from or row.absent_to):
            if absence_id(Absence(row.absent_from, row.absent_to)) == identity:
                connection.execute(update(agents).where(*mine).values(absent_from=None, absent_to=None))
                is_gone = True
        if is_gone:
            take_revision(connection, workspace, Kind.AGENTS)
    return is_gone


def list_agents(store: Store, workspace: str, *, team: str | None = None) -> list[Agent]:
    """Return the agents of a workspace, or those whose first team it is, by name."""
    query = select(*_COLUMNS).where(agents.c.workspace == workspace).order_by(agents.c.agent)
    if team is not None:
        query = query.where(agents.c.team == team)
    with store.reading(workspace) as connection:
        rows = connection.execute(query).all()
        absences = _read_absences(connection, workspace)
    return [_from_row(row, absences) for row in rows]


def get_agent(store: Store, workspace: str, agent: str) -> Agent | None:
    """Return an agent of this workspace, None when there is none of that name."""
    query = select(*_COLUMNS).where(agents.c.workspace == workspace, agents.c.agent == agent)
    with store.reading(workspace) as connection:
        row = connection.execute(query).first()
        absences = _read_absences(connection, workspace, agent)
    return None if row is None else _from_row(row, absences)


def written_at(store: Store, workspace: str) -> dict[str, datetime]:
    """Return by agent when what is stored of them was last written."""
    query = select(agents.c.agent, agents.c.updated_at).where(agents.c.workspace == workspace)
    with store.reading(workspace) as connection:
        return {row.agent: row.updated_at for row in connection.execute(query)}


def delete_agent(store: Store, workspace: str, agent: str) -> bool:
    """Remove an agent; tell whether there was one."""
    with store.writing(workspace) as connection:
        for table in (agent_absences, agents):
            done = connection.execute(
                delete(table).where(table.c.workspace == workspace, table.c.agent == agent)
            )
        if done.rowcount:
            take_revision(connection, workspace, Kind.AGENTS)
        return bool(done.rowcount)


def absence_id(absence: Absence) -> str:
    """Return an absence's identity: that of its content, so that the same one is never stored twice."""
    # An event that comes back every week has one uid and many times.
    parts = [absence.uid or ""]
    parts += [
        "" if one is None else one.astimezone(UTC).isoformat() for one in (absence.starts_at, absence.ends_at)
    ]
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()


def _expect_agent(store: Store, workspace: str, agent: str) -> None:
    if get_agent(store, workspace, agent) is None:
        raise NotFoundError(
            f"Got the absences of {agent!r}, who is no agent of this workspace; expected one; import the "
            "agents first."
        )


def _write_absences(connection: Connection, workspace: str, agent: str, absences: Iterable[Absence]) -> None:
    rows = {
        absence_id(one): {
            "workspace": workspace,
            "agent": agent,
            "absence_id": absence_id(one),
            "uid": one.uid,
            "starts_at": one.starts_at,
            "ends_at": one.ends_at,
            "is_from_calendar": one.uid is not None,
        }
        for one in absences
    }
    upsert(connection, agent_absences, list(rows.values()))


def _read_absences(
    connection: Connection, workspace: str, agent: str | None = None
) -> dict[str, tuple[Absence, ...]]:
    query = select(agent_absences).where(agent_absences.c.workspace == workspace)
    if agent is not None:
        query = query.where(agent_absences.c.agent == agent)
    found: dict[str, tuple[Absence, ...]] = {}
    for row in connection.execute(query.order_by(agent_absences.c.starts_at, agent_absences.c.absence_id)):
        absence = Absence(row.starts_at, row.ends_at, row.uid)
        found[row.agent] = (*found.get(row.agent, ()), absence)
    return found


def _from_row(row: Row[Any], absences: Mapping[str, tuple[Absence, ...]]) -> Agent:
    values = {name: getattr(row, name) for name in _NAMES}
    lists = {name: tuple(values[name]) for name in _LISTS}
    return Agent(**values | lists, absences=absences.get(row.agent, ()))
