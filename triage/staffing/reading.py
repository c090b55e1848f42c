"""Values of a document, checked one by one; every message names the place."""

import math
import re
from collections.abc import Collection, Mapping
from typing import Any

from triage.errors import ConfigurationError

__all__ = ["choice", "clock", "items", "number", "refuse_unknown", "table", "text", "texts", "whole"]


def text(given: Any, where: str) -> str:
    """Return text that is not empty."""
    if not isinstance(given, str) or not given.strip():
        raise ConfigurationError(f"Got {given!r} as the {where}; expected text.")
    return given


def texts(given: Any, where: str) -> list[str]:
    """Return a list of texts."""
    return [text(one, where) for one in items(given, where)]


def items(given: Any, where: str) -> list[Any]:
    """Return a list."""
    if isinstance(given, Mapping):
        raise ConfigurationError(
            f"Got a table as {where}; expected a list of tables: in TOML, [[{where}]] above each one's lines."
        )
    if not isinstance(given, list | tuple):
        raise ConfigurationError(f"Got {where}={given!r}; expected a list.")
    return list(given)


def table(given: Any, where: str) -> Mapping[str, Any]:
    """Return a table of names and values."""
    if not isinstance(given, Mapping):
        raise ConfigurationError(f"Got {given!r} as {where}; expected a table of names and values.")
    return given


def number(given: Any, where: str) -> float:
    """Return a finite number."""
    if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given):
        raise ConfigurationError(f"Got {where}={given!r}; expected a number.")
    return float(given)


def whole(given: Any, where: str) -> int:
    """Return a whole number."""
    if isinstance(given, bool) or not isinstance(given, int):
        raise ConfigurationError(f"Got {where}={given!r}; expected a whole number.")
    return given


def choice(given: Any, known: Collection[str], where: str) -> str:
    """Return one of the words that there are."""
    if given not in known:
        raise ConfigurationError(f"Got {where}={given!r}; expected one of {', '.join(known)}.")
    return str(given)


def clock(given: str, where: str) -> int:
    """Return a time of the day such as ``08:30`` in minutes after midnight."""
    match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", given)
    if match is None:
        raise ConfigurationError(f"Got {given!r} as {where}; expected a time of the day such as '08:30'.")
    return 60 * int(match.group(1)) + int(match.group(2))


def refuse_unknown(part: Mapping[str, Any], known: Collection[str], where: str) -> None:
    """Refuse names that mean nothing here."""
    unknown = sorted(set(part) - set(known))
    if unknown:
        raise ConfigurationError(
            f"Got {', '.join(map(repr, unknown))} in {where}; expected only {', '.join(sorted(known))}."
        )
