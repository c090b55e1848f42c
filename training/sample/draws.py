"""Replayable small random choices, one child seed a stream.

Every part of the sample (people, arrivals, one ticket) draws from a stream of its own, so that asking for
more tickets adds tickets instead of reshuffling those that were there. It does not know what is drawn.
"""

from bisect import bisect_right
from collections.abc import Sequence
from enum import IntEnum
from itertools import accumulate
from math import exp
from statistics import NormalDist
from typing import Generic, TypeVar

import numpy as np

T = TypeVar("T")

_BLOCK = 64
_NORMAL = NormalDist()


class Stream(IntEnum):
    """What a child seed is for; the numbers are part of the sample's identity."""

    DAYS = 1
    ARRIVALS = 2
    PEOPLE = 3
    TICKETS = 4
    ABSENCES = 5
    EFFORT = 6
    ARTICLES = 7


class Weighted(Generic[T]):
    """Options with weights, ready to be drawn from many times.

    Parameters
    ----------
    options : sequence
        What can be drawn; not empty.
    weights : sequence of float
        One weight per option, not negative, with a positive sum.
    """

    def __init__(self, options: Sequence[T], weights: Sequence[float]) -> None:
        self.options = tuple(options)
        self._cumulative = list(accumulate(float(weight) for weight in weights))

    def at(self, share: float) -> T:
        """Return the option at a share of the total weight, ``0 <= share < 1``."""
        index = bisect_right(self._cumulative, share * self._cumulative[-1])
        return self.options[min(index, len(self.options) - 1)]


class Draws:
    """A stream of draws that repeats exactly for the same key.

    Parameters
    ----------
    *key : int
        Seed, :class:`Stream` and any further number; each key is an independent stream
        (numpy's ``SeedSequence``).
    """

    def __init__(self, *key: int) -> None:
        self._generator = np.random.default_rng([int(part) for part in key])
        self._block: list[float] = []

    def uniform(self) -> float:
        """Return a number in ``[0, 1)``."""
        if not self._block:
            # One call for a whole block: a scalar call to numpy costs about as much as sixty of these.
            self._block = self._generator.random(_BLOCK).tolist()
        return self._block.pop()

    def chance(self, probability: float) -> bool:
        """Say whether something of this probability happens."""
        return self.uniform() < probability

    def index(self, size: int) -> int:
        """Return a whole number in ``[0, size)``."""
        return int(self.uniform() * size)

    def pick(self, options: Sequence[T]) -> T:
        """Return one of the options, all equally likely."""
        return options[int(self.uniform() * len(options))]

    def weighted(self, options: Weighted[T]) -> T:
        """Return one of the weighted options."""
        return options.at(self.uniform())

    def lognormal(self, median: float, sigma: float) -> float:
        """Return a positive number around a median; ``sigma`` is the standard deviation of its logarithm."""
        return median * exp(sigma * _NORMAL.inv_cdf(min(max(self.uniform(), 1e-9), 1 - 1e-9)))
