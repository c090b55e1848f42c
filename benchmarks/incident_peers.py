"""Peers of the watch for incidents: they count tickets and read none.

Both are judged as ours: what a threshold lets through is an alarm, alarms of one series within three days are
one, and the threshold is the lowest that the year before allows (:func:`learnt_thresholds`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from scipy.special import betainc

__all__ = ["Alarm", "count_cusum", "episodes", "learnt_thresholds", "topic_counts"]

HOUR, WEEK_HOURS, WEEKS = 3600.0, 168, 8
QUIET = timedelta(days=3)
RATIO = 2.0
SIZE = 20.0


@dataclass(frozen=True)
class Alarm:
    """When a series was how surprising, at its highest within an episode."""

    at: datetime
    series: str
    height: float


def hourly(filed: Mapping[str, Sequence[float]]) -> tuple[float, dict[str, np.ndarray]]:
    """Return where hours begin, POSIX seconds, and counts by hour of each series."""
    first = min(min(times) for times in filed.values()) // HOUR * HOUR
    last = max(max(times) for times in filed.values())
    hours = int((last - first) // HOUR) + 1
    return first, {
        name: np.bincount(((np.array(times) - first) // HOUR).astype(int), minlength=hours).astype(float)
        for name, times in filed.items()
    }


def count_cusum(filed: Mapping[str, Sequence[float]]) -> list[Alarm]:
    """NB CUSUM on hourly counts against the same hour of the week, tuned for twice the usual.

    Formulas as in the product's reference on forecasting: mean of the same hour in eight weeks, size of the
    negative binomial from the residuals of the same weeks, S = max(0, S + log-likelihood ratio).
    """
    first, series = hourly(filed)
    found = []
    for name, counts in series.items():
        height = 0.0
        for hour in range(WEEKS * WEEK_HOURS, len(counts)):
            past = counts[hour - WEEKS * WEEK_HOURS : hour].reshape(WEEKS, WEEK_HOURS)
            if hour % 24 == 0 or hour == WEEKS * WEEK_HOURS:
                means = past.mean(axis=0)
                over = ((past - means) ** 2).sum() - 9 / 8 * past.sum()
                size = 1 / max(over / max((means**2).sum() * WEEKS, 1e-9), 1 / 200)
                known = (past.sum(axis=1) > 0).all()
            mean = max(float(past[:, 0].mean()), 0.1)
            burst, y = RATIO * mean, counts[hour]
            ratio = y * (np.log(burst / (size + burst)) - np.log(mean / (size + mean)))
            ratio += size * np.log((size + mean) / (size + burst))
            height = max(0.0, height + float(ratio)) if known else 0.0
            if height > 0:
                found.append(Alarm(_moment(first, hour + 1), name, height))
    return found


def topic_counts(filed: Mapping[str, Sequence[float]]) -> list[Alarm]:
    """NB tail of each topic's last 24 hours against the same hours of eight weeks, looked at every hour."""
    first, series = hourly(filed)
    found = []
    for name, counts in series.items():
        days = np.convolve(counts, np.ones(24))[: len(counts)]
        for hour in range((WEEKS + 1) * WEEK_HOURS, len(counts)):
            y = days[hour]
            if y < 5:
                continue
            same = days[hour - WEEK_HOURS * np.arange(1, WEEKS + 1)]
            mean = (same.sum() + 0.5) / WEEKS
            if y > mean and (same > 0).sum() >= 4:
                tail = float(betainc(y, SIZE, mean / (SIZE + mean)))
                found.append(Alarm(_moment(first, hour + 1), name, -np.log10(max(tail, 1e-300))))
    return found


def episodes(alarms: Sequence[Alarm], threshold: Callable[[datetime], float]) -> list[Alarm]:
    """Return one alarm an episode, at its beginning and with its greatest height, in order of time."""
    found: list[Alarm] = []
    open_: dict[str, tuple[int, datetime]] = {}
    for one in sorted(alarms, key=lambda one: (one.at, one.series)):
        if one.height < threshold(one.at):
            continue
        if one.series in open_ and one.at - open_[one.series][1] <= QUIET:
            number = open_[one.series][0]
            found[number] = Alarm(found[number].at, one.series, max(found[number].height, one.height))
        else:
            number = len(found)
            found.append(one)
        open_[one.series] = (number, one.at)
    return found


def learnt_thresholds(
    heights: Sequence[tuple[datetime, float]],
    begin: datetime,
    first: datetime,
    end: datetime,
    lowest: float,
    known: Callable[[datetime], bool],
    step: timedelta = timedelta(days=30),
) -> Callable[[datetime], float]:
    """Return the threshold of each moment: the lowest that keeps a year before to one alarm in 30 days.

    Parameters
    ----------
    heights : sequence of (datetime, float)
        Beginning and height of the episodes at the lowest threshold.
    begin, first, end : datetime
        Where the history begins, where the judged part does, and where it ends.
    lowest : float
        No threshold lies below.
    known : callable
        Whether an alarm of a moment was accepted by people, so that it is no false alarm.
    step : timedelta, default=30 days
        How often it is learnt.
    """
    starts, values = [], []
    at = first
    while at < end:
        since = max(begin, at - timedelta(days=365))
        # Whoever learns at a moment knows what was raised before it.
        past = sorted(
            (h for moment, h in heights if since <= moment < at and not known(moment)), reverse=True
        )
        allowed = int((at - since) / timedelta(days=30))
        values.append(max(lowest, past[allowed] + 0.01) if len(past) > allowed else lowest)
        starts.append(at)
        at += step
    order = np.array([one.timestamp() for one in starts])
    return lambda moment: values[max(0, int(np.searchsorted(order, moment.timestamp(), "right")) - 1)]


def _moment(first: float, hour: int) -> datetime:
    return datetime.fromtimestamp(first + hour * HOUR, UTC)
