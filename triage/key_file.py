"""A file that holds keys as hex digits, readable by its owner alone, and on the disk before a key is used."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from triage.errors import ConfigurationError
from triage.private_file import make_private_folder

__all__ = ["KEY_BYTES", "make_key_file", "put_key_first"]

KEY_BYTES = 32


def make_key_file(path: Path) -> None:
    """Make the file with one new key; of several processes that do, one wins and the others keep its key."""
    make_private_folder(path.parent)
    draft = _draft(path, secrets.token_hex(KEY_BYTES) + "\n")
    try:
        os.link(draft, path)  # Two processes may race: the first link wins, the other reads it.
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    _keep_folder(path.parent)


def put_key_first(path: Path) -> None:
    """Put a new key before those that are in the file, which stays whole whatever happens meanwhile.

    It stays its owner's, too: else an operator who is root would take a service's keys away from it.

    Raises
    ------
    ConfigurationError
        If the file is another user's, and this one may not give it back.
    """
    with _alone(path.parent):
        owner = path.stat()
        draft = _draft(path, secrets.token_hex(KEY_BYTES) + "\n" + path.read_text("ascii"))
        try:
            os.chown(draft, owner.st_uid, owner.st_gid)
        except PermissionError:
            draft.unlink()
            raise ConfigurationError(
                f"Got {path}, which is another user's; expected to be called by its owner. Call it as them."
            ) from None
        draft.replace(path)
        _keep_folder(path.parent)


def _draft(path: Path, content: str) -> Path:
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return draft


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep others from changing keys: of two at once the second would lose the first one's."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _keep_folder(folder: Path) -> None:
    """Have the name on the disk too: what a lost key sealed could never be opened again."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
