"""Remembering which identities were seen, in eight bytes each."""

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["Seen"]

RUN = 1 << 16


class Seen:
    """Counts identities that come again, among millions, without keeping them.

    Keeps a 64-bit hash of each: among ten million identities the chance that any two share one is
    about 3 in a million, and only a count would be off.
    """

    def __init__(self) -> None:
        self._recent: set[int] = set()
        self._runs: list[npt.NDArray[np.uint64]] = []

    def count_repeats(self, identities: Sequence[str]) -> int:
        """Add identities; return how many had been added before, in this call or an earlier one."""
        repeats = 0
        fresh = []
        for identity in identities:
            digest = hashlib.blake2b(identity.encode("utf-8", "surrogatepass"), digest_size=8).digest()
            number = int.from_bytes(digest, "little")
            if number in self._recent:
                repeats += 1
            else:
                self._recent.add(number)
                fresh.append(number)
        if self._runs and fresh:
            hashes = np.array(fresh, dtype=np.uint64)
            known = np.zeros(len(hashes), dtype=bool)
            for run in self._runs:
                places = np.minimum(np.searchsorted(run, hashes), len(run) - 1)
                known |= run[places] == hashes
            repeats += int(known.sum())
        if len(self._recent) >= RUN:
            self._store()
        return repeats

    def _store(self) -> None:
        run = np.array(sorted(self._recent), dtype=np.uint64)
        self._recent = set()
        # Runs double in size, so there are few of them to look through.
        while self._runs and len(self._runs[-1]) <= len(run):
            run = np.union1d(self._runs.pop(), run)
        self._runs.append(run)
