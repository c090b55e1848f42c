"""Erases embeddings of single texts from the caches of this machine, and what was learnt beside them.

A row is overwritten where it stands: readers know rows by number, and a row whose checksum does not hold is
to them one that was never written.
"""

import fcntl
import os
from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np

from features.cleaning import clean_text
from features.embedding_cache import KEY, text_key
from features.recent_texts import forget_recent
from triage.erasure import Erased, ErasedKind
from triage.ticket import Ticket

__all__ = ["LEARNT", "forget_here", "forget_learnt", "forget_texts", "ticket_key"]

LEARNT = "learnt"
"""Folder among the caches in which training keeps what its steps learnt from texts."""
NOBODY = bytes(KEY["hash"].itemsize)
"""Stands for the hash of an erased row: no text has it."""


def forget_texts(folder: Path, keys: Collection[str]) -> int:
    """Overwrite the embeddings of texts in the caches of all encoders.

    Parameters
    ----------
    folder : Path
        In which each encoder has a folder of its own.
    keys : collection of str
        From :func:`features.embedding_cache.text_key`; one that is not there changes nothing.

    Returns
    -------
    int
        Embeddings overwritten.
    """
    wanted = {bytes.fromhex(key) for key in keys}
    if not wanted or not folder.is_dir():
        return 0
    return sum(
        _overwrite(cache, wanted) for cache in sorted(folder.iterdir()) if (cache / "keys.bin").is_file()
    )


def forget_here(folder: Path, news: Sequence[Erased]) -> tuple[int, int]:
    """Overwrite what this machine keeps of erased texts, delete what rests on them; forget the latest texts.

    Parameters
    ----------
    folder : Path
        The caches of embeddings.
    news : sequence of Erased
        Entries of ledgers since the last call.

    Returns
    -------
    embeddings : int
        Vectors overwritten.
    learnt : int
        Results of training steps deleted: all from before, as nobody knows which of them rest on it.
    """
    if not news:
        return 0, 0
    forget_recent()
    texts = [one.key for one in news if one.kind is ErasedKind.TEXT]
    return forget_texts(folder, texts), forget_learnt(folder, max(one.erased_at for one in news))


def ticket_key(ticket: Ticket) -> str:
    """Return the hash under which caches know a ticket's text."""
    return text_key(clean_text(ticket))


def forget_learnt(folder: Path, before: datetime) -> int:
    """Delete what steps of training learnt before a moment; return how many results are gone."""
    kept = folder / LEARNT
    if not kept.is_dir():
        return 0
    old = [one for one in kept.iterdir() if one.is_file() and one.stat().st_mtime <= before.timestamp()]
    for one in old:
        one.unlink(missing_ok=True)
    return len(old)


def _overwrite(cache: Path, wanted: set[bytes]) -> int:
    row_bytes = 4 * int(cache.name.rpartition("-")[2])
    with (cache / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = np.fromfile(cache / "keys.bin", dtype=KEY)["hash"].tolist()
        rows = [row for row, key in enumerate(kept) if key in wanted]
        if not rows:
            return 0
        # The vectors first: a crash in between leaves a hash without its vector, found by the next call.
        with (cache / "vectors.f32").open("r+b") as vectors:
            for row in rows:
                vectors.seek(row * row_bytes)
                vectors.write(bytes(row_bytes))
            vectors.flush()
            os.fsync(vectors.fileno())
        with (cache / "keys.bin").open("r+b") as keys:
            for row in rows:
                keys.seek(row * KEY.itemsize)
                keys.write(NOBODY)
            keys.flush()
            os.fsync(keys.fileno())
    return len(rows)
