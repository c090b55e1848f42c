"""A calendar of known events as a CSV file: read whole or refused whole, with the line that is wrong."""

import csv
import io
from datetime import date
from pathlib import Path

from triage.delimiter import delimiter_of
from triage.dot_ids import dots_problem
from triage.errors import InputError
from triage.known_event import KnownEvent

__all__ = ["COLUMNS", "read_events", "read_events_file", "write_events"]

COLUMNS = ("event_id", "kind", "title", "first_day", "last_day", "series", "factor")
NEEDED = ("event_id", "kind", "first_day")
MOST_ROWS = 5_000
MOST_ID = 40


def read_events(text: str) -> list[KnownEvent]:
    """Read a calendar; ``title`` is the kind, ``last_day`` the first day and ``series`` the total by default.

    Columns are divided by commas, semicolons or tabs, as the header says.

    Raises
    ------
    InputError
        When a column is missing or a row cannot be used.
    """
    rows = csv.DictReader(io.StringIO(text.lstrip("\ufeff")), delimiter=delimiter_of(text))
    try:
        return _read_rows(rows)
    except csv.Error as error:
        raise InputError(
            f"Got a calendar that is no CSV in line {rows.line_num} ({error}); expected lines of the columns "
            f"{', '.join(COLUMNS)}; mend the line."
        ) from error


def _read_rows(rows: "csv.DictReader[str]") -> list[KnownEvent]:
    header = [name.strip() for name in rows.fieldnames or ()]
    missing = [name for name in NEEDED if name not in header]
    if missing:
        raise InputError(
            f"Got a calendar without {', '.join(missing)}; expected the columns {', '.join(COLUMNS)}, of "
            f"which {', '.join(NEEDED)} are needed; add them."
        )
    rows.fieldnames = header
    found: dict[str, KnownEvent] = {}
    for row in rows:
        if len(found) >= MOST_ROWS:
            raise InputError(f"Got more than {MOST_ROWS:,} events; expected no more; split the file.")
        one = _read(row, rows.line_num)
        if one.event_id in found:
            raise InputError(
                f"Got an event_id again in line {rows.line_num}; expected each once; rename one."
            )
        found[one.event_id] = one
    return list(found.values())


def read_events_file(path: Path) -> list[KnownEvent]:
    """Read a calendar from a file.

    Raises
    ------
    InputError
        When the file cannot be read, or not as a calendar.
    """
    try:
        return read_events(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"Got {path} as calendar of events: {error}; expected a CSV file in UTF-8; check the path."
        ) from error


def _read(row: dict[str, str | None], line: int) -> KnownEvent:
    text = {name: (row.get(name) or "").strip() for name in COLUMNS}
    try:
        if (
            not text["kind"]
            or not 1 <= len(text["event_id"]) <= MOST_ID
            or set(text["event_id"]) & {"\n", "\r"}
            or dots_problem(text["event_id"]) is not None
        ):
            raise ValueError
        first = date.fromisoformat(text["first_day"])
        return KnownEvent(
            text["event_id"],
            text["kind"][:100],
            (text["title"] or text["kind"])[:400],
            first,
            date.fromisoformat(text["last_day"]) if text["last_day"] else first,
            (text["series"] or "total")[:400],
            float(text["factor"]) if text["factor"] else None,
        )
    except ValueError as error:
        raise InputError(
            f"Got a calendar whose line {line} cannot be used; expected an event_id of at most 40 "
            "characters on one line, not of dots alone, a kind, days as 2026-04-14 and a number as factor; "
            "correct the line."
        ) from error
    except InputError as error:
        raise InputError(f"Line {line} of the calendar: {error}") from error


def write_events(events: list[KnownEvent]) -> str:
    """Return a calendar as CSV, as `read_events` reads it."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    for one in events:
        values = [getattr(one, name) for name in COLUMNS]
        rows.writerow(["" if value is None else value for value in values])
    return out.getvalue()
