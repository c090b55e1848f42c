"""What really came, in the intervals of a plan: counts in the form of a forecast without uncertainty."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import numpy as np

from triage.errors import InputError
from triage.staffing.volume import LEVELS, VolumeForecast

__all__ = ["count_filed"]

TOTAL = "total"


def count_filed(
    filed: Iterable[tuple[datetime, Mapping[str, str]]],
    series: Sequence[str],
    starts: tuple[datetime, ...],
    ends: tuple[datetime, ...],
    *,
    until: datetime | None = None,
) -> VolumeForecast:
    """Count tickets by series in the intervals of a plan.

    Parameters
    ----------
    filed : iterable of (datetime, Mapping of str to str)
        When each was filed, and its labels by field.
    series : sequence of str
        ``total``, or a field and its label, such as ``category=vpn``; what belongs to none is left out.
    starts, ends : tuple of datetime
        Of the intervals.
    until : datetime, optional
        When counting ended: later intervals are left out.

    Raises
    ------
    InputError
        If no interval had ended by then.
    """
    n = len(starts) if until is None else sum(end <= until for end in ends)
    if n == 0:
        raise InputError(
            f"Got a plan that begins at {starts[0].isoformat()}, of which no interval is over yet; expected "
            "one "
            "at least; ask again later."
        )
    edges = np.array([one.timestamp() for one in (*starts[:n], ends[n - 1])])
    place = {name: row for row, name in enumerate(series)}
    counts = np.zeros((len(series), n))
    for moment, labels in filed:
        at = int(np.searchsorted(edges, moment.timestamp(), side="right")) - 1
        if 0 <= at < n:
            for name in (TOTAL, *(f"{field}={label}" for field, label in labels.items())):
                if name in place:
                    counts[place[name], at] += 1
    quantiles = np.repeat(counts[:, :, None], len(LEVELS), axis=2)
    return VolumeForecast(tuple(series), starts[:n], ends[:n], counts, quantiles, starts[0])
