"""The settings of a training run in words, for the card."""

from collections.abc import Mapping
from typing import Any

from triage.promise_words import promise_in_words

__all__ = ["settings_in_words"]

TOLD_ELSEWHERE = ("merged", "seed")


def settings_in_words(config: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the name of each setting with its value in words; empty ones are left out.

    Parameters
    ----------
    config : Mapping
        A :class:`training.config.TrainingConfig` as a manifest holds it.

    Examples
    --------
    >>> settings_in_words({"target_precision": 0.95, "redact": False, "target_precisions": {"team": 0.8}})
    [('target_precision', '0.95'), ('redact', 'no'), ('target_precisions', 'team: 0.8')]
    """
    found = []
    for name, value in config.items():
        if name in TOLD_ELSEWHERE or (not value and value != 0):
            continue
        if name == "promise":
            found += [(f"promise.{field}", promise_in_words(one)) for field, one in value.items()]
        else:
            found.append((name, _in_words(value)))
    return found


def _in_words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "; ".join(
            f"{name} ({_in_words(one)})" if isinstance(one, Mapping) else f"{name}: {_in_words(one)}"
            for name, one in value.items()
        )
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)
