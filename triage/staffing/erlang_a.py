"""Erlang A: live contacts of whom some give up waiting (M/M/N+M).

Palm's model of 1957 (Garnett, Mandelbaum, Reiman 2002): as Erlang C, but each who waits gives up after a
time that is exponential with the mean ``patience_s``. It holds for any number of people, too few included.

Who finds q waiting is answered within T if the q before him and he himself get to the front before T and
before he gives up. With b = N mu / theta and x = 1 - exp(-theta T) that is b / (b + q + 1) times the
regularised incomplete beta I_x(q + 1, b + 1). For whole q this is one minus a sum of q + 1 terms that are all
positive (a negative binomial's), so neither scipy nor a continued fraction is needed; as theta falls to
nought the terms become a Poisson's, and the model Erlang C.
"""

import math

import numpy as np
from numpy.typing import NDArray

from triage.errors import InputError
from triage.staffing.erlang_c import check_queue
from triage.staffing.queue_figures import QueueFigures

__all__ = ["erlang_a", "incomplete_beta_run"]

_NEGLIGIBLE = 1e-16
_LONGEST_QUEUE = 2**23


def erlang_a(
    load: float, agents: int, *, handle_s: float, within_s: float, patience_s: float
) -> QueueFigures:
    """Return how a group does whose callers give up.

    Parameters
    ----------
    load : float
        A = arrivals per second x handle time; 0 or more.
    agents : int
        N, people on the floor; 0 or more.
    handle_s, within_s : float
        Mean handle time (above 0) and time promised, in seconds.
    patience_s : float
        Mean time until somebody who waits gives up, in seconds, above 0.

    Raises
    ------
    InputError
        If a number makes no sense, or so many would wait that the queue has no useful model.

    Examples
    --------
    >>> found = erlang_a(10.0, 12, handle_s=180, within_s=20, patience_s=300)
    >>> round(found.abandoned, 4), round(found.service_level, 4)
    (0.0427, 0.7723)
    """
    check_queue(load, agents, handle_s, within_s)
    if not (math.isfinite(patience_s) and patience_s > 0.0):
        raise InputError(f"Got patience_s={patience_s!r}; expected seconds above 0; leave it out for none.")
    if load == 0.0:
        return QueueFigures(0.0, 1.0, 0.0, 0.0, 0.0)
    arrivals, served, gives_up = load / handle_s, agents / handle_s, 1.0 / patience_s
    free, waiting = _states(load, agents, arrivals, served, gives_up)
    queue = np.arange(len(waiting))
    length = float(waiting @ queue)
    b = served / gives_up
    reaches = b / (b + queue + 1.0) * incomplete_beta_run(len(waiting), b + 1.0, within_s / patience_s)
    abandoned = min(1.0, gives_up * length / arrivals)
    return QueueFigures(
        wait_probability=float(waiting.sum()),
        service_level=min(1.0, float(free.sum() + waiting @ reaches)),
        mean_wait_s=length / arrivals,
        abandoned=abandoned,
        occupancy=load * (1.0 - abandoned) / agents if agents else 1.0,
    )


def incomplete_beta_run(n: int, c: float, decay: float) -> NDArray[np.float64]:
    """Return I_x(a, c) for a = 1 to n, where 1 - x = exp(-decay).

    I_x(a, c) = 1 - sum over i < a of Gamma(c + i) / (Gamma(c) i!) x^i (1 - x)^c.

    Parameters
    ----------
    n : int
        How many.
    c : float
        Second parameter, above 0.
    decay : float
        -log(1 - x), 0 or more: so that an x next to 0 or to 1 loses no digit.
    """
    if decay == 0.0:
        return np.zeros(n)
    i = np.arange(1, n)
    steps = np.log(-math.expm1(-decay)) + np.log((c + i - 1.0) / i)
    terms = np.exp(-c * decay + np.concatenate([[0.0], np.cumsum(steps)]))
    return np.clip(1.0 - np.cumsum(terms), 0.0, 1.0)


def _states(
    load: float, agents: int, arrivals: float, served: float, gives_up: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the probabilities of 0 to N - 1 busy, and of N busy with 0, 1, 2 ... waiting."""
    busy = np.concatenate([[0.0], np.cumsum(np.log(load / np.arange(1, agents + 1)))])
    length = 256
    while True:
        steps = np.log(arrivals / (served + gives_up * np.arange(1, length)))
        queue = busy[-1] + np.concatenate([[0.0], np.cumsum(steps)])
        top = max(float(busy.max()), float(queue.max()))
        is_over = steps[-1] < 0.0 and queue[-1] - top < math.log(_NEGLIGIBLE)
        if is_over:
            break
        length *= 2
        if length > _LONGEST_QUEUE:
            raise InputError(
                f"Got load {load:g} for {agents} agents whose callers wait {1 / gives_up:g} s before they "
                "give "
                "up: millions would wait; expected more agents or less patience."
            )
    free, waiting = np.exp(busy[:-1] - top), np.exp(queue - top)
    total = free.sum() + waiting.sum()
    return free / total, waiting / total
