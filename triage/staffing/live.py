"""What is promised to live contacts, and how many people keep the promise. Erlang C or A does the sums."""

import math
from dataclasses import dataclass
from functools import lru_cache

from triage.errors import ConfigurationError
from triage.staffing.erlang_a import erlang_a
from triage.staffing.erlang_c import erlang_c, iter_erlang_c
from triage.staffing.queue_figures import QueueFigures

__all__ = ["LivePromise", "agents_needed", "paid", "queue_figures"]

_ROUNDING = 1e-9
"""So that 14 / 0.7 asks for 20 people, not for 21."""


@dataclass(frozen=True, slots=True)
class LivePromise:
    """How soon live contacts are answered, and what people can bear.

    Parameters
    ----------
    service_level : float, default=0.80
        Share of all arrivals to be answered within ``within_s``; above 0, below 1. 80 % in 20 s is what call
        centres customarily promise.
    within_s : float, default=20
        Seconds.
    patience_s : float or None, default=None
        Mean time until a waiting contact gives up, in seconds: Erlang A. None: nobody does, Erlang C.
    occupancy : float, default=0.85
        People are to be busy for no more than this share of the time; above 0, at most 1.
    concurrency : int, default=1
        Contacts that one person handles at a time (chats); handle times are then those of a contact among so
        many.

    Raises
    ------
    ConfigurationError
        If a value lies outside its bounds.
    """

    service_level: float = 0.80
    within_s: float = 20.0
    patience_s: float | None = None
    occupancy: float = 0.85
    concurrency: int = 1

    def __post_init__(self) -> None:
        shares = (("service_level", self.service_level, False), ("occupancy", self.occupancy, True))
        for name, value, may_be_one in shares:
            if not 0.0 < value <= 1.0 or (value == 1.0 and not may_be_one):
                raise ConfigurationError(f"Got {name}={value!r}; expected a share such as 0.8.")
        if not 0.0 <= self.within_s <= 86_400.0:
            raise ConfigurationError(f"Got within_s={self.within_s!r}; expected 0 to 86,400 seconds.")
        if self.patience_s is not None and not 1.0 <= self.patience_s <= 86_400.0:
            raise ConfigurationError(f"Got patience_s={self.patience_s!r}; expected 1 to 86,400 seconds.")
        if not 1 <= self.concurrency <= 50:
            raise ConfigurationError(f"Got concurrency={self.concurrency!r}; expected 1 to 50 at a time.")


def queue_figures(load: float, agents: int, handle_s: float, promise: LivePromise) -> QueueFigures:
    """Return how so many people do under a load; each stands for ``concurrency`` places."""
    places = agents * promise.concurrency
    if promise.patience_s is None:
        return erlang_c(load, places, handle_s=handle_s, within_s=promise.within_s)
    return erlang_a(load, places, handle_s=handle_s, within_s=promise.within_s, patience_s=promise.patience_s)


@lru_cache(maxsize=65_536)
def agents_needed(load: float, handle_s: float, promise: LivePromise) -> int:
    """Return how many people on the floor keep the promise within the cap on occupancy.

    Parameters
    ----------
    load : float
        A = contacts per second x handle time; 0 or more.
    handle_s : float
        Mean handle time in seconds, above 0.
    promise : LivePromise

    Examples
    --------
    >>> agents_needed(10.0, 180.0, LivePromise(occupancy=1.0))
    14
    """
    if load == 0.0:
        return 0
    if promise.patience_s is None:
        cap = math.ceil(load / promise.occupancy - _ROUNDING)
        places = next(
            n
            for n, found in iter_erlang_c(load, handle_s=handle_s, within_s=promise.within_s, least=cap)
            if found.service_level >= promise.service_level
        )
        return math.ceil(places / promise.concurrency)
    low, high = 0, 1
    while not _keeps(load, high, handle_s, promise):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _keeps(load, middle, handle_s, promise) else (middle, high)
    return high


def paid(agents: float, shrinkage: float, *, whole: bool = True) -> float:
    """Return how many must be paid so that so many are on the floor: N / (1 - shrinkage), rounded up.

    Parameters
    ----------
    agents : float
        On the floor.
    shrinkage : float
        Share of paid time spent elsewhere (leave, illness, training, breaks); 0 or more, below 1.
    whole : bool, default=True
        Whether people come whole.

    Examples
    --------
    >>> paid(14, 0.3)
    20
    """
    people = agents / (1.0 - shrinkage)
    return math.ceil(people - _ROUNDING) if whole else people


def _keeps(load: float, agents: int, handle_s: float, promise: LivePromise) -> bool:
    found = queue_figures(load, agents, handle_s, promise)
    return found.service_level >= promise.service_level and found.occupancy <= promise.occupancy + _ROUNDING
