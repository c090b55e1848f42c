"""Deals held-out tickets into groups, judged by what other groups say, and chooses by the losses there."""

from collections.abc import Sequence

import numpy as np

__all__ = ["TURNS", "simplest", "turns"]

TURNS = 5
"""As many as make a group's absence small (a fifth) and the work bearable."""


def turns(n: int) -> np.ndarray:
    """Return each ticket's group, 0 to 4, dealt in runs: neighbours in time stay together.

    Tickets of one week are alike; dealt one by one they would speak for each other.
    """
    return np.asarray(np.arange(n) * TURNS // max(n, 1))


def simplest(losses: Sequence[np.ndarray]) -> int:
    """Return the first choice that is within one standard error of the best, ticket by ticket.

    The one-standard-error rule (Hastie et al. 2009, *The Elements of Statistical Learning*, section 7.10).

    Parameters
    ----------
    losses : sequence of ndarray of shape (n,)
        One for each choice, simplest first, of the same n tickets; n is 1 or more.
    """
    best = int(np.argmin([loss.mean() for loss in losses]))
    for place in range(best):
        excess = losses[place] - losses[best]
        if excess.mean() <= excess.std() / np.sqrt(len(excess)):
            return place
    return best
