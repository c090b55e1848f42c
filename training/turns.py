"""Deals held-out tickets into groups, so that each is judged by what the other groups say."""

import numpy as np

__all__ = ["TURNS", "turns"]

TURNS = 5
"""As many as make a group's absence small (a fifth) and the work bearable."""


def turns(n: int) -> np.ndarray:
    """Return each ticket's group, 0 to 4, dealt in runs: neighbours in time stay together.

    Tickets of one week are alike; dealt one by one they would speak for each other.
    """
    return np.asarray(np.arange(n) * TURNS // max(n, 1))
