"""How long tickets take: mean and spread of the handle time by label, given or learnt."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from triage.errors import ConfigurationError, InputError

__all__ = ["HandleTime", "HandleTimes", "learn_handle_times"]

LONGEST_S = 30 * 86_400.0
_CUT_SHARE = 0.99
"""Times beyond the 99th percentile of all count as that long."""
_FENCE = 3.5
_LEAST_FENCE = 10.0
_ENOUGH = 20
"""Tickets from which a label's own times say how long is too long for it."""


@dataclass(frozen=True, slots=True)
class HandleTime:
    """Work that one ticket takes.

    Parameters
    ----------
    mean_s : float
        Mean, in seconds of work, above 0.
    sd_s : float or None, default=None
        Standard deviation, in seconds; None: as large as the mean, which is what an exponential has.
    tickets : int, default=0
        Tickets that it was learnt from; 0: somebody said so.
    median_s : float or None, default=None
        Of these tickets, in seconds; None where it is not known.

    Raises
    ------
    ConfigurationError
        If a time is not one.
    """

    mean_s: float
    sd_s: float | None = None
    tickets: int = 0
    median_s: float | None = None

    def __post_init__(self) -> None:
        if not 0.0 < self.mean_s <= LONGEST_S:
            raise ConfigurationError(
                f"Got mean_s={self.mean_s!r} for a handle time; expected seconds of work above 0, such as "
                "600."
            )
        if self.sd_s is not None and not 0.0 <= self.sd_s <= 100 * LONGEST_S:
            raise ConfigurationError(f"Got sd_s={self.sd_s!r} for a handle time; expected 0 or more seconds.")

    @property
    def spread_s(self) -> float:
        """The standard deviation, in seconds."""
        return self.mean_s if self.sd_s is None else self.sd_s


@dataclass(frozen=True, slots=True)
class HandleTimes:
    """Handle times by label.

    Parameters
    ----------
    default : HandleTime
        Of labels that are not named; ten minutes where nothing is known, as in the reference's replays.
    labels : Mapping of str to HandleTime
        Of the others.
    left_out : int, default=0
        Times that were too long to be any, where these were learnt.
    doubted : Mapping of str to int
        Other tickets whose time was not learnt from, where these were learnt: reason and how many.
    """

    default: HandleTime = HandleTime(600.0)
    labels: Mapping[str, HandleTime] = field(default_factory=dict)
    left_out: int = 0
    doubted: Mapping[str, int] = field(default_factory=dict)

    def of(self, label: str) -> HandleTime:
        """Return the handle time of a label."""
        return self.labels.get(label, self.default)


def learn_handle_times(labels: Iterable[str | None], seconds: Iterable[float | None]) -> HandleTimes:
    """Learn handle times from tickets whose time was taken.

    A label's mean is drawn towards the mean of all by Buhlmann's credibility (1967): n / (n + k), with k the
    variance within labels over the variance between them, so that three tickets of a rare label do not decide
    alone; so is its variance. Times that are missing, zero or negative are left out, the latter two counted.
    So are times over 30 days, and those of clocks that somebody forgot to stop: above 10 times the median, or
    exp(3.5 s) times where that is more, with s the deviation of the logarithm (1.4826 times the median
    absolute one); of the label where it has 20 times or more, else of all. Of what is left the longest 1 %
    count as the 99th percentile.

    Parameters
    ----------
    labels : iterable of str or None
        None: none; counts for the default alone.
    seconds : iterable of float or None
        Seconds of work.

    Raises
    ------
    InputError
        If no ticket has a time that can be one.
    """
    given = [
        (label, float(took))
        for label, took in zip(labels, seconds, strict=True)
        if took is not None and math.isfinite(took)
    ]
    zeros, negatives = sum(took == 0.0 for _, took in given), sum(took < 0.0 for _, took in given)
    doubted = {reason: many for reason, many in (("zero", zeros), ("negative", negatives)) if many}
    timed = [(label, took) for label, took in given if 0.0 < took <= LONGEST_S]
    every = len(given) - zeros - negatives
    if not timed:
        raise _none_of_them(every, doubted)
    timed = _without_forgotten(timed)
    times = np.array([took for _, took in timed])
    middle = float(np.median(times))
    times = np.minimum(times, float(np.quantile(times, _CUT_SHARE)))
    overall, variance = float(times.mean()), float(times.var())
    groups: dict[str, list[float]] = {}
    for (label, _), took in zip(timed, times, strict=True):
        if label:
            groups.setdefault(label, []).append(float(took))
    default = HandleTime(overall, math.sqrt(variance), len(times), middle)
    left_out = every - len(timed)
    counts = np.array([len(group) for group in groups.values()], dtype=float)
    if len(counts) < 2:
        return HandleTimes(default, dict.fromkeys(groups, default), left_out, doubted)
    means = np.array([np.mean(group) for group in groups.values()])
    variances = np.array([np.var(group) for group in groups.values()])
    k = _credibility(counts, means, variances)
    weight = counts / (counts + k)
    found = {
        label: HandleTime(
            float(overall + w * (mean - overall)),
            math.sqrt(float(w * var + (1.0 - w) * variance)),
            len(group),
            float(np.median(group)),
        )
        for (label, group), w, mean, var in zip(groups.items(), weight, means, variances, strict=True)
    }
    return HandleTimes(default, found, left_out, doubted)


def _none_of_them(too_long: int, doubted: Mapping[str, int]) -> InputError:
    told = {"longer than 30 days": too_long, **doubted}
    said = ", ".join(f"{many:,} {reason}" for reason, many in told.items() if many)
    return InputError(
        f"Got tickets without a single handle time{f' that can be one ({said})' if said else ''}; expected "
        "seconds of work above 0 in handle_seconds (or field.handle_seconds) of some rows; map another "
        "column, convert its unit, or write handle times into the configuration instead."
    )


def _without_forgotten(timed: list[tuple[str | None, float]]) -> list[tuple[str | None, float]]:
    groups: dict[str | None, list[float]] = {}
    for label, took in timed:
        groups.setdefault(label, []).append(took)
    usual = _longest([took for _, took in timed])
    longest = {label: _longest(took) if len(took) >= _ENOUGH else usual for label, took in groups.items()}
    return [(label, took) for label, took in timed if took <= longest[label]]


def _longest(times: list[float]) -> float:
    """Return the longest time that is one; half of them at least are."""
    logs = np.log(times)
    middle = float(np.median(logs))
    scatter = 1.4826 * float(np.median(np.abs(logs - middle)))
    return math.exp(middle) * max(_LEAST_FENCE, math.exp(min(_FENCE * scatter, 50.0)))


def _credibility(
    counts: NDArray[np.float64],
    means: NDArray[np.float64],
    variances: NDArray[np.float64],
) -> float:
    """Return k, in tickets: endless where labels do not differ beyond chance."""
    total, groups = counts.sum(), len(counts)
    within = float((counts * variances).sum() / max(total - groups, 1.0))
    centre = float((counts * means).sum() / total)
    spread = float((counts * (means - centre) ** 2).sum()) - (groups - 1) * within
    between = spread / float(total - (counts**2).sum() / total)
    return within / between if between > 0.0 else math.inf
