"""What commands leave in the audit log: the operator by login name, in the transaction of the change."""

import getpass
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from triage.store import Store

__all__ = ["operator", "record"]

ROLE = "operator"


def operator() -> str:
    """Return who runs the command, by login name."""
    try:
        return f"command:{getpass.getuser()}"
    except (KeyError, OSError):  # A container may run as a number without a name.
        return "command:unknown"


def record(
    store: Store,
    workspace: str,
    action: str,
    object: str,
    document: Mapping[str, Any],
    *,
    facts: Mapping[str, Any] | None = None,
    key: bytes | None = None,
) -> None:
    """Write that the operator did something; joins this thread's transaction.

    Parameters
    ----------
    store : Store
        Where.
    workspace : str
        In which workspace.
    action, object : str
        What was done to what, in the words of the HTTP API.
    document : Mapping
        The object's document as it is now: its digest is kept.
    facts : Mapping, optional
        A few plain facts.
    key : bytes, optional
        The signing key; by default this installation's.
    """
    from triage.audit import AuditEntry, digest
    from triage.signing import signing_key
    from triage.store.audit import AuditLog

    log = AuditLog(store, key or signing_key())
    entry = AuditEntry(
        at=datetime.now(UTC),
        actor=operator(),
        role=ROLE,
        action=action,
        object=object,
        before_hash=log.last_digest(workspace, object),
        after_hash=digest(document),
        facts=facts or {},
    )
    log.record(workspace, [entry])
