"""The silence between a history's last ticket and now: days without tickets, a gap, or an old history.

A desk that is closed is silent, and so is a broken feed, and counts do not tell them apart; what is plausible
for this history does. A silence that has been as long before, or in which few tickets were to be expected, is
counted as days without any. A longer one is a gap: it is not learnt from, and the forecast begins now all the
same. After more than a year nothing is fed any more, and the forecast begins where the history ends. Looks at
whole local days of the total; a label that falls silent by itself is counted as it came.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.calendar import local_days
from training.forecasting.left_out import GAP_DAYS
from training.forecasting.noticed import GAP_TICKETS, LOOK_BACK_DAYS, WEEKS_ABOUT
from training.forecasting.series import TOTAL, SeriesCounter, SeriesTable
from training.forecasting.swa import same_weekday_average

__all__ = ["Silence", "find_silence", "say_ended", "table_up_to"]

WORTH_TELLING_DAYS = 14
"""A shorter silence that is plausible is not told: a weekend, a week between the years."""
ONE_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True, slots=True)
class Silence:
    """Whole days without a ticket at the end of a history.

    Parameters
    ----------
    last : numpy.datetime64
        Local day of the last ticket.
    days : int
    usual : float
        Tickets that were to be expected in them.
    longest_before : int
        Days of the longest earlier silence of the last two years.
    """

    last: np.datetime64
    days: int
    usual: float
    longest_before: int

    @property
    def is_gap(self) -> bool:
        """Whether it is longer than is plausible for the history."""
        return self.usual >= GAP_TICKETS and self.days > self.longest_before

    @property
    def is_end(self) -> bool:
        """Whether it is so long that the history is an old one, fed by nobody."""
        return self.is_gap and self.days > GAP_DAYS


def table_up_to(
    counter: SeriesCounter, now: np.datetime64, *, history_end: np.datetime64 | None = None
) -> SeriesTable:
    """Return what was counted up to now, with the silence at its end as what it plausibly is.

    Parameters
    ----------
    counter : SeriesCounter
    now : datetime64[s], UTC
    history_end : datetime64[s], UTC, optional
        When the history was cut, where that is known (`SeriesCounter.table`).

    Raises
    ------
    InputError
        When not one whole interval was counted.
    """
    whole = counter.table(until=now)
    found = find_silence(whole)
    if found is None or not (found.is_gap or found.days >= WORTH_TELLING_DAYS):
        return whole
    if not found.is_gap:
        return replace(whole, noticed=(_say(found), *whole.noticed))
    known = counter.table(until=history_end)
    known = replace(known, noticed=(_say(found), *known.noticed))
    if found.is_end or known.end >= whole.origin:
        return known
    return replace(known, origin=whole.origin, silent_from=known.origin)


def find_silence(table: SeriesTable) -> Silence | None:
    """Return the whole days without a ticket before a table's end; None where there are none."""
    rows = table.counts[[table.names.index(TOTAL)]] if TOTAL in table.names else table.counts
    days = local_days(np.append(table.starts, table.end), table.zone)
    number = ((days - days[0]) / ONE_DAY).astype(int)
    daily = np.bincount(number[:-1], rows.sum(axis=0), int(number[-1]) + 1).astype(float)
    came = np.flatnonzero(daily)
    # The day that goes on: with a ticket it ends the silence, without one it does not lengthen it yet.
    silent = int(number[-1]) - 1 - int(came[-1]) if len(came) else 0
    if silent < 1:
        return None
    known = daily[: came[-1] + 1]
    usual = same_weekday_average(known, silent, WEEKS_ABOUT)
    return Silence(days[0] + came[-1] * ONE_DAY, silent, float(usual.sum()), _longest(known))


def say_ended(table: SeriesTable, now: np.datetime64) -> str | None:
    """Say that a file ends long before now, and its forecast begins there; None where it does not."""
    days = int((now - table.end) / ONE_DAY)
    if days <= WORTH_TELLING_DAYS:
        return None
    end = _written(local_days(np.array([table.end]), table.zone)[0])
    return (
        f"The file ends {days:,} days ago, on {end}, and the forecast begins there; expected one up to "
        "now. Export it again, or add --from-now."
    )


def _longest(known: NDArray[np.float64]) -> int:
    recent = known[-LOOK_BACK_DAYS:]
    return int(np.diff(np.flatnonzero(recent)).max(initial=1)) - 1


def _say(found: Silence) -> str:
    since = f"No ticket was filed since {_written(found.last)}, for {found.days:,} whole days"
    if found.is_end:
        return f"{since}: the history ends there, and the forecast begins."
    if found.is_gap:
        return (
            f"{since}, in which {found.usual:,.0f} were to be expected: is the feed broken? They are taken "
            "as a gap, not as days without tickets, and the forecast begins now."
        )
    return f"{since}: they count as days without tickets, as is plausible here. Is the feed broken?"


def _written(day: np.datetime64) -> str:
    one: Any = day.astype("datetime64[D]").item()
    return f"{one.day} {one:%b %Y}"
