"""The chance of a spike made honest: drawn to how often spikes came, as far as past forecasts were overconfident.

p' = r + c (p - r), where r is how often the series passed its threshold at past origins (drawn towards the rate of
all series) and c, between 0 and 1, is the slope that would have had the least Brier score there, by lead; it is drawn
towards 0.7, which 200 forecasts of a rare event outweigh.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from training.forecasting.backtest import HORIZON_DAYS
from training.forecasting.intervals import Spread, spread_exceedance
from training.forecasting.pool import DailyForecast
from training.forecasting.swa import WEEKS, same_weekday_average, spike_threshold

Array = NDArray[np.float64]

RATE_PRIOR_DAYS = 60.0
SLOPE_PRIOR = 0.7
SLOPE_PRIOR_WEIGHT = 10.0
"""As sum of (p - r)^2: 200 forecasts whose chance differs from the rate by 0.2."""
LEADS = ((0, 7), (7, HORIZON_DAYS))


def honest_odds(days: Sequence[DailyForecast], counts: Array) -> tuple[Array, Array]:
    """Return how often each series has spikes, and by lead how far its published chance may be believed.

    Parameters
    ----------
    days : sequence of DailyForecast
    counts : array, shape (n_series, n)

    Returns
    -------
    rate : array, shape (n_series,)
    slope : array, shape (horizon,)
    """
    horizon = len(days[0].mean)
    seen = [_seen(day, y) for day, y in zip(days, counts, strict=True)]
    everything = np.concatenate([came for _, came, _ in seen])
    overall = (everything.sum() + 1.0) / (len(everything) + 20.0)
    rate = np.array(
        [(came.sum() + RATE_PRIOR_DAYS * overall) / (len(came) + RATE_PRIOR_DAYS) for _, came, _ in seen]
    )
    slope = np.full(horizon, SLOPE_PRIOR)
    for first, last in LEADS:
        above, below = SLOPE_PRIOR * SLOPE_PRIOR_WEIGHT, SLOPE_PRIOR_WEIGHT
        for (chance, came, lead), base in zip(seen, rate, strict=True):
            part = (lead >= first) & (lead < last)
            above += float(((chance[part] - base) * (came[part] - base)).sum())
            below += float(((chance[part] - base) ** 2).sum())
        slope[first:] = min(1.0, max(0.0, above / below))
    return rate, slope


def _seen(day: DailyForecast, y: Array) -> tuple[Array, Array, Array]:
    """Return the chance that was given at past origins, whether a spike came, and the lead."""
    chance, came, leads = [np.zeros(0)], [np.zeros(0)], [np.zeros(0)]
    reach = min(HORIZON_DAYS, len(day.mean))
    for end, mean in zip(day.past.ends, day.past.means, strict=True):
        actual = y[end : end + reach]
        n = len(actual)
        threshold = spike_threshold(same_weekday_average(y[max(0, end - 7 * WEEKS) : end], n))
        part = Spread(*(getattr(day.spread, name)[:n] for name in Spread.__dataclass_fields__))
        chance.append(spread_exceedance(np.maximum(mean[:n], 0.0), part, threshold))
        came.append((actual > threshold).astype(float))
        leads.append(np.arange(n, dtype=float))
    return np.concatenate(chance), np.concatenate(came), np.concatenate(leads)
