"""How sure a share is, given how many tickets judged it: an interval, or that they were too few to say.

Formats for people; what programs read keeps the plain number with its count.
"""

import math

from training.bounds import lower_bound

__all__ = ["FEWEST_JUDGED", "TOO_FEW", "at_least", "interval", "share_of", "span"]

FEWEST_JUDGED = 30
"""Judged tickets below which no share is told: 29 right of 29 would leave anything from 88 % upwards."""

TOO_FEW = "too few to say"


def at_least(bound: float | None) -> str:
    """Return a lower bound in words, never above itself; a dash where there is none.

    Examples
    --------
    >>> at_least(0.9770), at_least(0.98996), at_least(1.0), at_least(None)
    ('97.7%', '98.9%', '100.0%', '–')
    """
    # Ten decimals first: 0.977 times 1,000 is a little less than 977.
    return "–" if bound is None else f"{math.floor(round(1_000 * bound, 10)) / 10:.1f}%"


def interval(share: float, tickets: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Clopper and Pearson 1934), two-sided.

    Parameters
    ----------
    share : float
        Of the tickets, those that were right.
    tickets : int
        How many judged it; 1 or more.

    Examples
    --------
    >>> low, high = interval(1.0, 29)
    >>> f"{low:.2f} {high:.2f}"
    '0.88 1.00'
    """
    right = round(share * tickets)
    return lower_bound(right, tickets, error_rate=0.025), 1 - lower_bound(
        tickets - right, tickets, error_rate=0.025
    )


def share_of(share: float | None, tickets: int) -> str:
    """Return a share in words, or that too few tickets judged it; a dash where there is none.

    Examples
    --------
    >>> share_of(0.975, 40), share_of(1.0, 3), share_of(None, 0)
    ('97.5%', 'too few to say', '–')
    """
    if share is None or not tickets:
        return "–"
    return f"{share:.1%}" if tickets >= FEWEST_JUDGED else TOO_FEW


def span(share: float | None, tickets: int) -> str:
    """Return the interval of a share in words; empty where the share is not told.

    Examples
    --------
    >>> span(0.975, 40), span(1.0, 3)
    ('86.8–99.9%', '')
    """
    if share is None or tickets < FEWEST_JUDGED:
        return ""
    low, high = interval(share, tickets)
    return f"{100 * low:.1f}–{high:.1%}"
