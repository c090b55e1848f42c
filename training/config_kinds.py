"""Whether the settings of a training file are of the right kind; if not, how a right one looks.

Looks at kinds only; ranges and names of fields are :mod:`training.config`'s.
"""

from collections.abc import Callable, Mapping
from typing import Any

from training.targets import FieldTarget
from triage.errors import ConfigurationError

__all__ = ["refuse_wrong_kinds"]

Check = Callable[[str, Any], None]
"""Takes a key and its value; raises if the value is of the wrong kind."""


def refuse_wrong_kinds(settings: Mapping[str, Any]) -> None:
    """Refuse the first setting whose value is of the wrong kind.

    Parameters
    ----------
    settings : Mapping of str to object
        By key, those of :class:`training.config.TrainingConfig`.

    Raises
    ------
    ConfigurationError
        The message names the key, with its table, and shows one that is right.
    """
    for name, check in CHECKS.items():
        check(name, settings[name])


def _wrong(key: str, given: Any, expected: str, example: str) -> ConfigurationError:
    return ConfigurationError(
        f"Got {key}={given!r}, which is {_kind(given)}; expected {expected}. For example: {example}"
    )


def _is_number(given: Any) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool)


def _kind(given: Any) -> str:
    if isinstance(given, bool):
        return "true or false"
    for kind, name in KINDS:
        if isinstance(given, kind):
            return name
    return f"a {type(given).__name__}"


KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (str, "text"),
    (int, "a whole number"),
    (float, "a number"),
    ((list, tuple), "a list"),
    (Mapping, "a table"),
)


def _one(is_right: Callable[[Any], bool], expected: str, example: str) -> Check:
    """Return the check of a single value."""

    def check(key: str, given: Any) -> None:
        if not is_right(given):
            raise _wrong(key, given, expected, example)

    return check


def _table(expected: str, example: str, entry: Check) -> Check:
    """Return the check of a table, and of each of its entries."""

    def check(key: str, given: Any) -> None:
        if not isinstance(given, Mapping):
            raise _wrong(key, given, expected, example)
        for name, value in given.items():
            entry(f"{key}.{name}", value)

    return check


def _is_text(given: Any) -> bool:
    return isinstance(given, str)


def _words(header: str, line: str) -> Check:
    """Return the check of tables of text, one a field."""
    shown = f"{header} and below it {line}"
    labels = _table("a table of labels and text", shown, _one(_is_text, "text", line))
    return _table("a table for each field", shown, labels)


CHECKS: Mapping[str, Check] = {
    "targets": _one(
        lambda given: isinstance(given, tuple) and all(map(_is_text, given)),
        "a list of fields' names",
        'targets = ["category", "team"]',
    ),
    "target_precision": _one(_is_number, "a number above 0 and below 1", "target_precision = 0.95"),
    "target_precisions": _table(
        "a table of fields and numbers",
        "[target_precisions] and below it category = 0.9",
        _one(_is_number, "a number above 0 and below 1", "category = 0.9"),
    ),
    "promise": _table(
        "a table for each field",
        "[promise.category] and below it target = 0.9",
        _one(lambda given: isinstance(given, FieldTarget), "a FieldTarget", "FieldTarget(target=0.9)"),
    ),
    "merged": _words("[merged.category]", '"fax" = "phone"'),
    "descriptions": _words("[descriptions.category]", '"vpn" = "Remote access from home"'),
    "redact": _one(lambda given: isinstance(given, bool), "true or false", "redact = true"),
    "encoder": _one(_is_text, "the name of a folder as text", 'encoder = "encoders/ours"'),
} | {
    name: _one(
        lambda given: _is_number(given) and isinstance(given, int), "a whole number", f"{name} = {usual}"
    )
    for name, usual in (("min_label_count", 2), ("max_labels", 2_000), ("neighbours", 50_000), ("seed", 0))
}
