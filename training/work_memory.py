"""Keeps what a step of training learnt, so that learning it from the very same things again takes no time.

A step is named by a hash of all that it was given and of the program that does it: equal names, equal
results, to the bit. What is kept is signed like a bundle and checked before a byte of it is loaded. It was
learnt from tickets and stands beside their embeddings: erasing means deleting the folder.
"""

import hashlib
import io
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar

import joblib
import numpy as np
import scipy.sparse as sp

from training.canonical_pickle import canonical_bytes
from triage.knowledge import Article, ArticleLink
from triage.program_hash import program_hash
from triage.signed_file import read_signed, write_signed
from triage.ticket import PastTicket

__all__ = ["PROGRAM", "WorkMemory", "digest", "digest_rows"]

MOST_BYTES = 2_000_000_000
"""Kept in all; what was not asked for longest goes first. Two trainings of 50,000 tickets take a half."""

PROGRAM = (
    ("triage/**/*.py", "features/**/*.py", "training/**/*.py"),
    ("numpy", "scipy", "scikit-learn", "joblib"),
)
"""Files and libraries that say what is learnt."""

Learnt = TypeVar("Learnt")


class WorkMemory:
    """Remembers results of steps on disk.

    Parameters
    ----------
    folder : Path
        Where to keep them; made when first written, for its owner alone.
    key : bytes
        Signs them.
    most_bytes : int, optional
        How much may be kept.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     memory = WorkMemory(Path(folder), b"k" * 32)
    ...     [memory.remember("sum", [1, 2], lambda: 1 + 2), memory.remember("sum", [1, 2], lambda: -1)]
    [3, 3]
    """

    def __init__(self, folder: Path, key: bytes, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._key = key
        self._most_bytes = most_bytes

    def remember(self, step: str, given: Any, learn: Callable[[], Learnt]) -> Learnt:
        """Return what the step learnt from the same things before, else learn it and keep it.

        Parameters
        ----------
        step : str
            Its name.
        given : object
            Everything that the result depends on, for :func:`digest`.
        learn : callable
            Does the step. What it raises is not kept.
        """
        path = self._folder / f"{step}-{digest((step, program_hash(*PROGRAM), given))}"
        kept = self._read(path)
        if kept is None:
            kept = canonical_bytes(learn())
            self._write(path, kept)
        # Read back even when new: what is one object and what are two is then the same in both cases, and
        # so are the bytes of the bundle.
        learnt: Learnt = joblib.load(io.BytesIO(kept))
        return learnt

    def _read(self, path: Path) -> bytes | None:
        """Return what a file holds, if it is there and whole and ours."""
        body = read_signed(path, self._key)
        if body is not None:
            os.utime(path)
        return body

    def _write(self, path: Path, body: bytes) -> None:
        """Keep a result; where the disk is full the training goes on without."""
        with suppress(OSError):
            write_signed(path, self._key, body)
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        kept = sorted(
            ((one.stat().st_mtime_ns, one.stat().st_size, one) for one in self._folder.iterdir()),
            reverse=True,
        )
        total = 0
        for _, size, path in kept:
            total += size
            if total > self._most_bytes:
                path.unlink(missing_ok=True)


def digest(given: Any) -> str:
    """Return a hash of plain values, arrays, matrices, dataclasses and containers of them.

    What is none of these is hashed as it would be pickled.

    Examples
    --------
    >>> digest({"a": np.arange(3)}) == digest({"a": np.arange(3)}) != digest({"a": np.arange(4)})
    True
    """
    found = hashlib.blake2b(digest_size=16)
    if isinstance(given, np.ndarray) and not given.dtype.hasobject:
        found.update(f"array {given.dtype.str} {given.shape} ".encode())
        found.update(np.ascontiguousarray(given).data if given.size else b"")
    elif sp.issparse(given):
        rows = given.tocsr()
        found.update(f"sparse {digest((rows.shape, rows.indptr, rows.indices, rows.data))}".encode())
    elif isinstance(given, Mapping):
        found.update(repr(sorted((digest(name), digest(value)) for name, value in given.items())).encode())
    elif is_dataclass(given) and not isinstance(given, type):
        parts = [(part.name, digest(getattr(given, part.name))) for part in fields(given)]
        found.update(f"{type(given).__qualname__} {parts}".encode())
    elif isinstance(given, list | tuple):
        found.update(f"sequence {[digest(one) for one in given]}".encode())
    else:
        found.update(f"{type(given).__qualname__} {joblib.hash(given, hash_name='sha1')}".encode())
    return found.hexdigest()


def digest_rows(rows: Iterable[PastTicket | Article | ArticleLink]) -> str:
    """Return a hash of everything that tickets, articles or links hold: plain values, so that repr tells.

    :func:`digest` would say the same ten times slower.
    """
    found = hashlib.blake2b(digest_size=16)
    for row in rows:
        found.update(repr(row).encode("utf-8", "surrogatepass") + b"\n")
    return found.hexdigest()
