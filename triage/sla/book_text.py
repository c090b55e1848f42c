"""An SLA book as people write it: TOML with everything, or CSV with a policy a line. Checks no value."""

import csv
import tomllib
from typing import Any

from triage.errors import ConfigurationError

__all__ = ["CSV_COLUMNS", "csv_document", "toml_document"]

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


def toml_document(content: str) -> dict[str, Any]:
    """Return the document of a book in TOML.

    A book replaces the one that stands, so one that promises nothing has to say so: ``policies = []``.

    Raises
    ------
    ConfigurationError
        If it is no TOML, or names no policies.
    """
    try:
        document = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"Got an SLA book that cannot be read as TOML: {error}.") from None
    if "policies" not in document:
        raise ConfigurationError(
            "Got an SLA book without policies; expected [[policies]], or policies = [] to promise nothing."
        )
    return document


def csv_document(content: str) -> dict[str, Any]:
    """Return the document of a book in CSV.

    Columns are :data:`CSV_COLUMNS`, of which only ``name`` and a target are needed; several values of one
    place stand between bars (``high|urgent``). Lines with the same hours share a calendar.

    Raises
    ------
    ConfigurationError
        If there are other columns, there is no policy, or it is no CSV.
    """
    try:
        reader = csv.DictReader(content.removeprefix("\ufeff").splitlines())
        names = reader.fieldnames or ()
        rows = list(reader)
    except csv.Error as error:
        raise ConfigurationError(f"Got an SLA table that cannot be read as CSV: {error}.") from None
    unknown = sorted(set(names) - set(CSV_COLUMNS))
    if unknown or "name" not in names:
        raise ConfigurationError(
            f"Got an SLA table with the columns {', '.join(names) or '(none)'}; expected name "
            f"and any of {', '.join(CSV_COLUMNS[1:])}."
        )
    if not rows:
        raise ConfigurationError(
            "Got an SLA table without a policy; expected one line at least below the names."
        )
    calendars: dict[tuple[str, ...], dict[str, Any]] = {}
    policies = []
    for row in rows:
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
