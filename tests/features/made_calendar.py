"""Calendar files for tests, written event by event."""

__all__ = ["DESCRIBED", "calendar_of", "event"]

DESCRIBED = """BEGIN:VTIMEZONE
TZID:Head office
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0{summer}00
TZOFFSETTO:+0{winter}00
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0{winter}00
TZOFFSETTO:+0{summer}00
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""
"""A zone of the file's own, with so many hours to UTC in winter and in summer."""


def event(*lines: str, uid: str = "u1", when: str = "DTSTART;VALUE=DATE:20260309") -> str:
    body = "\n".join(line for line in (f"UID:{uid}" if uid else "", when, *lines) if line)
    return f"BEGIN:VEVENT\n{body}\nEND:VEVENT\n"


def calendar_of(*parts: str) -> bytes:
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//y//EN\n{''.join(parts)}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()
