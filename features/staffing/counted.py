"""What really came, in the intervals of a plan: counts in the form of a forecast without uncertainty."""

from collections.abc import Iterable
from datetime import datetime

import numpy as np

from triage.errors import InputError
from triage.staffing.volume import LEVELS, VolumeForecast

__all__ = ["count_filed"]


def count_filed(
    filed: Iterable[tuple[datetime, str | None]],
    labels: Iterable[str],
    by: str,
    starts: tuple[datetime, ...],
    ends: tuple[datetime, ...],
    *,
    until: datetime | None = None,
) -> VolumeForecast:
    """Count tickets by label in the intervals of a plan.

    Parameters
    ----------
    filed : iterable of (datetime, str or None)
        When each was filed, and its label; labels that are not named are left out.
    labels : iterable of str
        Of the plan.
    by : str
        Their field; with ``total`` the labels of the tickets do not matter.
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
    names = list(labels)
    place = {label: i for i, label in enumerate(names)}
    counts = np.zeros((len(names), n))
    for moment, label in filed:
        row = place.get("total" if by == "total" else label or "")
        at = int(np.searchsorted(edges, moment.timestamp(), side="right")) - 1
        if row is not None and 0 <= at < n:
            counts[row, at] += 1
    series = tuple(label if by in ("total", "series") else f"{by}={label}" for label in names)
    quantiles = np.repeat(counts[:, :, None], len(LEVELS), axis=2)
    return VolumeForecast(series, starts[:n], ends[:n], counts, quantiles, starts[0])
