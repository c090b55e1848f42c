"""How a queue of live contacts does in the long run. Says nothing of how that is worked out."""

from dataclasses import dataclass

__all__ = ["QueueFigures"]


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """A queue in equilibrium.

    Parameters
    ----------
    wait_probability : float
        Share of arrivals that find everybody busy.
    service_level : float
        Share of all arrivals that are answered within the time promised.
    mean_wait_s : float
        Mean time in the queue of all arrivals, in seconds, those who give up included.
    abandoned : float
        Share of arrivals that give up waiting; 0 where nobody does.
    occupancy : float
        Share of the time in which people are busy.
    """

    wait_probability: float
    service_level: float
    mean_wait_s: float
    abandoned: float
    occupancy: float
