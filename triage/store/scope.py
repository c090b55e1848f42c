"""Whose rows a transaction may touch: one workspace's, or all for a named reason.

On PostgreSQL the tables' policies hold every statement to it (ADR 0043); on SQLite the queries alone do.
Decides nothing about who may ask: that is the caller's.
"""

from enum import Enum

from sqlalchemy import Connection

from triage.errors import ConflictError, InputError

__all__ = ["Across", "Scope", "check_scope", "confine"]

CONFINE = "SELECT set_config('triage.workspace', %s, true), set_config('triage.across', %s, true)"


class Across(Enum):
    """Why a transaction works across workspaces; PostgreSQL sees it as ``triage.across``."""

    SIGN_IN = "sign-in"
    """Whose a key, a name or a session is: looked up before the workspace is known."""
    CHORES = "chores"
    """What workers and servers do for all: runs that wait, messages that are due, replies to forget."""
    OPERATOR = "operator"
    """What an operator lists or ends by its id alone, on the machine itself."""
    BACKUP = "backup"
    """The whole store out to files and back."""
    MIGRATION = "migration"
    """Bringing tables up to date."""


Scope = str | Across
"""A workspace by name, or the reason to work across all."""


def check_scope(scope: Scope, within: Scope | None = None) -> None:
    """See to it that a scope names a workspace, and not another one than the open transaction's.

    Parameters
    ----------
    scope : Scope
        What is wanted.
    within : Scope or None, default=None
        What the open transaction is held to; None: there is none.

    Raises
    ------
    InputError
        If the workspace has no name.
    ConflictError
        If a transaction of one workspace would touch another one's rows.
    """
    if isinstance(scope, Across):
        return
    if not scope:
        raise InputError("Got a workspace without a name; expected one, such as 'default'.")
    if isinstance(within, str) and within != scope:
        raise ConflictError(
            f"Got workspace {scope!r} inside a transaction of {within!r}; expected one workspace in a "
            "transaction. End the first one before."
        )


def confine(connection: Connection, scope: Scope) -> None:
    """Hold a PostgreSQL transaction to a scope until it ends or is held to another; else do nothing.

    The setting is the transaction's (``SET LOCAL``), so whoever gets the connection next has none.
    """
    if connection.dialect.name == "postgresql":
        settings = ("", scope.value) if isinstance(scope, Across) else (scope, "")
        connection.exec_driver_sql(CONFINE, settings)
