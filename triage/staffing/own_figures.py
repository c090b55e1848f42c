"""Planners' own figures in a forecast: what somebody knows of single intervals goes before the model's."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from statistics import NormalDist

import numpy as np

from triage.staffing.volume import LEVELS, VolumeForecast

__all__ = ["with_own_figures"]

_SCORES = np.array([NormalDist().inv_cdf(level) for level in LEVELS])
_MIDDLE = LEVELS.index(0.50)


def with_own_figures(
    forecast: VolumeForecast, figures: Mapping[tuple[str, datetime], float]
) -> VolumeForecast:
    """Return a forecast with figures in place of the model's means.

    A figure says what to expect, not how sure that is: quantiles move with the mean in proportion, and where
    the model's median is 0, they are about those of a Poisson. Only the series and interval that a figure is
    of change: the total does not follow its parts, nor they it.

    Parameters
    ----------
    forecast : VolumeForecast
    figures : Mapping of (str, datetime) to float
        Tickets, by series and start of the interval. Those of others than the forecast has are left out.
    """
    mean, quantiles = forecast.mean.copy(), forecast.quantiles.copy()
    series = {name: row for row, name in enumerate(forecast.names)}
    place = {start: at for at, start in enumerate(forecast.starts)}
    for (name, start), value in figures.items():
        if name in series and start in place:
            at = series[name], place[start]
            if quantiles[at][_MIDDLE] > 0.0 and mean[at] > 0.0:
                quantiles[at] *= value / mean[at]
            else:
                quantiles[at] = np.maximum(0.0, value + _SCORES * value**0.5)
            mean[at] = value
    return replace(forecast, mean=mean, quantiles=quantiles)
