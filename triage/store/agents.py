"""The agents of a workspace: who can be given tickets."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, delete, select

from triage.agent import Agent
from triage.store.database import Store
from triage.store.schema import agents
from triage.store.upsert import upsert

__all__ = ["delete_agent", "get_agent", "list_agents", "put_agents"]

_COLUMNS = [agents.c[name] for name in Agent.__slots__]


def put_agents(
    store: Store, workspace: str, given: Sequence[Agent], *, updated_at: datetime | None = None
) -> None:
    """Store agents, all or none; one that is there is replaced, of several with one name the last stays.

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
    rows = {
        agent.agent: {
            "workspace": workspace,
            **{name: getattr(agent, name) for name in Agent.__slots__},
            "skills": list(agent.skills),
            "updated_at": moment,
        }
        for agent in given
    }
    with store.writing() as connection:
        upsert(connection, agents, list(rows.values()))


def list_agents(store: Store, workspace: str, *, team: str | None = None) -> list[Agent]:
    """Return the agents of a workspace, or of one team, by name."""
    query = select(*_COLUMNS).where(agents.c.workspace == workspace).order_by(agents.c.agent)
    if team is not None:
        query = query.where(agents.c.team == team)
    with store.reading() as connection:
        return [_from_row(row) for row in connection.execute(query)]


def get_agent(store: Store, workspace: str, agent: str) -> Agent | None:
    """Return an agent of this workspace, None when there is none of that name."""
    query = select(*_COLUMNS).where(agents.c.workspace == workspace, agents.c.agent == agent)
    with store.reading() as connection:
        row = connection.execute(query).first()
    return None if row is None else _from_row(row)


def delete_agent(store: Store, workspace: str, agent: str) -> bool:
    """Remove an agent; tell whether there was one."""
    with store.writing() as connection:
        done = connection.execute(
            delete(agents).where(agents.c.workspace == workspace, agents.c.agent == agent)
        )
        return bool(done.rowcount)


def _from_row(row: Row[Any]) -> Agent:
    values = {name: getattr(row, name) for name in Agent.__slots__}
    return Agent(**{**values, "skills": tuple(values["skills"])})
