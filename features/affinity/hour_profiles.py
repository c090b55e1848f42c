"""At which hours people take tickets: who is likely to be the next to come, learnt from events alone."""

from collections.abc import Sequence

import numpy as np

__all__ = ["DAY_S", "HOUR_S", "HourProfiles", "is_weekend"]

DAY_S = 86_400.0
HOUR_S = 3_600.0
HOURS = 24
POWER_MAX = 200.0
SPREAD = ((-1, 0.25), (0, 0.5), (1, 0.25))
"""An event tells of its hour, and half as much of each hour beside it."""


class HourProfiles:
    """Decayed counts of events by hour of the day (UTC) and person.

    Parameters
    ----------
    half_lives_days : sequence of float
        Days in which a count is halved; one profile each is kept.
    """

    def __init__(self, half_lives_days: Sequence[float]) -> None:
        self._half_lives_s = np.asarray(half_lives_days, dtype=np.float64) * DAY_S
        self._counts = np.zeros((len(self._half_lives_s), HOURS, 8))
        self._busy = np.zeros((len(self._half_lives_s), HOURS))
        self._base: float | None = None

    def add(self, person: int, at: float, weight: float = 1.0) -> None:
        """Count an event of a person at a POSIX time."""
        while person >= self._counts.shape[2]:
            self._counts = np.concatenate([self._counts, np.zeros_like(self._counts)], axis=2)
        if self._base is None:
            self._base = at
        power = (at - self._base) / self._half_lives_s
        if power.max() > POWER_MAX:
            self._counts *= (0.5**power)[:, None, None]
            self._busy *= (0.5**power)[:, None]
            self._base, power = at, np.zeros_like(power)
        hour = int(at // HOUR_S)
        for step, share in SPREAD:
            amount = weight * share * 2.0**power
            self._counts[:, (hour + step) % HOURS, person] += amount
            self._busy[:, (hour + step) % HOURS] += amount

    def first_to_come(self, at: float, size: int, patience_h: Sequence[float]) -> np.ndarray:
        """Return each person's chance to be the first who comes after a POSIX time.

        A ticket stays open for ``patience_h`` hours of usual activity on average; in hours when nobody
        works, time stands still. Two days ahead are looked at.

        Returns
        -------
        ndarray of shape (n_patiences, n_half_lives, size)
            Sums to 1 over people wherever anything is known, else zero.
        """
        chances = np.zeros((len(patience_h), len(self._half_lives_s), size))
        if self._base is None:
            return chances
        known = min(size, self._counts.shape[2])
        hours = (int(at // HOUR_S) + np.arange(HOURS)) % HOURS
        busy = self._busy[:, hours]
        # A day seen twice is two days ahead.
        rate = np.tile(busy / (busy.mean(axis=1, keepdims=True) + 1e-300), 2)
        before = np.cumsum(rate, axis=1) - rate
        patience = np.asarray(patience_h)[None, :, None]
        both_days = np.exp(-before[:, None, :] / patience).reshape(len(busy), len(patience_h), 2, HOURS)
        still_open = np.empty((len(busy), len(patience_h), HOURS))
        still_open[:, :, hours] = both_days.sum(axis=2)
        share = (still_open @ self._counts[:, :, :known]).transpose(1, 0, 2)
        chances[:, :, :known] = share / (share.sum(axis=2, keepdims=True) + 1e-300)
        return chances


def is_weekend(at: float) -> bool:
    """Tell whether a POSIX time is on a Saturday or Sunday (UTC)."""
    return int(at // DAY_S + 3) % 7 >= 5
