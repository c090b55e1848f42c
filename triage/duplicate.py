"""An earlier ticket that a new one likely repeats. How it is found stands in :mod:`features.duplicates`."""

from dataclasses import dataclass
from datetime import datetime

__all__ = ["LEAST_CHANCE", "Duplicate", "DuplicateLink"]

LEAST_CHANCE = 0.1
"""Calibrated probability from which an earlier ticket is shown. On the fourth fifth of HDFS's and
HADOOP's bugs one in 15 has such an earlier one, and people linked 23 % of these (benchmarks/RESULTS.md)."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """An earlier ticket, likeliest first in a list of them.

    Parameters
    ----------
    ticket_id : str
        The earlier ticket.
    chance : float
        Calibrated probability that people would call the new one its duplicate.
    shared : tuple of str, default=()
        Words that both have and few others do, the rarest first.
    """

    ticket_id: str
    chance: float
    shared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DuplicateLink:
    """That people called a ticket the duplicate of another; which is which does not matter.

    ``created_at`` is when they said so, None where unknown.
    """

    ticket_id: str
    other: str
    created_at: datetime | None = None
