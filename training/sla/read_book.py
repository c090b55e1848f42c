"""Reads an SLA book from a file: TOML with everything, or CSV with a policy a line. Stores nothing."""

import csv
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from features.business_time import with_public_holidays
from triage.errors import ConfigurationError
from triage.sla.book import SlaBook

__all__ = ["CSV_COLUMNS", "read_book_file"]

CSV_COLUMNS = (
    "name",
    "priority",
    "organization",
    "category",
    "response",
    "resolution",
    "hours",
    "zone",
    "country",
)
SEPARATOR = "|"


def read_book_file(path: Path, *, today: date | None = None) -> SlaBook:
    """Read a book; calendars with a country get its public holidays.

    A CSV has the columns :data:`CSV_COLUMNS`, of which only ``name`` and a target are needed; several
    values of one place stand between bars (``high|urgent``). Lines with the same hours share a calendar.

    Parameters
    ----------
    path : Path
        ``.csv``, or anything else as TOML.
    today : date, optional
        From whose year holidays are looked up; by default this one's.

    Raises
    ------
    ConfigurationError
        If the file cannot be read, or a value is not as it must be.
    """
    try:
        content = path.read_text(encoding="utf-8-sig")
        document = _from_csv(content) if path.suffix.lower() == ".csv" else tomllib.loads(content)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, csv.Error) as error:
        raise ConfigurationError(f"Got {path}, which cannot be read as an SLA book: {error}.") from None
    return with_public_holidays(SlaBook.from_document(document), today or datetime.now(UTC).date())


def _from_csv(content: str) -> dict[str, Any]:
    reader = csv.DictReader(content.splitlines())
    unknown = sorted(set(reader.fieldnames or ()) - set(CSV_COLUMNS))
    if unknown or "name" not in (reader.fieldnames or ()):
        raise ConfigurationError(
            f"Got an SLA table with the columns {', '.join(reader.fieldnames or ['(none)'])}; expected name "
            f"and any of {', '.join(CSV_COLUMNS[1:])}."
        )
    calendars: dict[tuple[str, ...], dict[str, Any]] = {}
    policies = []
    for row in reader:
        given = {name: value.strip() for name, value in row.items() if name and value and value.strip()}
        place = tuple(given.get(name, "") for name in ("hours", "zone", "country"))
        hours = {name: given[name] for name in ("hours", "zone", "country") if name in given}
        calendar = calendars.setdefault(place, {"name": " ".join(filter(None, place)) or "always", **hours})
        wanted = {
            name: [one.strip() for one in given[name].split(SEPARATOR) if one.strip()]
            for name in ("priority", "organization", "category")
            if name in given
        }
        spans = {name: given[name] for name in ("response", "resolution") if name in given}
        policies.append({"name": given.get("name", ""), "calendar": calendar["name"], **wanted, **spans})
    return {"calendars": list(calendars.values()), "policies": policies}
