"""Sessions of the console that somebody signed out of, read from the audit log, which tells every sign-out.

All servers of a store read the same log, and it is kept: nothing else has to be remembered, or cleared away.
"""

from sqlalchemy import select

from triage.store.access_tables import audit_log
from triage.store.database import Store

__all__ = ["SIGN_OUT", "is_signed_out", "session_object"]

SIGN_OUT = "sign_out"
"""The action in the audit log."""


def session_object(session_id: str) -> str:
    """Return what a session is called in the audit log."""
    return f"session/{session_id}"


def is_signed_out(store: Store, workspace: str, session_id: str) -> bool:
    """Tell whether somebody signed out of a session of a workspace."""
    query = select(audit_log.c.seq).where(
        audit_log.c.workspace == workspace,
        audit_log.c.object == session_object(session_id),
        audit_log.c.action == SIGN_OUT,
    )
    with store.reading(workspace) as connection:
        return connection.execute(query.limit(1)).first() is not None
