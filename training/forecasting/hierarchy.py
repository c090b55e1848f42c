"""Series of one forecast add up: the categories to the total, and the teams to it too.

Reconciled for coherence, not for accuracy (gains measured at 0-5 %). Weighted by variance (wls_var: Hyndman,
Lee and Wang, 2016, "Fast computation of reconciled forecasts for hierarchical and grouped time series"): a
series gives way in proportion to how uncertain its mean is. Only the mean's own uncertainty counts: that
tickets scatter about it, and that levels drift, adds up by itself, and moves nothing (Wickramasuriya,
Athanasopoulos and Hyndman, 2019: adding S Sigma S' to the errors' covariance changes no reconciled mean).
Intervals are not reconciled: quantiles of parts never add up to the quantile of the whole.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from training.forecasting.glm import GLM
from training.forecasting.series import TOTAL

LEAST_VARIANCE = 1e-6
"""Of a series without tickets: it gives way to nothing, and the equations stay solvable."""


def groupings(names: tuple[str, ...], counts: NDArray[np.float64]) -> list[NDArray[np.intp]]:
    """Return the rows of each set of series that adds up to the total.

    Series belong together by the word before ``=`` in their name (series without it form one set). A set
    counts only if it made up the total in every interval, so that figures from different sources are left
    alone.

    Parameters
    ----------
    names : tuple of str
    counts : array, shape (n_series, n)
    """
    if TOTAL not in names:
        return []
    total = counts[names.index(TOTAL)]
    sets: dict[str, list[int]] = defaultdict(list)
    for row, name in enumerate(names):
        if name != TOTAL:
            sets[name.partition("=")[0] if "=" in name else ""].append(row)
    return [
        np.array(rows) for rows in sets.values() if np.allclose(counts[rows].sum(axis=0), total, rtol=1e-9)
    ]


def mean_variance(
    mean: NDArray[np.float64], dispersion: NDArray[np.float64], days: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the variance of the means that series were forecast with: dispersion x mean / days.

    Parameters
    ----------
    mean, dispersion : array, shape (n_series,)
        Of one day's tickets; the dispersion is variance over mean.
    days : array, shape (n_series,)
        Since the first ticket. A level is a mean of about a dozen days (it fades by half in eight), so more
        of them make it no surer; a series that began yesterday has one.
    """
    resting_on = 1.0 / (1.0 - 0.5 ** (1.0 / GLM.level_half_life_days))
    found = dispersion * mean / np.clip(days, 1.0, resting_on)
    return np.asarray(np.maximum(found, LEAST_VARIANCE))


def reconcile(
    base: NDArray[np.float64],
    total_row: int,
    sets: list[NDArray[np.intp]],
    variance: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Move point forecasts as little as the weights allow so that every set adds up to the total.

    With C the constraints (total - members = 0) and W the variances, y~ = y - W C' (C W C')^-1 C y; for one
    set this is S (S' W^-1 S)^-1 S' W^-1 y. Then nothing is left below zero, and each set is scaled to the
    total.

    Parameters
    ----------
    base : array, shape (n_series, n)
    total_row : int
    sets : list of int arrays
        Rows that add up to the total, see `groupings`. Rows in no set are left alone.
    variance : array, shape (n_series,)
        Of each series' mean, above zero; only their ratios matter.
    """
    result = np.maximum(base, 0.0)
    if not sets:
        return result
    constraints = np.zeros((len(sets), len(base)))
    for i, rows in enumerate(sets):
        constraints[i, total_row] = 1.0
        constraints[i, rows] = -1.0
    gain = (variance[:, None] * constraints.T) @ np.linalg.inv((constraints * variance) @ constraints.T)
    result = np.maximum(result - gain @ (constraints @ result), 0.0)
    for rows in sets:
        sums = result[rows].sum(axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            scale = np.where(sums > 0, result[total_row] / sums, 0.0)
        spread = np.where(sums > 0, result[rows] * scale, result[total_row] / len(rows))
        result[rows] = spread
    return result
