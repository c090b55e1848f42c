"""Which program this is, as one hash: what was learnt by another one is not what this one would learn."""

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

__all__ = ["program_hash"]


@cache
def program_hash(patterns: tuple[str, ...], libraries: tuple[str, ...]) -> str:
    """Return a hash of files of ours and of the versions of the libraries beneath them.

    Parameters
    ----------
    patterns : tuple of str
        Of files, from the folder that holds all our packages: ``triage/**/*.py``.
    libraries : tuple of str
        Names of installed distributions.

    Raises
    ------
    ValueError
        If a pattern finds no file: the hash would never change.
    """
    found = hashlib.blake2b(digest_size=16)
    for name in libraries:
        found.update(f"{name} {version(name)}\n".encode())
    root = Path(__file__).parents[1]
    for pattern in patterns:
        paths = sorted(root.glob(pattern))
        if not paths:
            raise ValueError(f"Got the pattern {pattern!r}; expected one that finds a file under {root}.")
        for path in paths:
            found.update(path.relative_to(root).as_posix().encode() + b"\n" + path.read_bytes())
    return found.hexdigest()
