"""How often something of a workspace was changed: so that every server sees at once whether it is up to date.

A transaction that takes a revision keeps the next one waiting until it ends, so revisions appear in order.
"""

from enum import StrEnum
from functools import lru_cache

from sqlalchemy import Connection, Executable, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from triage.store.database import Store
from triage.store.routing_tables import revisions

__all__ = ["Kind", "read_revisions", "take_revision"]


class Kind(StrEnum):
    """What is counted."""

    AGENTS = "agents"
    """Agents and their absences."""
    WORK = "work"
    """Who has which open tickets, and who handled which."""
    SOLUTIONS = "solutions"
    """Which tickets have a text that solved them."""
    LINKS = "links"
    """Which articles people used or dismissed for which tickets."""
    ERASURES = "erasures"
    """Which tickets were erased."""
    GOLDEN = "golden"
    """Which tickets are kept back from training."""


def take_revision(connection: Connection, workspace: str, kind: Kind) -> int:
    """Count a change and return its number, from 1; to be called in the transaction of the change."""
    first = {"workspace": workspace, "kind": kind.value, "revision": 1}
    return int(connection.execute(_take(connection.dialect.name), first).scalar_one())


@lru_cache
def _take(database: str) -> Executable:
    """Return the statement; putting it together costs more than running it."""
    statement = postgresql.insert(revisions) if database == "postgresql" else sqlite.insert(revisions)
    return statement.on_conflict_do_update(
        index_elements=["workspace", "kind"], set_={"revision": revisions.c.revision + 1}
    ).returning(revisions.c.revision)


# With every request: made once, since making a statement costs as much as running it.
_READ = select(revisions.c.kind, revisions.c.revision).where(revisions.c.workspace == bindparam("named"))


def read_revisions(store: Store, workspace: str) -> dict[Kind, int]:
    """Return the newest number of every kind, 0 where nothing was ever changed.

    In a look (:meth:`triage.store.database.Store.looking`) they are those that it began with: what is read
    after them is as new or newer.
    """

    def read(connection: Connection) -> dict[Kind, int]:
        rows = connection.execute(_READ, {"named": workspace})
        return {Kind(kind): revision for kind, revision in rows}

    return dict.fromkeys(Kind, 0) | store.read_once(workspace, "revisions", read)
