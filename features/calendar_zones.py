"""The time zones that a calendar file names: IANA's, Windows' and those that the file itself describes.

The icalendar library keeps what one file describes for all that are read after it; here a zone that is no
known name is looked up in its own file alone.
"""

from collections.abc import Iterable
from datetime import date, datetime, tzinfo
from typing import Any

from triage.errors import InputError
from triage.zone import find_zone

__all__ = ["CalendarZones"]


class CalendarZones:
    """Zones of one file.

    Parameters
    ----------
    calendars : iterable of icalendar.Calendar
        As parsed: their VTIMEZONE components are the zones that the file describes.
    """

    def __init__(self, calendars: Iterable[Any]) -> None:
        described = [zone for calendar in calendars for zone in calendar.walk("VTIMEZONE")]
        self._described = {str(zone.get("TZID", "")).strip("/"): zone for zone in described}
        self._found: dict[str, tzinfo] = {}

    def find(self, tzid: str) -> tzinfo:
        """Return the zone of a TZID.

        An IANA name comes first (also one behind ``/vendor/``), then Windows' names, then the file's own.

        Raises
        ------
        InputError
            If it is none of them.
        """
        if tzid not in self._found:
            self._found[tzid] = self._look_up(tzid)
        return self._found[tzid]

    def moment(self, value: Any, params: Any) -> date:
        """Return a property's day or time: with the zone that it names, without one if it names none.

        Parameters
        ----------
        value : date, datetime or tuple
            As parsed; of a period its begin counts.
        params : icalendar.Parameters
            Of the property.
        """
        when: date = value[0] if isinstance(value, tuple) else value
        tzid = params.get("TZID")
        if tzid is None or not isinstance(when, datetime):
            return when
        return when.replace(tzinfo=self.find(str(tzid)))

    def _look_up(self, tzid: str) -> tzinfo:
        from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

        name = tzid.strip("/")
        parts = name.split("/") if tzid.startswith("/") else [name]
        for candidate in [name, *("/".join(parts[at:]) for at in range(1, len(parts)))]:
            try:
                return find_zone(WINDOWS_TO_OLSON.get(candidate, candidate))
            except InputError:
                continue
        described = self._described.get(name)
        if described is None:
            raise InputError(
                f"Got the zone {tzid[:80]!r}; expected an IANA name, a Windows name, or one that the file "
                "describes (VTIMEZONE)."
            )
        zone: tzinfo = described.to_tz(lookup_tzid=False)
        return zone
