"""Reads an SLA book from a file: TOML with everything, or CSV with a policy a line. Stores nothing."""

from datetime import UTC, date, datetime
from pathlib import Path

from features.business_time import with_public_holidays
from triage.errors import ConfigurationError
from triage.sla.book import SlaBook
from triage.sla.book_text import csv_document, toml_document

__all__ = ["read_book_file"]


def read_book_file(path: Path, *, today: date | None = None) -> SlaBook:
    """Read a book; calendars with a country get its public holidays.

    Parameters
    ----------
    path : Path
        ``.csv`` (:func:`triage.sla.book_text.csv_document`), or anything else as TOML.
    today : date, optional
        From whose year holidays are looked up; by default this one's.

    Raises
    ------
    ConfigurationError
        If the file cannot be read, or a value is not as it must be.
    """
    try:
        content = path.read_text(encoding="utf-8-sig")
        document = csv_document(content) if path.suffix.lower() == ".csv" else toml_document(content)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"Got {path}, which cannot be read as an SLA book ({getattr(error, 'strerror', None) or error}); "
            "expected policies as TOML or CSV in UTF-8, as the guide has them. Check the path."
        ) from None
    except ConfigurationError as error:
        raise ConfigurationError(f"In {path}: {error}") from None
    return with_public_holidays(SlaBook.from_document(document), today or datetime.now(UTC).date())
