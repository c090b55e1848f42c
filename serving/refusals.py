"""Calls that were refused (403), told in the audit log: only so many entries, whoever keeps trying.

The request counts in memory and goes on; a thread of its own writes by and by. Knows only callers who came
in: who is unknown belongs to no workspace (``serving/door.py`` tells what locks).
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from fastapi import Request
from sqlalchemy.exc import DBAPIError

from serving.audit_trail import Trail
from triage.audit import AuditEntry
from triage.errors import UnavailableError
from triage.store.audit import AuditLog

__all__ = ["MOST_KINDS", "WINDOW_S", "Refusals", "note_refusal"]

WINDOW_S = 600.0
"""Of one caller and call there is an entry at most so often; it has the count of those since the last one."""
MOST_KINDS = 20
"""Callers and calls of a workspace that have entries of their own in that time; the others share one."""

log = logging.getLogger("triage.server")


@dataclass(slots=True)
class _Kind:
    """What one caller was refused: the first one not written yet, how many, when one was written."""

    entry: AuditEntry
    count: int = 0
    written_at: float | None = None


@dataclass(slots=True)
class _Workspace:
    kinds: dict[tuple[str, str], _Kind] = field(default_factory=dict)
    others: _Kind | None = None


class Refusals:
    """Counts refused calls, and writes what is due.

    Parameters
    ----------
    audit : AuditLog
        Where to.
    clock : callable, default=time.monotonic
        Seconds.
    """

    def __init__(self, audit: AuditLog, clock: Callable[[], float] = time.monotonic) -> None:
        self._audit = audit
        self._clock = clock
        self._workspaces: dict[str, _Workspace] = {}
        self._turn = threading.Lock()

    def note(self, trail: Trail) -> None:
        """Count a refused call; touches no disk, and keeps no more than :data:`MOST_KINDS` a workspace."""
        caller = trail.caller
        name = caller.actor[:330], trail.operation
        with self._turn:
            here = self._workspaces.setdefault(caller.workspace, _Workspace())
            kind = here.kinds.get(name)
            if kind is None and len(here.kinds) < MOST_KINDS:
                kind = here.kinds[name] = _Kind(_entry(trail))
            if kind is None:
                kind = here.others = here.others or _Kind(_of_others())
            elif not kind.count:
                kind.entry = _entry(trail)
            kind.count += 1

    def write(self, *, is_last: bool = False) -> None:
        """Write what is due, with ``is_last`` all; what cannot be written stays for the next time.

        Raises
        ------
        DBAPIError, UnavailableError
            If the store does not answer.
        """
        now = self._clock()
        with self._turn:
            self._forget(now)
            due = {
                workspace: [(kind, kind.count) for kind in _all(here) if _is_due(kind, now, is_last)]
                for workspace, here in self._workspaces.items()
            }
        problem: Exception | None = None
        for workspace, kinds in due.items():
            try:
                self._audit.record(workspace, [_told(kind.entry, count) for kind, count in kinds])
            except (DBAPIError, UnavailableError) as error:
                problem = error  # The other workspaces have theirs all the same.
                continue
            with self._turn:
                for kind, count in kinds:
                    kind.count -= count
                    kind.written_at = now
        if problem is not None:
            raise problem

    def close(self) -> None:
        """Write all that there is; what cannot be written is lost with this process, and that is logged."""
        try:
            self.write(is_last=True)
        except (DBAPIError, UnavailableError) as error:
            log.warning("refused calls were not written to the audit log: %s", type(error).__name__)

    def _forget(self, now: float) -> None:
        """Make room for other callers: forget what was written longer ago and did not come again."""
        for workspace, here in list(self._workspaces.items()):
            for name, kind in list(here.kinds.items()):
                if _is_over(kind, now):
                    del here.kinds[name]
            if here.others is not None and _is_over(here.others, now):
                here.others = None
            if not here.kinds and here.others is None:
                del self._workspaces[workspace]


def note_refusal(request: Request) -> None:
    """Count the call of a request that was answered with 403, where it is known who asked."""
    trail, refusals = request.scope.get("triage.trail"), getattr(request.state, "refusals", None)
    if trail is not None and refusals is not None:
        refusals.note(trail)


def _all(here: _Workspace) -> list[_Kind]:
    return [*here.kinds.values(), *([here.others] if here.others else [])]


def _is_due(kind: _Kind, now: float, is_last: bool) -> bool:
    return kind.count > 0 and (is_last or kind.written_at is None or now - kind.written_at >= WINDOW_S)


def _is_over(kind: _Kind, now: float) -> bool:
    return kind.count == 0 and kind.written_at is not None and now - kind.written_at >= WINDOW_S


def _entry(trail: Trail) -> AuditEntry:
    # Not under the call's own name: whoever looks for what was done finds nothing that was not.
    named = trail.named()
    return AuditEntry(
        at=datetime.now(UTC),
        actor=trail.caller.actor[:330],
        role=trail.caller.role.value,
        action="refuse_call",
        object=f"call/{trail.operation}",
        request_id=trail.request_id,
        address=(trail.address or "")[:64] or None,
        facts={"first": named[:400]} if named else {},
    )


def _of_others() -> AuditEntry:
    return AuditEntry(
        at=datetime.now(UTC), actor="server", role="server", action="refuse_call", object="call/others"
    )


def _told(entry: AuditEntry, count: int) -> AuditEntry:
    return replace(entry, facts={**entry.facts, "count": count})
