"""Backlogs in which many tickets are alike: matched group by group, exactly.

Tickets with the same worth for everybody are one group with a supply. Giving groups to agents is a
transportation problem, far smaller than the tickets one by one; the corners of its feasible set are whole
numbers [1]_, and the dual simplex method ends in a corner.

References
----------
.. [1] A. J. Hoffman and J. B. Kruskal, Integral boundary points of convex polyhedra, 1956.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

__all__ = ["NOBODY", "match_groups"]

NOBODY = -1
"""Stands for the agent of a ticket that was given to nobody."""

_WHOLE = 1e-6


def match_groups(worth: NDArray[np.float64], slots: NDArray[np.intp]) -> NDArray[np.intp] | None:
    """Match tickets where no more than half of them are different.

    Parameters
    ----------
    worth : array of float, shape (n_tickets, n_agents)
        What giving a ticket to an agent is worth; 0 where the agent may not have it.
    slots : array of int, shape (n_agents,)
        How many tickets each agent may be given.

    Returns
    -------
    array of int, shape (n_tickets,), or None
        The agent's column, or -1; None where more than half of the tickets are different, or the solver gave
        no whole numbers.
    """
    from scipy.optimize import linprog

    kinds, kind_of, supply = np.unique(worth, axis=0, return_inverse=True, return_counts=True)
    if 2 * len(kinds) > len(worth):
        return None
    groups, agents = np.nonzero(kinds > 0)
    choice = np.full(len(worth), NOBODY, dtype=np.intp)
    edges = np.arange(len(groups))
    if len(edges) == 0:
        return choice
    ones = np.ones(len(edges))
    rows = np.concatenate([groups, len(kinds) + agents])
    shape = (len(kinds) + len(slots), len(edges))
    limits = csr_array((np.concatenate([ones, ones]), (rows, np.concatenate([edges, edges]))), shape=shape)
    found = linprog(
        -kinds[groups, agents], A_ub=limits, b_ub=np.concatenate([supply, slots]), method="highs-ds"
    )
    if found.x is None or np.abs(found.x - np.round(found.x)).max(initial=0.0) > _WHOLE:
        return None
    counts = np.round(found.x).astype(np.intp)
    order = np.argsort(kind_of, kind="stable")
    starts = np.concatenate([[0], np.cumsum(supply)[:-1]])
    for group in range(len(kinds)):
        mine = groups == group
        given = np.repeat(agents[mine], counts[mine])
        first = starts[group]
        choice[order[first : first + len(given)]] = given
    return choice
