"""Policies that come as a file over HTTP or by form: read by the same rules as those that come as JSON.

Says where a mistake is and what was expected, never a value of the file.
"""

from datetime import date
from typing import Any

from pydantic import ValidationError

from serving.schemas.sla_book import SlaBookIn
from triage.errors import ConfigurationError, InputError
from triage.sla.book_text import CSV_COLUMNS, csv_document, toml_document

__all__ = ["read_csv_book", "read_toml_book"]


def read_csv_book(content: str) -> SlaBookIn:
    """Read a table with a policy a line.

    Raises
    ------
    InputError
        If it cannot be used.
    """
    try:
        document = csv_document(content)
    except ConfigurationError:
        raise InputError(
            f"Got an SLA table that cannot be read; expected CSV whose first line names {CSV_COLUMNS[0]} and "
            f"any of {', '.join(CSV_COLUMNS[1:])}, with one line at least below it."
        ) from None
    return _checked(document)


def read_toml_book(content: str) -> SlaBookIn:
    """Read TOML with ``[[policies]]`` and ``[[calendars]]``.

    Raises
    ------
    InputError
        If it cannot be used.
    """
    try:
        document = toml_document(content)
    except ConfigurationError:
        raise InputError(
            "Got SLA policies that cannot be read as TOML; expected [[policies]] with name, response and "
            "resolution (policies = [] to promise nothing), and [[calendars]] with name, hours and zone."
        ) from None
    return _checked(_with_texts(document))


def _checked(document: Any) -> SlaBookIn:
    try:
        return SlaBookIn.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) if isinstance(part, int) else part for part in _told(first["loc"]))
        message = str(first["msg"]).removeprefix("Value error, ")
        raise InputError(
            f"Got SLA policies that cannot be used, at {place or 'the whole'}: {message} "
            "Places are counted from 0."
        ) from None


def _told(places: tuple[int | str, ...]) -> list[int | str]:
    """Leave out names that are somebody's input: those of tables that are not known."""
    known = {*SlaBookIn.model_fields, "name", "calendar", "response", "resolution", "priority"}
    known |= {"organization", "category", "steps", "kind", "at", "to", "target", "hours", "zone", "country"}
    known |= {"holidays"}
    return [one if isinstance(one, int) or one in known else "?" for one in places]


def _with_texts(value: Any) -> Any:
    """Write the days of a TOML document as text, as JSON has them."""
    if isinstance(value, dict):
        return {name: _with_texts(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_with_texts(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value
