"""Forecasts and setups for tests of plans."""

from datetime import UTC, datetime, timedelta

import numpy as np

from triage.staffing.document import read_setup
from triage.staffing.setup import StaffingSetup
from triage.staffing.volume import VolumeForecast

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
SCORES = np.array([-1.645, -1.282, -0.842, 0.0, 0.842, 1.282, 1.645])


def forecast(
    series: dict[str, np.ndarray | float], *, n: int, step: timedelta, deviation: float = 0.2
) -> VolumeForecast:
    """Series of means (a number or one an interval) with a spread that is a share of them."""
    mean = np.stack([np.broadcast_to(np.asarray(one, dtype=float), (n,)) for one in series.values()])
    quantiles = np.maximum(0.0, mean[:, :, None] * (1 + deviation * SCORES))
    starts = tuple(MONDAY + i * step for i in range(n))
    return VolumeForecast(tuple(series), starts, (*starts[1:], MONDAY + n * step), mean, quantiles, MONDAY)


def setup(*teams: dict, **more: object) -> StaffingSetup:
    """A setup with few paths, so that tests are fast."""
    return read_setup({"teams": list(teams), "paths": 200, "by": "total"} | more)
