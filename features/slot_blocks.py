"""Large backlogs whose tickets take different room: a good matching, found block by block.

Tickets of the same effort and the same cap are a block. First the pair of most worth for its effort is given
out, then the next. Then, with the other blocks held fast, each block's best matching is an assignment problem
and solved exactly (:func:`features.slots.match_slots`), which never loses. It may end short of the best of
all; further rounds and another beginning gained less than 0.2 % and cost as much again (docs/log.md).
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from features.slots import NOBODY, Caps, Choice, Matrix, match_slots

__all__ = ["match_blocks"]

_SLACK = 1e-9


def match_blocks(
    values: Matrix, eligible: NDArray[np.bool_], efforts: Matrix, room: Matrix, caps: Caps = ()
) -> Choice:
    """Match where tickets take different room.

    Parameters
    ----------
    values, eligible, efforts, room, caps
        As for :func:`features.slots.match_efforts`; each ticket is in one cap at most.

    Returns
    -------
    array of int, shape (n_tickets,)
        As for :func:`features.slots.match_slots`.
    """
    choice = _densest_first(values, eligible, efforts, room, caps)
    for rows in _blocks(efforts, caps):
        choice[rows] = NOBODY
        slots = np.floor((room - _used(choice, efforts, len(room)) + _SLACK) / efforts[rows[0]])
        for of, most in caps:
            if of[rows[0]]:
                given = np.bincount(choice[of & (choice != NOBODY)], minlength=len(room))
                slots = np.minimum(slots, most - given)
        slots = np.clip(slots, 0, len(rows)).astype(np.intp)
        choice[rows] = match_slots(values[rows], eligible[rows], slots)
    return choice


def _blocks(efforts: Matrix, caps: Caps) -> Iterator[NDArray[np.intp]]:
    """Iterate over the rows of each block, those of most effort first."""
    cap = np.full(len(efforts), -1)
    for at, (of, _) in enumerate(caps):
        cap[of] = at
    kinds = sorted(set(zip((-efforts).tolist(), cap.tolist(), strict=True)))
    for effort, of in kinds:
        yield np.flatnonzero((efforts == -effort) & (cap == of))


def _densest_first(
    values: Matrix, eligible: NDArray[np.bool_], efforts: Matrix, room: Matrix, caps: Caps
) -> Choice:
    tickets, agents = np.nonzero(eligible)
    density = values[tickets, agents] / efforts[tickets]
    choice = np.full(len(values), NOBODY, dtype=np.intp)
    left = room.astype(float).copy()
    cap_of = np.full(len(values), -1)
    for at, (of, _) in enumerate(caps):
        cap_of[of] = at
    shares = [most.astype(float).copy() for _, most in caps]
    for edge in np.argsort(-density, kind="stable"):
        ticket, agent = tickets[edge], agents[edge]
        if choice[ticket] != NOBODY or left[agent] + _SLACK < efforts[ticket]:
            continue
        cap = cap_of[ticket]
        if cap >= 0:
            if shares[cap][agent] < 1:
                continue
            shares[cap][agent] -= 1
        choice[ticket] = agent
        left[agent] -= efforts[ticket]
    return choice


def _used(choice: Choice, efforts: Matrix, n_agents: int) -> Matrix:
    given = choice != NOBODY
    return np.bincount(choice[given], weights=efforts[given], minlength=n_agents).astype(float)
