"""How the pool would have done lately on the series at hand: rolling origins.

On the last Mondays (or whichever weekday the history ends before) the members see only what came before and
forecast what came after; the latest origins see only part of their horizon. From that follow the weights of
the members and the residuals of their mean. Origins and their horizon are fixed, so that asking for a longer
forecast never changes a shorter one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.forecasting.members import Said

Array = NDArray[np.float64]

ORIGINS = 24
STEP_DAYS = 7
HORIZON_DAYS = 28
LEAST_HISTORY_DAYS = 14
LEAST_ORIGINS = 3
POWER = 6
"""Weights are 1 / error^6: steep enough to drop a bad member, safer than picking one (reference, 4.4)."""
EQUAL_HORIZONS = 4.0
"""Equal weights count as much as so many horizons that were scored."""


@dataclass(frozen=True)
class Past:
    """What the pool's mean would have said of one series, and what came.

    Parameters
    ----------
    weights : dict of str to float
        Of the members that the series has now; they sum to one.
    ends : tuple of int
        Origins, as numbers of days.
    means : array, shape (n_origins, HORIZON_DAYS)
        The weighted mean at each of them.
    """

    weights: dict[str, float]
    ends: tuple[int, ...]
    means: Array


def origins(n: int) -> list[int]:
    """Return the origins, oldest first, at which a history of ``n`` days is forecast again."""
    found = (n - STEP_DAYS * j for j in range(1, ORIGINS + 1))
    return sorted(end for end in found if end >= LEAST_HISTORY_DAYS)


def look_back(y: Array, alive: int, row: int, now: Said, earlier: dict[int, Said]) -> Past:
    """Weigh the members of one series by how they did, and say what their mean would have said.

    Parameters
    ----------
    y : array, shape (n,)
        Counts of consecutive days.
    alive : int
        The day on which the series begins.
    row : int
        Its row in what the members said.
    now : Said
        What they say of the days ahead: names the members that there are.
    earlier : dict of int to Said
        By origin.
    """
    mine = np.isfinite(now.means[:, row, 0])
    names = [name for name, has in zip(now.names, mine, strict=True) if has]
    ends = [end for end in sorted(earlier) if end - alive >= LEAST_HISTORY_DAYS]
    said = np.stack([_of(earlier[end], row, names) for end in ends]) if ends else np.zeros((0, len(names), 0))
    error, scored = np.full(len(names), 1e-6), 0.0
    for end, means in zip(ends, said, strict=True):
        came = y[end : end + HORIZON_DAYS]
        error += np.abs(came - means[:, : len(came)]).sum(axis=1)
        scored += len(came) / HORIZON_DAYS
    weights = np.full(len(names), 1.0 / len(names))
    if len(ends) >= LEAST_ORIGINS:
        steep = (error.min() / error) ** POWER
        share = scored / (scored + EQUAL_HORIZONS)
        weights = (1.0 - share) * weights + share * steep / steep.sum()
    table = np.einsum("m,omh->oh", weights, said) if ends else np.zeros((0, HORIZON_DAYS))
    return Past(dict(zip(names, weights.tolist(), strict=True)), tuple(ends), table)


def _of(said: Said, row: int, names: list[str]) -> Array:
    """Return what these members said; one that was not there yet is stood in for by the others' mean."""
    found = np.full((len(names), said.means.shape[2]), np.nan)
    for i, name in enumerate(names):
        if name in said.names:
            found[i] = said.means[said.names.index(name), row]
    missing = np.isnan(found[:, 0])
    found[missing] = found[~missing].mean(axis=0)
    return found[:, :HORIZON_DAYS]
