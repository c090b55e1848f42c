"""Erlang C: live contacts that wait for as long as it takes (M/M/N).

A. K. Erlang's formula of 1917: arrivals at random, handle times exponential, first come first served, nobody
gives up. It needs more people than load. Knows nothing of shrinkage or schedules.
"""

import math
from collections.abc import Iterator

from triage.errors import InputError
from triage.staffing.queue_figures import QueueFigures

__all__ = ["blocking", "erlang_c", "iter_erlang_c"]


def blocking(load: float, agents: int) -> float:
    """Return Erlang's B, the share of arrivals lost by a group without a queue.

    By the inverse recursion 1/B(i) = 1 + (i / A) / B(i - 1), which neither overflows into nonsense nor
    cancels: a large 1/B is simply a B of nought.

    Parameters
    ----------
    load : float
        A = arrivals per second x handle time in seconds; above 0.
    agents : int
        How many there are; 0 or more.
    """
    inverse = 1.0
    for i in range(1, agents + 1):
        inverse = 1.0 + (i / load) * inverse
    return 1.0 / inverse


def erlang_c(load: float, agents: int, *, handle_s: float, within_s: float) -> QueueFigures:
    """Return how a group does whose callers are patient.

    P_w = B / (1 - (A / N)(1 - B)); service level 1 - P_w exp(-(N - A) T / AHT); mean wait P_w AHT / (N - A).
    A group with no more people than load never catches up: nobody is answered in time, waits are endless.

    Parameters
    ----------
    load : float
        A = arrivals per second x handle time; 0 or more.
    agents : int
        N, people on the floor.
    handle_s : float
        AHT, mean handle time in seconds, above 0.
    within_s : float
        T, the time promised, in seconds; 0 or more.

    Raises
    ------
    InputError
        If a number makes no sense.

    Examples
    --------
    >>> round(erlang_c(10.0, 14, handle_s=180, within_s=20).service_level, 5)
    0.88835
    """
    check_queue(load, agents, handle_s, within_s)
    if load == 0.0:
        return QueueFigures(0.0, 1.0, 0.0, 0.0, 0.0)
    return _figures(load, agents, blocking(load, agents) if agents > load else 1.0, handle_s, within_s)


def iter_erlang_c(
    load: float, *, handle_s: float, within_s: float, least: int = 1
) -> Iterator[tuple[int, QueueFigures]]:
    """Iterate over numbers of agents from the first that keeps up, with what they reach; without end.

    One step of the recursion a number, so that finding a requirement costs no more than proving it.
    """
    check_queue(load, least, handle_s, within_s)
    inverse, agents = 1.0, 0
    first = max(least, math.floor(load) + 1)
    while True:
        agents += 1
        inverse = 1.0 + (agents / load) * inverse if load > 0.0 else math.inf
        if agents >= first:
            yield agents, _figures(load, agents, 1.0 / inverse, handle_s, within_s)


def check_queue(load: float, agents: int, handle_s: float, within_s: float) -> None:
    """Refuse numbers of which no queue can be made."""
    for name, value, least in (("load", load, 0.0), ("within_s", within_s, 0.0), ("agents", agents, 0)):
        if not (math.isfinite(value) and value >= least):
            raise InputError(f"Got {name}={value!r}; expected a number of {least:g} or more.")
    if not (math.isfinite(handle_s) and handle_s > 0.0):
        raise InputError(f"Got handle_s={handle_s!r}; expected seconds above 0.")


def _figures(load: float, agents: int, lost: float, handle_s: float, within_s: float) -> QueueFigures:
    if load == 0.0:
        return QueueFigures(0.0, 1.0, 0.0, 0.0, 0.0)
    if agents <= load:
        return QueueFigures(1.0, 0.0, math.inf, 0.0, 1.0)
    spare = agents - load
    waits = lost / (1.0 - (load / agents) * (1.0 - lost))
    return QueueFigures(
        wait_probability=waits,
        service_level=1.0 - waits * math.exp(-spare * within_s / handle_s),
        mean_wait_s=waits * handle_s / spare,
        abandoned=0.0,
        occupancy=load / agents,
    )
