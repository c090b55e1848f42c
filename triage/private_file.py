"""Files and folders that hold what tickets say: made for their owner alone; whether they still are."""

import contextlib
import os
import stat
from pathlib import Path

__all__ = ["is_open_to_others", "make_private_file", "make_private_folder"]


def make_private_folder(folder: Path) -> None:
    """Make a folder that its owner alone enters (0700), whatever the umask; one that is there stays."""
    if folder.is_dir():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):  # Another process was quicker.
        folder.mkdir(mode=0o700)


def make_private_file(path: Path) -> None:
    """Make an empty file that its owner alone reads (0600), and its folder; what is there stays as it is.

    SQLite gives the files that it makes beside a database (``-wal``, ``-shm``) the mode of the database.
    """
    make_private_folder(path.parent)
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def is_open_to_others(path: Path) -> bool:
    """Tell whether anybody but its owner may read a file or enter a folder; False where there is none."""
    try:
        return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))
    except OSError:
        return False
