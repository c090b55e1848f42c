"""Large backlogs whose tickets take different room: a good matching, found block by block.

Tickets of the same effort and the same cap are a block. With the other blocks held fast, a block's best
matching is an assignment problem and solved exactly (:func:`features.slots.match_slots`); going round until
nothing is gained never loses. It may end short of the best of all (ADR 0027).
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from features.slots import NOBODY, Caps, Choice, Matrix, match_slots, total

__all__ = ["match_blocks"]

_ROUNDS = 4
"""Later rounds gain nothing worth their time: most end after two."""
_SLACK = 1e-9


def match_blocks(
    values: Matrix, eligible: NDArray[np.bool_], efforts: Matrix, room: Matrix, caps: Caps = ()
) -> Choice:
    """Match where tickets take different room; the better of two beginnings, each made better block by block.

    The beginnings: the pair of most worth for its effort first, and the tickets of most effort first.

    Parameters
    ----------
    values, eligible, efforts, room, caps
        As for :func:`features.slots.match_efforts`; each ticket is in one cap at most.

    Returns
    -------
    array of int, shape (n_tickets,)
        As for :func:`features.slots.match_slots`.
    """
    problem = values, eligible, efforts, room, caps
    blocks = list(_blocks(efforts, caps))
    nobody = np.full(len(values), NOBODY, dtype=np.intp)
    found = [
        _improved(_densest_first(*problem), blocks, *problem),
        _improved(nobody, blocks, *problem),
    ]
    return max(found, key=lambda choice: total(values, choice))


def _blocks(efforts: Matrix, caps: Caps) -> Iterator[NDArray[np.intp]]:
    """Iterate over the rows of each block, those of most effort first."""
    cap = np.full(len(efforts), -1)
    for at, (of, _) in enumerate(caps):
        cap[of] = at
    kinds = sorted(set(zip((-efforts).tolist(), cap.tolist(), strict=True)))
    for effort, of in kinds:
        yield np.flatnonzero((efforts == -effort) & (cap == of))


def _improved(
    choice: Choice,
    blocks: list[NDArray[np.intp]],
    values: Matrix,
    eligible: NDArray[np.bool_],
    efforts: Matrix,
    room: Matrix,
    caps: Caps,
) -> Choice:
    choice = choice.copy()
    before = -1.0
    for _ in range(_ROUNDS):
        for rows in blocks:
            choice[rows] = NOBODY
            slots = np.floor((room - _used(choice, efforts, len(room)) + _SLACK) / efforts[rows[0]])
            for of, most in caps:
                if of[rows[0]]:
                    slots = np.minimum(
                        slots, most - np.bincount(choice[of & (choice != NOBODY)], minlength=len(room))
                    )
            slots = np.clip(slots, 0, len(rows)).astype(np.intp)
            choice[rows] = match_slots(values[rows], eligible[rows], slots)
        after = total(values, choice)
        if after <= before + _SLACK:
            break
        before = after
    return choice


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
