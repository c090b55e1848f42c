"""A forecast as staffing reads it: series, intervals, quantiles. Says nothing of how it was made."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from triage.errors import InputError

__all__ = ["LEVELS", "QUANTILE_NAMES", "VolumeForecast"]

QUANTILE_NAMES = ("q05", "q10", "q20", "q50", "q80", "q90", "q95")
LEVELS = (0.05, 0.10, 0.20, 0.50, 0.80, 0.90, 0.95)
"""The quantiles of a forecast's contract."""


@dataclass(frozen=True, slots=True)
class VolumeForecast:
    """Counts ahead of one or more series over the same intervals.

    Parameters
    ----------
    names : tuple of str
        ``total``, ``category=vpn`` ...; each once.
    starts, ends : tuple of datetime
        Of the intervals, with a zone, one after the other without a hole.
    mean : array, shape (n_series, n)
    quantiles : array, shape (n_series, n, 7)
        By `LEVELS`; made to rise where they do not.
    origin : datetime
        End of the history that it was made from.

    Raises
    ------
    InputError
        If a number is missing or negative, or the shapes do not agree.
    """

    names: tuple[str, ...]
    starts: tuple[datetime, ...]
    ends: tuple[datetime, ...]
    mean: NDArray[np.float64]
    quantiles: NDArray[np.float64]
    origin: datetime

    def __post_init__(self) -> None:
        shape = (len(self.names), len(self.starts))
        if self.mean.shape != shape or self.quantiles.shape != (*shape, len(LEVELS)) or 0 in shape:
            raise InputError(
                f"Got a forecast of {shape[0]} series and {shape[1]} intervals with means of shape "
                f"{self.mean.shape} and quantiles of shape {self.quantiles.shape}; expected a row of every "
                "series for every interval."
            )
        finite = bool(np.isfinite(self.mean).all() and np.isfinite(self.quantiles).all())
        if not finite or self.mean.min() < 0 or self.quantiles.min() < 0:
            raise InputError("Got a forecast with counts that are missing or negative; forecast again.")
        object.__setattr__(self, "quantiles", np.maximum.accumulate(self.quantiles, axis=2))

    @property
    def n(self) -> int:
        """How many intervals."""
        return len(self.starts)

    def labels(self, field: str) -> dict[str, int]:
        """Return the labels of a field that have a series, with their rows.

        ``total`` is its own label; by ``series`` every series is one, except a total beside others.
        """
        if field == "total":
            return {"total": self.names.index("total")} if "total" in self.names else {}
        if field == "series":
            named = {name: row for row, name in enumerate(self.names) if name != "total"}
            return named or {"total": 0}
        prefix = f"{field}="
        return {name[len(prefix) :]: row for row, name in enumerate(self.names) if name.startswith(prefix)}

    @classmethod
    def of_rows(
        cls,
        rows: list[tuple[str, datetime, float, tuple[float, ...]]],
        origin: datetime,
        usual: timedelta,
    ) -> "VolumeForecast":
        """Gather rows of (series, start, mean, seven quantiles).

        Parameters
        ----------
        rows : list of tuple
            Of every series the same starts, in any order.
        origin : datetime
        usual : timedelta
            How long the last interval is: the others end where the next begins.

        Raises
        ------
        InputError
            If a series lacks an interval that another has, or has one twice.
        """
        if not rows:
            raise InputError("Got a forecast without rows; expected one series and one interval at least.")
        names = tuple(dict.fromkeys(row[0] for row in rows))
        starts = tuple(sorted({row[1] for row in rows}))
        place = {start: i for i, start in enumerate(starts)}
        series = {name: i for i, name in enumerate(names)}
        mean = np.full((len(names), len(starts)), np.nan)
        quantiles = np.full((len(names), len(starts), len(LEVELS)), np.nan)
        for name, start, average, values in rows:
            at = series[name], place[start]
            if not np.isnan(mean[at]):
                raise InputError(f"Got {name!r} twice at {start.isoformat()}; expected one row each.")
            mean[at], quantiles[at] = average, values
        if np.isnan(mean).any():
            lacking = names[int(np.isnan(mean).any(axis=1).argmax())]
            raise InputError(
                f"Got a forecast in which {lacking!r} lacks an interval or a number; expected every series "
                "to have every interval; forecast them together."
            )
        ends = (*starts[1:], starts[-1] + usual)
        return cls(names, starts, ends, mean, quantiles, origin)
