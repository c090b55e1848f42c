"""Labels that fell silent: renamed, split, merged or given up without anyone telling the history.

They would go on drawing new tickets to themselves, so they are not learnt. Needs tickets in time order.
"""

from collections.abc import Sequence

import numpy as np

__all__ = ["retired_labels"]

SILENCE = 0.001
"""A label may be retired when a silence as long as its present one had less than this probability."""

LONGER = 5.0
"""And when it is so many times the longest silence before: labels that come in bursts come back."""

FEWEST = 10
"""Labels with fewer tickets have no rhythm to judge by."""


def retired_labels(values: Sequence[str | None]) -> set[str]:
    """Return the labels whose silence at the end of a history cannot be chance.

    A label that made up a share ``r`` of the tickets up to its last one, and then none of the ``k`` that
    followed, is retired when ``(1 - r) ** k`` is below one in a thousand (a binomial test) and ``k`` is
    five times as long as any silence it broke before. Both figures were chosen for rarely being wrong,
    not for any benchmark: a living label called retired costs more than a dead one kept.

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
    names, classes = np.unique([value for value in values if value is not None], return_inverse=True)
    retired = set()
    for place, name in enumerate(names):
        rows = np.flatnonzero(classes == place)
        silence = len(classes) - 1 - rows[-1]
        if len(rows) < FEWEST or silence == 0:
            continue
        longest = np.diff(rows).max()
        share = len(rows) / (rows[-1] + 1)
        impossible = share == 1.0 or silence * np.log1p(-share) < np.log(SILENCE)
        if impossible and silence > LONGER * longest:
            retired.add(str(name))
    return retired
