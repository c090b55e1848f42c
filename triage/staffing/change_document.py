"""A what-if as a document, as the API's JSON and the command's assignments write it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from triage.errors import ConfigurationError
from triage.staffing.change import Change, ChannelChange, Event
from triage.staffing.document import read_deadline
from triage.staffing.reading import choice, items, number, refuse_unknown, table, texts
from triage.staffing.setup import Percentile

__all__ = ["read_change"]

_PERCENTS = ("volume_percent", "handle_time_percent", "absence_percent")
_SHARES = ("service_level", "within_s", "patience_s", "occupancy", "shrinkage")


def read_change(document: Mapping[str, Any]) -> Change:
    """Read a what-if.

    Parameters
    ----------
    document : Mapping
        ``volume_percent``, ``label_percents``, ``handle_time_percent``, ``absence_percent``, ``percentile``,
        ``channels`` (by name: ``service_level``, ``within_s``, ``patience_s``, ``occupancy``, ``shrinkage``,
        ``deadline``), ``events`` (``start``, ``end``, ``percent``, ``labels``).

    Raises
    ------
    ConfigurationError
        If a key is unknown or a value is not as it must be.
    InputError
        If a percentage or an event makes no sense.
    """
    given = table(document, "a what-if")
    refuse_unknown(given, {*_PERCENTS, "label_percents", "percentile", "channels", "events"}, "a what-if")
    values: dict[str, Any] = {
        name: number(given[name], name) for name in _PERCENTS if given.get(name) is not None
    }
    if given.get("label_percents"):
        percents = table(given["label_percents"], "label_percents")
        values["label_percents"] = {
            str(label): number(one, f"label_percents of {label!r}") for label, one in percents.items()
        }
    if given.get("percentile") is not None:
        values["percentile"] = Percentile(choice(given["percentile"], [*Percentile], "percentile"))
    if given.get("channels"):
        channels = table(given["channels"], "channels")
        values["channels"] = {str(name): _channel(one, str(name)) for name, one in channels.items()}
    if given.get("events"):
        values["events"] = tuple(_event(one) for one in items(given["events"], "events"))
    return Change(**values)


def _channel(given: Any, name: str) -> ChannelChange:
    where = f"the change of channel {name!r}"
    part = table(given, where)
    refuse_unknown(part, {*_SHARES, "deadline"}, where)
    values: dict[str, Any] = {
        key: number(part[key], f"{key} of {where}") for key in _SHARES if part.get(key) is not None
    }
    if part.get("deadline") is not None:
        values["deadline"] = read_deadline(part["deadline"], f"deadline of {where}")
    return ChannelChange(**values)


def _event(given: Any) -> Event:
    part = table(given, "an event")
    refuse_unknown(part, {"start", "end", "percent", "labels"}, "an event")
    labels = frozenset(texts(part.get("labels") or [], "labels of an event"))
    return Event(
        _moment(part.get("start"), "start"),
        _moment(part.get("end"), "end"),
        number(part.get("percent"), "percent of an event"),
        labels,
    )


def _moment(given: Any, name: str) -> datetime:
    try:
        return given if isinstance(given, datetime) else datetime.fromisoformat(given)
    except (TypeError, ValueError):
        raise ConfigurationError(
            f"Got {name}={given!r} of an event; expected a time with a zone such as 2026-03-02T09:00:00Z."
        ) from None
