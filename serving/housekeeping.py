"""What a server does beside answering: forgets, writes key uses, anchors logs, watches."""

import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from features.forgotten_texts import forget_here
from serving.key_uses import KeyUses
from triage.erasure import Erased
from triage.errors import UnavailableError
from triage.store import Store
from triage.store.audit import AuditLog
from triage.store.compact import clear_log
from triage.store.erasure_follower import ErasureFollower
from triage.store.idempotency import KEPT_FOR, forget_replies

__all__ = ["Housekeeping", "write_anchors"]

HOUR_S = 3600.0
USES_EVERY_S = 5.0

log = logging.getLogger("triage.server")


class Housekeeping:
    """A thread of its own; what cannot be done now is done the next time.

    Parameters
    ----------
    store : Store
        Whose old answers are forgotten.
    uses : KeyUses
        Written every five seconds.
    audit : AuditLog
        Whose heads are anchored every hour.
    anchor : Path or None
        Where to; None: nowhere.
    cache : Path
        Folder of embeddings on this machine, from which erased texts are taken.
    watches : sequence of callable, default=()
        Called every five seconds, each quick.
    """

    def __init__(
        self,
        store: Store,
        uses: KeyUses,
        audit: AuditLog,
        anchor: Path | None,
        cache: Path,
        watches: Sequence[Callable[[], object]] = (),
    ) -> None:
        self._store = store
        self._uses = uses
        self._audit = audit
        self._anchor = anchor
        self._cache = cache
        self._erasures = ErasureFollower(store)
        self._watches = watches
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self._run, name="housekeeping", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End, after the last uses were written."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._guarded("the uses of keys were not written", self._uses.write)

    def _run(self) -> None:
        due = time.monotonic()
        while True:
            if time.monotonic() >= due:
                due += HOUR_S
                self._guarded("old answers were not deleted this hour", self._forget)
                self._guarded("the audit logs were not anchored this hour", self._write_anchors)
            self._guarded("the uses of keys were not written", self._uses.write)
            self._guarded("erased texts were not taken from the cache", self._forget_erased)
            for watch in self._watches:
                self._guarded("a watch did not look", watch)
            if self._stopping.wait(USES_EVERY_S):
                return

    def _forget(self) -> None:
        forget_replies(self._store, datetime.now(UTC) - KEPT_FOR)

    def _forget_erased(self) -> None:
        def forget(news: Sequence[Erased]) -> None:
            clear_log(self._store)
            forget_here(self._cache, news)

        self._erasures.follow(forget)

    def _write_anchors(self) -> None:
        if self._anchor is not None:
            write_anchors(self._audit, self._anchor)

    def _guarded(self, what: str, do: Callable[[], object]) -> None:
        try:
            do()
        except (DBAPIError, OSError, UnavailableError) as error:
            log.warning("%s: %s", what, type(error).__name__)


def write_anchors(audit: AuditLog, path: Path) -> int:
    """Append the heads of all logs to a file, one line of JSON each; return how many."""
    lines = [audit.head(workspace).to_line() for workspace in audit.workspaces()]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.writelines(f"{line}\n" for line in lines)
        file.flush()
        os.fsync(file.fileno())
    return len(lines)
