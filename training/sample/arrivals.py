"""When tickets arrive: the curve of the week, holidays, growth, good and bad days, outages.

The curve is kept hour by hour; each ticket then finds its own moment on it.
It knows nothing of what tickets say.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import holidays
import numpy as np
from numpy.typing import NDArray

from training.sample.draws import Stream
from training.sample.preset import Preset

MONTHS = 18
"""Length of the history."""

_HOUR = 3600
_YEAR = 365.25 * 24 * _HOUR
_HOLIDAY_SHARE = 0.2  # of an ordinary day's volume still arrives on a public holiday
_DAY_SHAPE = 14.0  # gamma shape of a day's luck: days differ by about 27 % beyond chance
_BUSY_SHARE = 0.6  # an outage is noticed when people are at work: it waits for an hour this busy


@dataclass(frozen=True)
class Span:
    """The history's first moment (included) and last (excluded), UTC epoch seconds."""

    since: int
    until: int

    @property
    def days(self) -> tuple[date, date]:
        """First and last calendar day in UTC."""
        return tuple(  # type: ignore[return-value]
            datetime.fromtimestamp(at, UTC).date() for at in (self.since, self.until)
        )

    def at(self, fraction: float) -> int:
        """Return the moment at a fraction of the span."""
        return int(self.since + fraction * (self.until - self.since))


def span_before(until: date) -> Span:
    """Return the 18 months that end at midnight UTC at the start of ``until``."""
    months = until.year * 12 + until.month - 1 - MONTHS
    year, month = months // 12, months % 12 + 1
    first = date(year, month, min(until.day, monthrange(year, month)[1]))
    since, end = (
        int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) for day in (first, until)
    )
    return Span(since, end)


def public_holidays(preset: Preset, span: Span) -> frozenset[date]:
    """Return the public holidays of the preset's country that touch the span."""
    first, last = span.days
    return frozenset(holidays.country_holidays(preset.country, years=range(first.year, last.year + 1)))


class Arrivals:
    """The curve of arrivals over a span.

    Parameters
    ----------
    preset : Preset
    span : Span
    days_off : frozenset of date
        Public holidays.
    seed : int

    Attributes
    ----------
    incident_windows : tuple of (int, int)
        Start and end of each incident, UTC epoch seconds, in the preset's order.
    """

    def __init__(self, preset: Preset, span: Span, days_off: frozenset[date], seed: int) -> None:
        self._span, self._seed = span, seed
        self._hours = np.arange(span.since, span.until, _HOUR, dtype=np.int64)
        zone = ZoneInfo(preset.zone)
        local = [datetime.fromtimestamp(int(hour), zone) for hour in self._hours]
        week = np.array([preset.weekday_weights[at.weekday()] * preset.hour_weights[at.hour] for at in local])
        day = np.array([at.toordinal() for at in local])
        luck = np.random.default_rng([seed, Stream.DAYS]).gamma(_DAY_SHAPE, 1 / _DAY_SHAPE, np.ptp(day) + 1)
        off = np.array([at.date() in days_off for at in local])
        growth = (1 + preset.growth_per_year) ** ((self._hours - span.since) / _YEAR)
        usual = week * growth * luck[day - day.min()] * np.where(off, _HOLIDAY_SHARE, 1.0)
        self.incident_windows = tuple(
            self._window(span.at(incident.at), incident.hours, np.where(off, 0, week))
            for incident in preset.incidents
        )
        self._extra = np.stack(
            [
                usual * (incident.volume_multiplier - 1) * self._overlap(window)
                for incident, window in zip(preset.incidents, self.incident_windows, strict=True)
            ]
        )
        self._volume = usual + self._extra.sum(axis=0)
        self._cumulative = np.cumsum(self._volume) / self._volume.sum()

    def draw(self, tickets: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Draw the moments of ``tickets`` tickets.

        Ticket number *i* has the same place on the curve whatever the size asked for.
        Needs about 40 bytes a ticket.

        Returns
        -------
        moments, numbers : arrays of shape (tickets,)
            UTC epoch seconds in ascending order, and the number of the ticket that arrives then.
        """
        places = np.random.default_rng([self._seed, Stream.ARRIVALS]).random(tickets)
        numbers = np.argsort(places, kind="stable")
        places = places[numbers]
        hours = np.minimum(np.searchsorted(self._cumulative, places, side="right"), len(self._hours) - 1)
        before = np.concatenate([[0.0], self._cumulative[:-1]])
        within = (places - before[hours]) / np.maximum(self._cumulative[hours] - before[hours], 1e-300)
        moments = self._hours[hours] + (np.clip(within, 0, 1 - 1e-9) * _HOUR).astype(np.int64)
        return np.minimum(moments, self._span.until - 1), numbers

    def incident_at(self, moment: int, share: float) -> int | None:
        """Return the index of the incident that a ticket of this moment is about, or ``None``.

        ``share`` is a draw in [0, 1): within an outage only the volume above the usual is about it.
        """
        hour = (moment - self._span.since) // _HOUR
        passed = 0.0
        for index, extra in enumerate(self._extra[:, hour] / self._volume[hour]):
            passed += float(extra)
            if share < passed:
                return index
        return None

    def _window(self, at: int, hours: float, week: NDArray[np.float64]) -> tuple[int, int]:
        index = int(np.searchsorted(self._hours, at))
        busy = np.flatnonzero(week[index:] >= _BUSY_SHARE * week.max())
        start = int(self._hours[index + busy[0]]) if len(busy) else at
        return start, start + int(hours * _HOUR)

    def _overlap(self, window: tuple[int, int]) -> NDArray[np.float64]:
        """Return how much of each hour lies within the window, 0 to 1."""
        start = np.maximum(self._hours, window[0])
        end = np.minimum(self._hours + _HOUR, window[1])
        return np.clip((end - start) / _HOUR, 0.0, 1.0)
