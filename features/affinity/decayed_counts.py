"""Counts of who did what, each halved in a given time, under several half-lives at once.

A count is brought up to date when it is touched or read, so that adding one event costs the same however
long the history is. Holds numbers only; what a key stands for is its user's business.
"""

from collections.abc import Hashable, Sequence

import numpy as np

__all__ = ["DecayedCounts"]

ROWS = 1024
MANY = 32


class DecayedCounts:
    """Decaying sums by key and person.

    Parameters
    ----------
    half_lives_s : sequence of float
        Seconds in which a count is halved; one sum each is kept.
    """

    def __init__(self, half_lives_s: Sequence[float]) -> None:
        self.half_lives_s = np.asarray(half_lives_s, dtype=np.float64)
        self._rows: dict[Hashable, dict[int, int]] = {}
        self._arrays: dict[Hashable, tuple[np.ndarray, np.ndarray]] = {}
        self._used = 0
        self._sums = np.zeros((ROWS, len(self.half_lives_s)))
        self._last = np.zeros(ROWS)

    def add(self, key: Hashable, person: int, at: float, weight: float = 1.0) -> None:
        """Count an event of a person at a POSIX time; a negative weight takes an earlier one back."""
        people = self._rows.setdefault(key, {})
        row = people.get(person)
        if row is None:
            row = people[person] = self._new_row(at)
            self._arrays.pop(key, None)
        later = at - self._last[row]
        if later >= 0:
            self._sums[row] *= 0.5 ** (later / self.half_lives_s)
            self._last[row] = at
            later = 0.0
        self._sums[row] += weight * 0.5 ** (-later / self.half_lives_s)

    def read(self, key: Hashable, at: float, size: int) -> np.ndarray:
        """Return a key's sums by half-life and person at a POSIX time, of shape (n_half_lives, size).

        What was taken back leaves no sum below zero.
        """
        sums = np.zeros((size, len(self.half_lives_s)))
        if key in self._rows:
            places, rows = self._people(key)
            age = np.maximum(at - self._last[rows], 0.0)
            sums[places] = np.maximum(self._sums[rows] * np.exp2(-age[:, None] / self.half_lives_s), 0.0)
        return sums.T

    def read_one(self, key: Hashable, person: int, at: float) -> np.ndarray:
        """Return one person's sums of a key at a POSIX time, of shape (n_half_lives,)."""
        row = self._rows.get(key, {}).get(person)
        if row is None:
            return np.zeros(len(self.half_lives_s))
        age = max(at - self._last[row], 0.0)
        return np.asarray(np.maximum(self._sums[row] * np.exp2(-age / self.half_lives_s), 0.0))

    def ages(self, key: Hashable, at: float, size: int, unknown: float) -> np.ndarray:
        """Return the seconds since each person's last event of a key, of shape (size,)."""
        ages = np.full(size, unknown)
        if key in self._rows:
            places, rows = self._people(key)
            ages[places] = np.clip(at - self._last[rows], 0.0, unknown)
        return ages

    def age(self, key: Hashable, person: int, at: float, unknown: float) -> float:
        """Return the seconds since one person's last event of a key."""
        row = self._rows.get(key, {}).get(person)
        return unknown if row is None else float(np.clip(at - self._last[row], 0.0, unknown))

    def _people(self, key: Hashable) -> tuple[np.ndarray, np.ndarray]:
        """Return who has sums of a key, and in which rows; kept as arrays where they are many."""
        found = self._arrays.get(key)
        if found is None:
            found = _arrays(self._rows[key])
            if len(found[0]) >= MANY:
                self._arrays[key] = found
        return found

    def _new_row(self, at: float) -> int:
        if self._used == len(self._last):
            self._sums = np.concatenate([self._sums, np.zeros_like(self._sums)])
            self._last = np.concatenate([self._last, np.zeros_like(self._last)])
        self._last[self._used] = at
        self._used += 1
        return self._used - 1


def _arrays(people: dict[int, int]) -> tuple[np.ndarray, np.ndarray]:
    count = len(people)
    return np.fromiter(people.keys(), np.int64, count), np.fromiter(people.values(), np.int64, count)
