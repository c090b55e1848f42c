"""Once a day, what became too old by each workspace's policy is removed, a few seconds at a time."""

import logging
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from features.forgotten_texts import ticket_key
from triage.audit import AuditEntry
from triage.erasure import ErasureKeys
from triage.store import Store
from triage.store.audit import AuditLog
from triage.store.compact import clear_log
from triage.store.erasures import forget_text_keys
from triage.store.policies import read_policy
from triage.store.retention import Overdue, apply_retention
from triage.store.workspaces import list_workspaces

__all__ = ["RetentionChore"]

BUDGET_S = 3.0
"""Other chores, such as reminders, wait for so long at most."""
TEXT_KEYS = timedelta(days=90)
"""So long a machine may be off before it takes erased texts out of its cache."""

log = logging.getLogger(__name__)


class RetentionChore:
    """One round of retention; a long one goes on in the next rounds.

    Parameters
    ----------
    store : Store
        Where.
    key : bytes
        The signing key.
    now : callable
        The time.
    budget_s : float, default=3
        After so long a round ends.
    """

    def __init__(
        self, store: Store, key: bytes, now: Callable[[], datetime], *, budget_s: float = BUDGET_S
    ) -> None:
        self._store = store
        self._keys = ErasureKeys(key)
        self._audit = AuditLog(store, key)
        self._now = now
        self._budget_s = budget_s
        self._done_on: dict[str, date] = {}
        self._at_work: dict[str, Iterator[Overdue]] = {}

    def __call__(self) -> int:
        """Remove what is due, as far as the time goes; return how many records are gone."""
        removed, until = 0, time.monotonic() + self._budget_s
        for place in list_workspaces(self._store):
            name, today = place.workspace, self._now().date()
            if self._done_on.get(name) == today and name not in self._at_work:
                continue
            self._done_on[name] = today
            steps = self._at_work.setdefault(name, self._steps(name))
            for step in steps:
                removed += step.records
                if time.monotonic() >= until:
                    return self._told(removed)
            del self._at_work[name]
            forget_text_keys(self._store, name, self._now() - TEXT_KEYS)
        return self._told(removed)

    def _steps(self, workspace: str) -> Iterator[Overdue]:
        return apply_retention(
            self._store,
            workspace,
            read_policy(self._store, workspace).policy.privacy,
            keys=self._keys,
            text_key=ticket_key,
            note=lambda done: self._note(workspace, done),
            now=self._now(),
        )

    def _note(self, workspace: str, done: Overdue) -> None:
        """Write a batch into the audit log, in its transaction."""
        entry = AuditEntry(
            at=self._now(),
            actor="worker",
            role="worker",
            action="apply_retention",
            object=f"retention/{done.kind.value}",
            facts={"kind": done.kind.value, "days": done.days, "records": done.records},
        )
        self._audit.record(workspace, [entry])

    def _told(self, removed: int) -> int:
        if removed:
            clear_log(self._store)
            log.info("removed %s records that were kept long enough", removed)
        return removed
