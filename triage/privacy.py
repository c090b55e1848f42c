"""What the admin says of personal data: how long what is kept, and how soon models follow an erasure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from triage.errors import ConfigurationError

__all__ = ["Kept", "PrivacyPolicy", "Redaction", "read_privacy"]

MOST_DAYS = 36_500
RETRAIN_DAYS = 30


class Kept(StrEnum):
    """Kinds of records that can be kept for a while only."""

    TICKETS = "tickets"
    """Tickets that are over, with all that hangs on them; counted from their last change."""
    DECISIONS = "decisions"
    """Decisions with the feedback on them; counted from when they were made."""
    SUGGESTIONS = "suggestions"
    """What was offered, and what people said of it; counted from when it was offered."""
    MESSAGES = "messages"
    """Messages that were delivered or given up; counted from when they were put out."""
    NOTICES = "notices"
    """Reminders, escalations and breaches; counted from when they were raised."""
    INCIDENTS = "incidents"
    """Suspected incidents; counted from their newest ticket."""
    ALERTS = "alerts"
    """Alerts of volume; counted from when they were raised."""
    FORECASTS = "forecasts"
    """Snapshots; counted from when they were made."""
    RUNS = "runs"
    """Trainings, forecasts and looks for gaps that have ended; counted from when they were asked for."""


class Redaction(StrEnum):
    """Where personal data is taken out of texts."""

    OFF = "off"
    """Nowhere but in what is shown of other tickets."""
    LEARNING = "learning"
    """Before a model learns from them, and so before it decides; stored as they were sent."""
    STORED = "stored"
    """Before anything is stored, so everywhere."""


@dataclass(frozen=True, slots=True)
class PrivacyPolicy:
    """The admin's word on personal data.

    Parameters
    ----------
    retention : Mapping of Kept to int
        Days for which a kind of record is kept; what is not named is kept.
    retrain_days : int, default=30
        Days after an erasure by which no model that knows the ticket may answer any more.
    redaction : Redaction, default=Redaction.OFF
        Where addresses, numbers, secrets and names are taken out of texts.

    Examples
    --------
    >>> read_privacy({"retention": {"tickets": 730}}).retention[Kept.TICKETS]
    730
    """

    retention: Mapping[Kept, int] = field(default_factory=dict)
    retrain_days: int = RETRAIN_DAYS
    redaction: Redaction = Redaction.OFF

    def to_document(self) -> dict[str, Any]:
        """Return the JSON form, the inverse of :func:`read_privacy`."""
        return {
            "retention": {kind.value: days for kind, days in self.retention.items()},
            "retrain_days": self.retrain_days,
            "redaction": self.redaction.value,
        }


def read_privacy(document: Mapping[str, Any]) -> PrivacyPolicy:
    """Read the JSON form; what is left out follows the defaults.

    Raises
    ------
    ConfigurationError
        If a key, a kind of record or a number of days is not as it must be.
    """
    given = _object(document, "privacy", {"retention", "retrain_days", "redaction"})
    redaction, known = given.get("redaction", Redaction.OFF.value), [one.value for one in Redaction]
    if redaction not in known:
        raise ConfigurationError(f"Got redaction {redaction!r}; expected one of {', '.join(known)}.")
    kinds = [one.value for one in Kept]
    told = _object(given.get("retention", {}), "retention", set(kinds))
    retention = {Kept(name): _days(days, f"retention of {name}", 1) for name, days in told.items()}
    retrain_days = _days(given.get("retrain_days", RETRAIN_DAYS), "retrain_days", 0)
    return PrivacyPolicy(retention, retrain_days, Redaction(redaction))


def _object(given: Any, where: str, known: set[str]) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise ConfigurationError(f"Got {given!r} as {where}; expected an object of names and values.")
    unknown = sorted(set(given) - known)
    if unknown:
        raise ConfigurationError(
            f"Got {', '.join(map(repr, unknown))} in {where}; expected only {', '.join(sorted(known))}."
        )
    return given


def _days(given: Any, where: str, least: int) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or not least <= given <= MOST_DAYS:
        raise ConfigurationError(
            f"Got {given!r} as {where}; expected whole days from {least} to {MOST_DAYS}."
        )
    return given
