"""What was erased since somebody last asked, in any workspace: for whoever keeps copies outside the store."""

from collections.abc import Callable, Sequence

from sqlalchemy import select

from triage.erasure import Erased
from triage.store.database import Store
from triage.store.erasures import erased_after
from triage.store.revisions import Kind
from triage.store.routing_tables import revisions
from triage.store.scope import Across

__all__ = ["ErasureFollower"]


class ErasureFollower:
    """Asked again and again; the first time it tells everything that the ledger still knows.

    So a machine that was off while something was erased makes up for it when it starts.

    Parameters
    ----------
    store : Store
        Whose ledgers are followed.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seen: dict[str, int] = {}

    def follow(self, act: Callable[[Sequence[Erased]], object]) -> int:
        """Act on the entries since the last call, of all workspaces; return how many there were.

        Where acting raises, they come again.
        """
        query = select(revisions.c.workspace, revisions.c.revision).where(
            revisions.c.kind == Kind.ERASURES.value
        )
        with self._store.reading(Across.CHORES) as connection:
            stands = {row.workspace: row.revision for row in connection.execute(query)}
        found: list[Erased] = []
        for workspace, revision in sorted(stands.items()):
            before = self._seen.get(workspace, 0)
            if revision != before:
                found += erased_after(self._store, workspace, before)
        if found:
            act(found)
        self._seen = stands
        return len(found)
