"""Whether cases are surely more than chance explains, also where many are looked at at once."""

import math
from collections.abc import Sequence

__all__ = ["binomial_tail", "surely"]

LEVEL = 0.05
"""Chance that anything at all is called sure in vain."""


def binomial_tail(successes: int, cases: int, share: float) -> float:
    """Return the probability of so many successes or more: the one-sided exact binomial test.

    Clopper and Pearson 1934, "The use of confidence or fiducial limits illustrated in the case of the
    binomial", Biometrika 26.

    Examples
    --------
    >>> round(binomial_tail(2, 11, 0.04), 3)
    0.069
    """
    if successes <= 0:
        return 1.0
    if share <= 0.0:
        return 0.0
    if share >= 1.0:
        return 1.0
    whole, odds, rest = math.lgamma(cases + 1), math.log(share), math.log1p(-share)
    return min(
        1.0,
        math.fsum(
            math.exp(
                whole
                - math.lgamma(count + 1)
                - math.lgamma(cases - count + 1)
                + count * odds
                + (cases - count) * rest
            )
            for count in range(successes, cases + 1)
        ),
    )


def surely(probabilities: Sequence[float], level: float = LEVEL) -> list[bool]:
    """Say of each test whether it is sure, so that all together err once in twenty times at most.

    Holm 1979, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics
    6: the smallest probability is compared with the level over the number of tests, the next with one fewer,
    until one fails.

    Examples
    --------
    >>> surely([0.02, 0.001, 0.3])
    [True, True, False]
    """
    sure = [False] * len(probabilities)
    order = sorted(range(len(probabilities)), key=lambda place: probabilities[place])
    for done, place in enumerate(order):
        if probabilities[place] > level / (len(order) - done):
            break
        sure[place] = True
    return sure
