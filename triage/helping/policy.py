"""The admin's word on helping: what is confidential, when articles are offered, whether one is the answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from triage.errors import ConfigurationError
from triage.mode import Mode
from triage.ticket import FIELDS

__all__ = ["AutoResolvePolicy", "HelpingPolicy", "read_helping"]

_AUTO_MODES = (Mode.OFF, Mode.SHADOW, Mode.APPLY)


@dataclass(frozen=True, slots=True)
class AutoResolvePolicy:
    """Whether an article may be sent as the answer, the ticket waiting for the requester's word.

    Parameters
    ----------
    mode : Mode, default=Mode.OFF
        ``off``; ``shadow`` notes what would have been sent; ``apply`` says that it is to be sent.
    least_chance : float, default=0.9
        The chance that the article helps must reach this.
    categories : frozenset of str, default=frozenset()
        Only tickets whose category was applied and is one of these; empty: none.
    confirm_hours : float, default=72
        Hours after which an unanswered question goes back to people; silence is never agreement.
    """

    mode: Mode = Mode.OFF
    least_chance: float = 0.9
    categories: frozenset[str] = frozenset()
    confirm_hours: float = 72.0


@dataclass(frozen=True, slots=True)
class HelpingPolicy:
    """The admin's word on what is shown to help.

    Parameters
    ----------
    confidential : Mapping of str to frozenset of str
        By field, labels of tickets that only admins see among similar ones.
    least_chance : float, default=0.3
        Below this chance that an article helps, a requester is told that nothing fits.
    match_hours : float, default=24
        A ticket that a requester files within so many hours of a suggestion was filed all the same.
    auto_resolve : AutoResolvePolicy
        Off unless an admin says otherwise.
    """

    confidential: Mapping[str, frozenset[str]] = field(default_factory=dict)
    least_chance: float = 0.3
    match_hours: float = 24.0
    auto_resolve: AutoResolvePolicy = AutoResolvePolicy()

    def hides(self, labels: Mapping[str, str]) -> bool:
        """Whether a ticket with these labels is confidential."""
        return any(labels.get(name) in hidden for name, hidden in self.confidential.items())

    def to_document(self) -> dict[str, Any]:
        """Return the JSON form, the inverse of :func:`read_helping`."""
        return {
            "confidential": {name: sorted(labels) for name, labels in self.confidential.items()},
            "least_chance": self.least_chance,
            "match_hours": self.match_hours,
            "auto_resolve": {
                "mode": self.auto_resolve.mode.value,
                "least_chance": self.auto_resolve.least_chance,
                "categories": sorted(self.auto_resolve.categories),
                "confirm_hours": self.auto_resolve.confirm_hours,
            },
        }


def read_helping(document: Mapping[str, Any]) -> HelpingPolicy:
    """Read the JSON form; what is left out follows the defaults.

    Raises
    ------
    ConfigurationError
        If a key, a field, a mode or a number is not as it must be.
    """
    given = _object(document, "helping", {"confidential", "least_chance", "match_hours", "auto_resolve"})
    default = HelpingPolicy()
    confidential = {}
    for name, labels in _object(given.get("confidential") or {}, "confidential", set(FIELDS)).items():
        confidential[name] = _words(labels, f"confidential of {name!r}")
    part = _object(
        given.get("auto_resolve") or {},
        "auto_resolve",
        {"mode", "least_chance", "categories", "confirm_hours"},
    )
    mode = part.get("mode", Mode.OFF.value)
    known = [one.value for one in _AUTO_MODES]
    if mode not in known:
        raise ConfigurationError(f"Got auto_resolve mode {mode!r}; expected one of {', '.join(known)}.")
    auto = AutoResolvePolicy(
        Mode(mode),
        _number(part.get("least_chance", default.auto_resolve.least_chance), "least_chance", 1.0),
        _words(part.get("categories") or (), "categories of auto_resolve"),
        _number(part.get("confirm_hours", default.auto_resolve.confirm_hours), "confirm_hours", 8_760.0),
    )
    return HelpingPolicy(
        confidential,
        _number(given.get("least_chance", default.least_chance), "least_chance", 1.0),
        _number(given.get("match_hours", default.match_hours), "match_hours", 8_760.0),
        auto,
    )


def _object(given: Any, where: str, known: set[str]) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise ConfigurationError(f"Got {given!r} as {where}; expected an object of names and values.")
    unknown = sorted(set(given) - known)
    if unknown:
        raise ConfigurationError(
            f"Got {', '.join(map(repr, unknown))} in {where}; expected only {', '.join(sorted(known))}."
        )
    return given


def _words(given: Any, where: str) -> frozenset[str]:
    if not isinstance(given, list | tuple | frozenset) or not all(isinstance(one, str) for one in given):
        raise ConfigurationError(f"Got {given!r} as {where}; expected a list of labels.")
    return frozenset(given)


def _number(given: Any, where: str, most: float) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given <= most:
        raise ConfigurationError(f"Got {where}={given!r}; expected a number from 0 to {most:g}.")
    return float(given)
