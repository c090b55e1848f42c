"""The key of whoever started ``triage up``: made once, kept in the home folder for its owner alone."""

import os
import secrets
from pathlib import Path

from serving.api_keys import authenticate, create_key
from serving.roles import Role
from triage.errors import UnauthenticatedError
from triage.store import Store

__all__ = ["home_key"]

FILE = "up.key"
NAME = "triage up"


def home_key(store: Store, home: Path, workspace: str) -> str:
    """Return an admin's key that opens the workspace.

    Parameters
    ----------
    store : Store
        Knows which keys are valid.
    home : Path
        Where ``up.key`` stands, readable by its owner alone; made anew when it is missing or opens nothing.
    workspace : str
        What the key opens.
    """
    path = home / FILE
    if path.exists():
        token = path.read_text("ascii", "replace").strip()
        try:
            if authenticate(store, token).workspace == workspace:
                return token
        except UnauthenticatedError:
            pass  # Revoked, or of another store: below a new one is made.
    token, _ = create_key(store, workspace, NAME, Role.ADMIN)
    draft = path.with_name(f"{FILE}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(token + "\n")
    draft.replace(path)
    return token
