"""A file beside a SQLite store that says it is open: so that nobody replaces it meanwhile."""

import fcntl
from pathlib import Path
from typing import IO

from triage.errors import UnavailableError
from triage.private_file import make_private_file

__all__ = ["in_use_lock", "use"]


def in_use_lock(database: Path) -> Path:
    """Return the file beside a SQLite store that is locked, shared, by everybody who has it open."""
    return database.with_name(f"{database.name}.in-use")


def use(database: Path) -> IO[str]:
    """Lock it, shared; who has it open closes it in the end.

    Raises
    ------
    UnavailableError
        If a restore is replacing the store at this moment.
    """
    lock = in_use_lock(database)
    make_private_file(lock)
    file = lock.open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise UnavailableError(
            "Got a store that a restore is replacing now; expected to wait until it has ended. Try again."
        ) from None
    return file
