"""Labels that fell silent: renamed, split, merged or given up without anyone telling the history.

They would go on drawing new tickets to themselves, so they are not learnt. Needs tickets in time order.
"""

from collections.abc import Sequence

import numpy as np

__all__ = ["SILENCE", "retired_labels"]

SILENCE = 0.001
"""A label is retired when a silence as long as its present one had less than this probability."""


def retired_labels(values: Sequence[str | None]) -> set[str]:
    """Return the labels whose silence at the end of a history cannot be chance.

    A label that made up a share ``r`` of the tickets up to its last one, and then none of the ``k`` that
    followed, is retired when ``(1 - r) ** k`` is below :data:`SILENCE` (a binomial test).

    Parameters
    ----------
    values : sequence of str or None
        Label of each ticket in time order; None counts as no ticket.

    Returns
    -------
    set of str

    Examples
    --------
    >>> retired_labels(["fax", "mail"] * 20 + ["mail"] * 40)
    {'fax'}
    """
    seen = [value for value in values if value is not None]
    names, places, counts = np.unique(
        np.asarray(seen, dtype=str)[::-1], return_index=True, return_counts=True
    )
    silent = places  # Reversed, so the first place from the end is the length of the silence.
    share = counts / (len(seen) - silent)
    with np.errstate(divide="ignore"):
        chance = np.where(share < 1, silent * np.log1p(-share), np.where(silent > 0, -np.inf, 0.0))
    return {str(name) for name, log in zip(names, chance, strict=True) if log < np.log(SILENCE)}
