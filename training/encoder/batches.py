"""Deals labelled texts into batches for fine-tuning: rare labels more often, like lengths together."""

from collections.abc import Iterator, Mapping

import numpy as np

__all__ = ["BALANCE", "deal_batches", "draw_shares"]

BALANCE = 0.5
"""A label with n tickets is drawn as often as n to this power: 1 would keep the history's proportions, 0
would show every label equally often. Half way between the two: set by judgement, not by measurement."""

POOL = 16
"""Batches whose texts are sorted by length together: enough that padding costs little, few enough that
batches stay mixed."""


def draw_shares(classes: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return how often each ticket is drawn an epoch, 1 on the mean; 0 for tickets without any label.

    Parameters
    ----------
    classes : Mapping of str to ndarray of shape (n,)
        By field: integers, -1 where a ticket has no label.
    """
    shares = np.zeros(len(next(iter(classes.values()))))
    for values in classes.values():
        has = values >= 0
        counts = np.bincount(values[has]).astype(float)
        shares[has] += counts[values[has]] ** (BALANCE - 1.0)
    labelled = shares > 0
    shares[labelled] /= shares[labelled].mean()
    return shares


def deal_batches(
    shares: np.ndarray, lengths: np.ndarray, size: int, generator: np.random.Generator
) -> Iterator[np.ndarray]:
    """Yield rows batch by batch, epoch after epoch without end.

    Parameters
    ----------
    shares : ndarray of shape (n,)
        From :func:`draw_shares`; a ticket with share 1.3 is drawn once each epoch, and once more in 3 of 10.
    lengths : ndarray of shape (n,)
        Of the texts, in any unit.
    size : int
        Rows a batch; an epoch's last one may be shorter.
    generator : numpy.random.Generator
        Decides everything that is random here.
    """
    while True:
        times = np.floor(shares + generator.random(len(shares))).astype(int)
        rows = generator.permutation(np.repeat(np.arange(len(shares)), times))
        for at in range(0, len(rows), POOL * size):
            pool = rows[at : at + POOL * size]
            pool = pool[np.argsort(lengths[pool], kind="stable")]
            batches = [pool[start : start + size] for start in range(0, len(pool), size)]
            for place in generator.permutation(len(batches)):
                yield batches[place]
