"""When keys were last used: collected in memory, written now and then, never in the way of a request."""

import threading
from datetime import UTC, datetime, timedelta

from triage.store import Store
from triage.store.keys import note_key_uses

__all__ = ["KeyUses"]

NOTED_EVERY = timedelta(minutes=1)


class KeyUses:
    """Uses of keys that are not written yet.

    Parameters
    ----------
    store : Store
        Where they are written to.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._uses: dict[str, datetime] = {}
        self._turn = threading.Lock()

    def note(self, key_id: str, last_used_at: datetime | None) -> None:
        """Keep that a key was used now, to the minute."""
        now = datetime.now(UTC)
        if last_used_at is None or now - last_used_at > NOTED_EVERY:
            with self._turn:
                self._uses[key_id] = now

    def write(self) -> None:
        """Write what was collected; what cannot be written now is kept for the next time."""
        with self._turn:
            uses, self._uses = self._uses, {}
        if not uses:
            return
        try:
            note_key_uses(self._store, uses)
        except Exception:
            with self._turn:
                self._uses = uses | self._uses
            raise
