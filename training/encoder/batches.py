"""Deals labelled texts into batches for fine-tuning: tickets, each beside a partner with the same label."""

from collections.abc import Iterator, Mapping

import numpy as np

__all__ = ["deal_batches", "labelled_rows"]

POOL = 16
"""Batches whose texts are sorted by length together: enough that padding costs little, few enough that
batches stay mixed."""


def labelled_rows(classes: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return the rows that have a label in some field.

    Parameters
    ----------
    classes : Mapping of str to ndarray of shape (n,)
        By field: integers, -1 where a ticket has no label.
    """
    return np.flatnonzero(np.any([values >= 0 for values in classes.values()], axis=0))


def deal_batches(
    classes: Mapping[str, np.ndarray], lengths: np.ndarray, size: int, generator: np.random.Generator
) -> Iterator[np.ndarray]:
    """Yield rows batch by batch, without end: half in turn, half partners of these.

    Each labelled ticket comes once before any comes again. Its partner is drawn from the tickets that share
    its label in one of its fields; a label's only ticket is its own partner.

    Parameters
    ----------
    classes : Mapping of str to ndarray of shape (n,)
        By field: integers, -1 where a ticket has no label.
    lengths : ndarray of shape (n,)
        Of the texts, in any unit.
    size : int
        Rows a batch, even; the last one before all tickets come again may be shorter.
    generator : numpy.random.Generator
        Decides everything that is random here.
    """
    half = size // 2
    rows = labelled_rows(classes)
    kin = {name: np.argsort(values, kind="stable") for name, values in classes.items()}
    while True:
        turn = generator.permutation(rows)
        for at in range(0, len(turn), POOL * half):
            pool = turn[at : at + POOL * half]
            pool = pool[np.argsort(lengths[pool], kind="stable")]
            parts = [pool[start : start + half] for start in range(0, len(pool), half)]
            for place in generator.permutation(len(parts)):
                yield np.concatenate([parts[place], _partners(parts[place], classes, kin, generator)])


def _partners(
    rows: np.ndarray,
    classes: Mapping[str, np.ndarray],
    kin: Mapping[str, np.ndarray],
    generator: np.random.Generator,
) -> np.ndarray:
    has = np.stack([values[rows] >= 0 for values in classes.values()], axis=1)
    fields = np.where(has, generator.random(has.shape), -1.0).argmax(axis=1)
    partners = np.empty(len(rows), int)
    for place, (name, values) in enumerate(classes.items()):
        mine = np.flatnonzero(fields == place)
        ordered = values[kin[name]]
        first = np.searchsorted(ordered, values[rows[mine]], side="left")
        after = np.searchsorted(ordered, values[rows[mine]], side="right")
        partners[mine] = kin[name][generator.integers(first, after)]
    return partners
