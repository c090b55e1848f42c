"""Putting a finished folder in the place of another one in a single step, so that a reader never finds none.

POSIX can rename a folder only onto nothing or an empty one; Linux can exchange two names (``renameat2(2)``).
"""

import ctypes
import errno
import os
import uuid
from pathlib import Path

__all__ = ["put_in_place"]

AT_FDCWD = -100
RENAME_EXCHANGE = 2
CANNOT = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP}


def put_in_place(finished: Path, target: Path) -> Path | None:
    """Move a folder to where it shall stand.

    Parameters
    ----------
    finished : Path
        A folder on the same file system as the target.
    target : Path
        Where it shall stand; may be a folder already.

    Returns
    -------
    Path or None
        Where the folder that stood there is now; None when there was none. Its removal is the caller's.

    Raises
    ------
    OSError
        If the move fails; the target is then as it was.
    """
    if not target.exists():
        finished.rename(target)
        return None
    if _exchange(finished, target):
        return finished
    # Where names cannot be exchanged (other systems, some network disks), a gap of two renames is left.
    aside = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    target.rename(aside)
    try:
        finished.rename(target)
    except OSError:
        aside.rename(target)
        raise
    return aside


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two names; return False where this system cannot."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    if rename(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in CANNOT:
        return False
    raise OSError(number, os.strerror(number), str(other))
