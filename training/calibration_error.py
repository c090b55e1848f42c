"""How far stated confidence lies from what came true, and how far it would lie by chance alone.

A flat limit on the error would refuse most perfectly calibrated models on few tickets, so the error is
always given with the size that it has for these confidences when they are perfectly calibrated. Judges
only the likeliest label; repairs nothing.
"""

from dataclasses import dataclass

import numpy as np

__all__ = ["CalibrationError", "ReliabilityPoint", "calibration_error"]

BINS = 15
"""Equal widths, as in Guo et al. 2017, *On Calibration of Modern Neural Networks*."""

SIMULATIONS = 400
"""Perfectly calibrated outcomes drawn for the band: its 95 % point rests on the 20 largest."""


@dataclass(frozen=True, slots=True)
class ReliabilityPoint:
    """One bin: its tickets' mean confidence, the share that came true, and how many they are.

    ``low`` and ``high`` enclose 95 % of the shares that come true in this bin when these confidences are
    perfectly calibrated: the bin's own null band.
    """

    confidence: float
    precision: float
    tickets: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class CalibrationError:
    """Expected calibration error with its null band.

    Parameters
    ----------
    error : float
        Mean distance of confidence and precision over the bins, weighted by tickets; 0 to 1.
    null_95 : float
        What 95 % of perfectly calibrated models with these confidences stay under.
    points : tuple of ReliabilityPoint
        The bins that hold tickets, from low to high confidence.
    """

    error: float
    null_95: float
    points: tuple[ReliabilityPoint, ...]


def calibration_error(
    confidence: np.ndarray, right: np.ndarray, *, random_state: int = 0
) -> CalibrationError:
    """Measure confidences against outcomes.

    Parameters
    ----------
    confidence : ndarray of shape (n,)
        Of the likeliest label, between 0 and 1; n is 1 or more.
    right : ndarray of shape (n,), bool
        Whether it was the true one.
    random_state : int, default=0
        Of the simulated band.

    Returns
    -------
    CalibrationError
    """
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    count = np.bincount(bins, minlength=BINS)
    stated = np.bincount(bins, weights=confidence, minlength=BINS)
    true = np.bincount(bins, weights=right, minlength=BINS)
    random = np.random.default_rng(random_state)
    drawn = np.array(
        [
            np.bincount(bins, weights=random.random(len(bins)) < confidence, minlength=BINS)
            for _ in range(SIMULATIONS)
        ]
    )
    null = [_distance(stated, one) for one in drawn]
    low, high = np.quantile(drawn, (0.025, 0.975), axis=0)
    points = tuple(
        ReliabilityPoint(
            float(stated[one] / count[one]),
            float(true[one] / count[one]),
            int(count[one]),
            float(low[one] / count[one]),
            float(high[one] / count[one]),
        )
        for one in np.flatnonzero(count)
    )
    n = len(bins)
    return CalibrationError(_distance(stated, true) / n, float(np.quantile(null, 0.95)) / n, points)


def _distance(stated: np.ndarray, true: np.ndarray) -> float:
    return float(np.abs(stated - true).sum())
