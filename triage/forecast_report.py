"""How published forecasts turned out, by how far ahead they looked, beside the plain ones and the floor.

Only frozen snapshots are scored, against the counts that came; nothing is forecast again. The plain
forecasts see what the snapshot could see: the same weekday's mean of eight weeks, and the last week
repeated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from triage.volume_scores import bias, central_coverage, crps, poisson_floor, wape

__all__ = ["LEADS", "LEVELS", "LeadReport", "Outcome", "report_leads"]

LEADS = (("1", 1, 1), ("2-7", 2, 7), ("8-14", 8, 14), ("15-28", 15, 28), ("29+", 29, 10_000))
LEVELS = (0.05, 0.10, 0.20, 0.50, 0.80, 0.90, 0.95)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One forecast of one day, and what came.

    Parameters
    ----------
    lead : int
        Days ahead, 1 being the first day after the history.
    actual, mean : float
    quantiles : tuple of float
        At `LEVELS`.
    average, last_week : float
        What the same weekday's mean of eight weeks, and the last week, would have said.
    override : float or None
        The planner's figure, where there was one.
    is_spike : bool
        Whether it came above the threshold that was published.
    spike_probability : float
        What was published about that.
    """

    lead: int
    actual: float
    mean: float
    quantiles: tuple[float, ...]
    average: float
    last_week: float
    override: float | None
    is_spike: bool
    spike_probability: float


@dataclass(frozen=True, slots=True)
class LeadReport:
    """Measures of one span of leads; shares of volume, None where nothing came to measure them by.

    Parameters
    ----------
    lead : str
        Days ahead, such as ``2-7``.
    days : int
        Forecasts that were scored.
    wape, bias, crps, floor : float or None
    coverage80 : float
        Share of days within P10 to P90.
    skill_average, skill_last_week : float or None
        1 - error / error of the plain forecast, by absolute error.
    override_days : int
    override_gain : float or None
        1 - error of the planner's figures / error of the model's on the same days.
    spikes : int
        Days above their threshold.
    spikes_expected : float
        Sum of the published probabilities: near ``spikes`` when they are honest.
    """

    lead: str
    days: int
    wape: float | None
    bias: float | None
    crps: float | None
    floor: float | None
    coverage80: float
    skill_average: float | None
    skill_last_week: float | None
    override_days: int
    override_gain: float | None
    spikes: int
    spikes_expected: float


def report_leads(outcomes: Sequence[Outcome]) -> list[LeadReport]:
    """Return a report for each span of leads that something was scored at, nearest first."""
    found = []
    for label, first, last in LEADS:
        part = [one for one in outcomes if first <= one.lead <= last]
        if part:
            found.append(_report(label, part))
    return found


def _report(label: str, part: Sequence[Outcome]) -> LeadReport:
    actual, mean = (np.array([getattr(one, name) for one in part]) for name in ("actual", "mean"))
    table = np.array([one.quantiles for one in part])
    changed = [one for one in part if one.override is not None]
    return LeadReport(
        label,
        len(part),
        _number(wape(actual, mean)),
        _number(bias(actual, mean)),
        _number(crps(actual, table, LEVELS)),
        _number(poisson_floor(mean)),
        central_coverage(actual, table, LEVELS),
        _gain([(one.actual, one.mean, one.average) for one in part]),
        _gain([(one.actual, one.mean, one.last_week) for one in part]),
        len(changed),
        _gain([(one.actual, float(one.override or 0.0), one.mean) for one in changed]),
        sum(one.is_spike for one in part),
        float(sum(one.spike_probability for one in part)),
    )


def _gain(rows: Sequence[tuple[float, float, float]]) -> float | None:
    """Return how much smaller the error of the second is than that of the third."""
    theirs = sum(abs(actual - other) for actual, _, other in rows)
    return None if theirs == 0.0 else 1.0 - sum(abs(actual - ours) for actual, ours, _ in rows) / theirs


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
