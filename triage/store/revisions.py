"""How often something of a workspace was changed: so that every server sees at once whether it is up to date.

A transaction that takes a revision keeps the next one waiting until it ends, so revisions appear in order.
"""

from enum import StrEnum

from sqlalchemy import Connection, bindparam, select
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
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    first = {"workspace": workspace, "kind": kind.value, "revision": 1}
    statement = (
        dialect.insert(revisions)
        .values(first)
        .on_conflict_do_update(
            index_elements=["workspace", "kind"], set_={"revision": revisions.c.revision + 1}
        )
        .returning(revisions.c.revision)
    )
    return int(connection.execute(statement).scalar_one())


# With every request: made once, since making a statement costs as much as running it.
_READ = select(revisions.c.kind, revisions.c.revision).where(revisions.c.workspace == bindparam("named"))


def read_revisions(store: Store, workspace: str) -> dict[Kind, int]:
    """Return the newest number of every kind, 0 where nothing was ever changed."""
    found = dict.fromkeys(Kind, 0)
    with store.reading(workspace) as connection:
        rows = connection.execute(_READ, {"named": workspace})
        found.update((Kind(kind), revision) for kind, revision in rows)
    return found
