"""Tickets and agents' slots matched so that the total is greatest: numbers only, solved by SciPy.

Where every ticket takes one slot it is an assignment problem and solved exactly at once [1]_. Where tickets
take more room than others, or an agent's share is capped team by team, it is a generalised assignment
problem, NP-hard: small ones are given to HiGHS [2]_ and solved exactly, too; for large ones
:mod:`features.slot_blocks` finds a good answer.

References
----------
.. [1] D. F. Crouse, On implementing 2D rectangular assignment algorithms, IEEE Transactions on Aerospace and
   Electronic Systems 52 (2016), as in ``scipy.optimize.linear_sum_assignment``.
.. [2] Q. Huangfu and J. A. J. Hall, Parallelizing the dual revised simplex method, Mathematical Programming
   Computation 10 (2018), as in ``scipy.optimize.milp``.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from features.slot_groups import NOBODY, match_groups

__all__ = ["NOBODY", "Caps", "Choice", "Matrix", "match_efforts", "match_slots", "total"]

Choice = NDArray[np.intp]
Matrix = NDArray[np.float64]
Caps = Sequence[tuple[NDArray[np.bool_], Matrix]]
"""For some of the tickets, how many of them each agent may be given."""

_MANY = 200
"""Below, finding tickets that are alike is not worth it."""
_TIE = 1e-9
"""What being given to somebody is worth where affinity is zero: too little to change a total."""


def match_slots(values: Matrix, eligible: NDArray[np.bool_], slots: NDArray[np.intp]) -> Choice:
    """Match where every ticket takes one slot; exact.

    Parameters
    ----------
    values : array of float, shape (n_tickets, n_agents)
        What giving a ticket to an agent is worth; not negative.
    eligible : array of bool, shape (n_tickets, n_agents)
        Who may be given what.
    slots : array of int, shape (n_agents,)
        How many tickets each agent may be given.

    Returns
    -------
    array of int, shape (n_tickets,)
        The agent's column, or ``NOBODY``.
    """
    n = len(values)
    worth = np.where(eligible, values + _TIE, 0.0)
    limits = np.minimum(slots, eligible.sum(axis=0))
    if n == 0 or limits.sum() == 0:
        return np.full(n, NOBODY, dtype=np.intp)
    alike = match_groups(worth, limits) if n > _MANY else None
    if alike is not None:
        return alike
    # Few columns first. An agent who fills the slots offered may want more; while one with more is found the
    # slots are doubled. Slots that stay empty cost nothing, so the last answer is the best of all.
    offered = np.minimum(limits, 2 * n // len(limits) + 1)
    while True:
        choice = _matched(worth, eligible, offered)
        used = np.bincount(choice[choice != NOBODY], minlength=len(limits))
        tight = (used == offered) & (offered < limits)
        if not tight.any():
            return choice
        offered = np.where(tight, np.minimum(limits, 2 * offered), offered)


def match_efforts(
    values: Matrix,
    eligible: NDArray[np.bool_],
    efforts: Matrix,
    room: Matrix,
    caps: Caps = (),
    *,
    time_limit_s: float = 10.0,
) -> Choice | None:
    """Match where tickets take different room; the best found within the time limit.

    Parameters
    ----------
    values, eligible
        As for :func:`match_slots`.
    efforts : array of float, shape (n_tickets,)
        Slots that each ticket takes.
    room : array of float, shape (n_agents,)
        Free slots; infinite where there is no limit.
    caps : sequence of (array of bool, shape (n_tickets,), array of float, shape (n_agents,))
        For some of the tickets, how many of them each agent may be given.
    time_limit_s : float, default=10.0
        Seconds for the solver.

    Returns
    -------
    array of int, shape (n_tickets,), or None
        As for :func:`match_slots`; None when the solver found nothing in time.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp  # A third of a second, at every start.

    n, m = values.shape
    tickets, agents = np.nonzero(eligible)
    edges = np.arange(len(tickets))
    if len(edges) == 0:
        return np.full(n, NOBODY, dtype=np.intp)

    def by_agent(weights: Matrix, which: NDArray[np.bool_]) -> csr_array:
        return csr_array((weights[which], (agents[which], edges[which])), shape=(m, len(edges)))

    ones = np.ones(len(edges))
    everywhere = np.ones(len(edges), dtype=bool)
    once = csr_array((ones, (tickets, edges)), shape=(n, len(edges)))
    rows = [once, by_agent(efforts[tickets], everywhere)]
    limits = [np.ones(n), room]
    for of, most in caps:
        rows.append(by_agent(ones, of[tickets]))
        limits.append(most)
    found = milp(
        -(values[tickets, agents] + _TIE),
        integrality=ones,
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(vstack(rows, format="csr"), -np.inf, np.concatenate(limits)),
        options={"time_limit": time_limit_s, "mip_rel_gap": 0.0},
    )
    if found.x is None:
        return None
    choice = np.full(n, NOBODY, dtype=np.intp)
    taken = found.x > 0.5
    choice[tickets[taken]] = agents[taken]
    return choice


def total(values: Matrix, choice: Choice) -> float:
    """Return what a choice is worth."""
    given = np.flatnonzero(choice != NOBODY)
    return float(values[given, choice[given]].sum())


def _matched(worth: Matrix, eligible: NDArray[np.bool_], slots: NDArray[np.intp]) -> Choice:
    from scipy.optimize import linear_sum_assignment

    owner = np.repeat(np.arange(worth.shape[1]), slots)
    rows, columns = linear_sum_assignment(worth[:, owner], maximize=True)
    choice = np.full(len(worth), NOBODY, dtype=np.intp)
    choice[rows] = owner[columns]
    # A pair that is worth nothing stands for a ticket that is given to nobody.
    choice[rows[~eligible[rows, choice[rows]]]] = NOBODY
    return choice
