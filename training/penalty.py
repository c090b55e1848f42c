"""Chooses a head's penalty on held-out tickets by walking a path, each fit started from its neighbour's."""

from collections.abc import Callable

import numpy as np

from training.head_fitting import Start
from triage.pooling import floored

__all__ = ["MIDDLE_PENALTY", "PENALTY_PATH", "choose_penalty"]

PENALTY_PATH = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0)
"""Inverse penalties, strong to weak. The weak end is for a handful of tickets a label, the strong one for
long histories that change."""

MIDDLE = 3
MIDDLE_PENALTY = PENALTY_PATH[MIDDLE]
"""Where the walk begins, and good enough to compare other things by."""

Attempt = Callable[[float, Start | None], tuple[Start, np.ndarray]]


def choose_penalty(attempt: Attempt, truth: np.ndarray) -> tuple[float, np.ndarray, Start]:
    """Walk the path from its middle both ways while it pays; take the strongest penalty as good as the best.

    As good: its loss is within one standard error of the best one's, ticket by ticket (the one-standard-
    error rule, Hastie et al. 2009, section 7.10). Under drift the stronger penalty ages better.

    Parameters
    ----------
    attempt : callable
        From an inverse penalty and a start to the fit and the log-probabilities of the judged tickets.
    truth : ndarray of shape (n,)
        Their classes.

    Returns
    -------
    penalty : float
        One of :data:`PENALTY_PATH`.
    judged : ndarray of shape (n, n_labels)
        Log-probabilities of the judged tickets with it.
    fitted : tuple
        The fit.
    """
    tried: dict[int, tuple[np.ndarray, np.ndarray, Start]] = {}

    def look(place: int, start: Start | None) -> float:
        fitted, judged = attempt(PENALTY_PATH[place], start)
        losses = -floored(judged[np.arange(len(truth)), truth])
        tried[place] = (losses, judged, fitted)
        return float(losses.mean())

    look(MIDDLE, None)
    for step in (1, -1):
        place = MIDDLE
        while 0 <= place + step < len(PENALTY_PATH):
            worse = look(place + step, tried[place][2]) >= tried[place][0].mean()
            place += step
            if worse:
                break
    best = min(tried, key=lambda one: float(tried[one][0].mean()))
    for place in sorted(tried):
        excess = tried[place][0] - tried[best][0]
        if excess.mean() <= excess.std() / np.sqrt(len(excess)):
            best = place
            break
    return PENALTY_PATH[best], tried[best][1], tried[best][2]
