"""One look at the store: what a thread reads in one transaction, without writing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection

from triage.store.scope import Scope

__all__ = ["Found", "Look"]

Found = TypeVar("Found")
"""What is read."""


@dataclass(frozen=True, slots=True)
class Look:
    """A transaction that reads, and what need not be read in it again.

    What is known is as old as its first reading. Where the database shows one state to a transaction, as
    SQLite does, reading again would tell nothing else. On PostgreSQL (read committed) it might tell of what
    was committed meanwhile: counts of changes are then older than what is read after them, so that the next
    look reads those changes once more and misses none.

    Parameters
    ----------
    scope : Scope
        Whose rows it sees.
    connection : Connection
        Of the transaction.
    """

    scope: Scope
    connection: Connection
    _known: dict[str, Any] = field(default_factory=dict)

    def once(self, name: str, read: Callable[[Connection], Found]) -> Found:
        """Return what is read under a name, from now on without reading it."""
        if name not in self._known:
            self._known[name] = read(self.connection)
        found: Found = self._known[name]
        return found

    def forget(self) -> None:
        """Read everything again: this thread has written."""
        self._known.clear()
