"""Texts of an SLA book that are checked as they come in: spans, hours, zones, days, countries.

What is wrong is said without repeating it.
"""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from features.business_time import public_holidays
from serving.schemas.base import SafeText
from triage.errors import TriageError
from triage.routing.shift import parse_shift
from triage.sla.span import parse_span
from triage.zone import find_zone

__all__ = ["Country", "Day", "Hours", "Name", "Recipient", "Span", "Statuses", "Words", "Zone"]


def _span(text: str) -> str:
    try:
        parse_span(text, "it")
    except TriageError:
        raise ValueError(
            "Got a span that cannot be used; expected business hours and minutes such as '4h', '30m' or "
            "'1h30m', no days."
        ) from None
    return text


def _hours(text: str) -> str:
    try:
        parse_shift(text)
    except TriageError:
        raise ValueError(
            "Got hours that cannot be read; expected days and times such as 'Mon-Fri 09:00-17:30', several "
            "parts between semicolons, or '24/7'."
        ) from None
    return text


def _zone(name: str) -> str:
    try:
        find_zone(name)
    except TriageError:
        raise ValueError(
            "Got a zone that is not known; expected an IANA name such as 'Europe/Berlin'."
        ) from None
    return name


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError("Got a holiday that is no day; expected one such as 2026-12-24.") from None


def _country(code: str) -> str:
    day = date(2026, 1, 1)
    try:
        public_holidays(code, day, day)
    except TriageError:
        raise ValueError(
            "Got a country whose holidays are not known; expected an ISO 3166 code such as 'US' or 'DE-BY'."
        ) from None
    return code


def _written(text: str) -> str:
    if not text.strip():
        raise ValueError("Got nothing but spaces; expected text.")
    return text


Name = Annotated[SafeText, Field(min_length=1, max_length=200), AfterValidator(_written)]
Word = Annotated[SafeText, Field(min_length=1, max_length=400), AfterValidator(_written)]
Status = Annotated[SafeText, Field(min_length=1, max_length=100), AfterValidator(_written)]
Words = Annotated[list[Word], Field(max_length=1_000)]
Statuses = Annotated[list[Status], Field(max_length=100)]
Span = Annotated[SafeText, Field(max_length=20), AfterValidator(_span)]
Hours = Annotated[SafeText, Field(max_length=400), AfterValidator(_hours)]
Zone = Annotated[SafeText, Field(max_length=64), AfterValidator(_zone)]
Day = Annotated[SafeText, Field(max_length=10), AfterValidator(_day)]
Country = Annotated[SafeText, Field(max_length=12), AfterValidator(_country)]
Recipient = Annotated[SafeText, Field(min_length=1, max_length=320), AfterValidator(_written)]
