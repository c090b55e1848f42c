"""A counted volume: how many tickets or calls a series had in one interval, without the tickets."""

from dataclasses import dataclass
from datetime import datetime

__all__ = ["Volume"]


@dataclass(frozen=True, slots=True)
class Volume:
    """One row of a volumes table, such as a telephone system's export.

    Parameters
    ----------
    series : str
        What was counted.
    start : datetime
        Begin of the interval, with a zone.
    count : float
        How many.
    handle_seconds : float or None, default=None
        Mean handling time of one, in seconds.
    """

    series: str
    start: datetime
    count: float
    handle_seconds: float | None = None
