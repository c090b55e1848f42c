"""What can be promised of a share, given how often it came true; and how to look often at no cost."""

from collections.abc import Sequence

import numpy as np
from scipy.stats import beta

__all__ = ["ERROR_RATE", "fewest", "lower_bound", "run_chains"]

ERROR_RATE = 0.05
"""One-sided: the bound fails for one history in twenty."""


def lower_bound(right: float, shown: float, *, error_rate: float = ERROR_RATE) -> float:
    """Return the one-sided Clopper-Pearson lower bound of a share (Clopper and Pearson 1934).

    Counts may be fractions: of tickets that say less than as many independent ones would.

    Examples
    --------
    >>> round(lower_bound(190, 200), 3)
    0.917
    """
    return float(beta.ppf(error_rate, right, shown - right + 1)) if right else 0.0


def fewest(target: float) -> int:
    """Return how many right values in a row it takes for the bound to reach the target."""
    return int(np.ceil(np.log(ERROR_RATE) / np.log(target)))


def run_chains(
    hits: np.ndarray,
    counts: np.ndarray,
    target: float,
    starts: Sequence[tuple[int, float]],
) -> int | None:
    """Return the last step that a chain of passed tests leads to, None when every chain fails at once.

    Testing in a fixed order and stopping at the first failure costs nothing for having looked many times
    (fixed-sequence testing, Angelopoulos et al. 2021, *Learn then Test*).

    Parameters
    ----------
    hits, counts : ndarray of shape (n_steps,)
        At each step, of how many tickets how many were right.
    target : float
        What the lower bound must reach.
    starts : sequence of (int, float)
        Where chains begin and their parts of the error rate, which sum to :data:`ERROR_RATE` at most. Neither
        may have been chosen by looking at what was right.
    """
    chosen = None
    for start, error_rate in starts:
        for step in range(start, len(counts)):
            if lower_bound(float(hits[step]), float(counts[step]), error_rate=error_rate) < target:
                break
            chosen = step if chosen is None else max(chosen, step)
    return chosen
