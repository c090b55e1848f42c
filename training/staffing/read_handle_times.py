"""Handle times from a file: a history whose tickets have ``handle_seconds``, or volumes with their means."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from training.forecasting.read import VOLUME_COLUMNS
from training.history.columns import CUSTOM_PREFIX, column_of
from training.history.mapping import Mapping, load_mapping
from training.history.plan import fold
from training.history.source import open_source
from training.history.table import Table
from triage.errors import HistoryError
from triage.staffing.handle_time import HandleTime, HandleTimes, learn_handle_times

__all__ = ["read_handle_times"]

SECONDS = "handle_seconds"


def read_handle_times(path: Path, by: str, *, zone: str = "UTC", mapping: Path | None = None) -> HandleTimes:
    """Learn handle times from a file.

    Parameters
    ----------
    path : Path
        A history with a column ``handle_seconds`` (or ``field.handle_seconds``), seconds of work a ticket; or
        volumes with ``handle_seconds``, the mean of each row.
    by : str
        Field whose labels get handle times of their own.
    zone : str, default="UTC"
        Of times that carry none.
    mapping : Path, optional
        Mapping file.

    Raises
    ------
    HistoryError
        If the file cannot be read or has no such column.
    InputError
        If no ticket has a handle time.
    """
    rules = Mapping() if mapping is None else load_mapping(mapping)
    header = {fold(name) for name in open_source(path, rules).header}
    known = header | set(rules.columns)
    if set(VOLUME_COLUMNS) <= known:
        if SECONDS not in known:
            raise _without(path)
        return _of_volumes(Table(path, "volumes", mapping=rules, zone=zone), by)
    custom = CUSTOM_PREFIX + SECONDS
    has_plain, has_custom = SECONDS in known, custom in known
    if not has_plain and not has_custom:
        raise _without(path)
    others = {custom: (SECONDS if has_plain else custom,)}
    name = by if column_of("history", by) else CUSTOM_PREFIX + by
    if name.startswith(CUSTOM_PREFIX) and fold(by) in header:
        others[name] = (by,)
    extended = Mapping(**{**_fields(rules), "columns": {**others, **rules.columns}})
    wanted = ["ticket_id", custom, *([] if by in ("total", "series") else [name])]
    try:
        file = Table(path, "history", mapping=extended, zone=zone, wanted=wanted)
    except HistoryError:
        # A history without the field still tells how long tickets take.
        file = Table(path, "history", mapping=extended, zone=zone, wanted=wanted[:2])
    labels: list[str | None] = []
    seconds: list[float | None] = []
    for rows in file.typed_rows():
        for row in rows:
            labels.append(None if by in ("total", "series") else _text(_value(row, name)))
            seconds.append(_number(_value(row, custom)))
    return learn_handle_times(labels, seconds)


def _of_volumes(file: Table, by: str) -> HandleTimes:
    """Return the means of volumes, weighed by their counts; how single contacts scatter they do not tell."""
    sums: dict[str, np.ndarray] = {}
    prefix = f"{by}="
    for rows in file.typed_rows():
        for row in rows:
            took, count = row.get(SECONDS), float(row["count"] or 0)
            if took and took > 0 and count > 0:
                label = str(row["series"]).removeprefix(prefix)
                sums.setdefault(label, np.zeros(2))
                sums[label] += (count * took, count)
    if not sums:
        raise _without(file.path)
    total = np.sum(list(sums.values()), axis=0)
    times = {label: HandleTime(float(s / n), None, int(n)) for label, (s, n) in sums.items()}
    return HandleTimes(HandleTime(float(total[0] / total[1]), None, int(total[1])), times)


def _fields(rules: Mapping) -> dict[str, Any]:
    return {name: getattr(rules, name) for name in rules.__dataclass_fields__}


def _value(row: dict[str, Any], name: str) -> Any:
    if name.startswith(CUSTOM_PREFIX):
        return row.get("custom", {}).get(name[len(CUSTOM_PREFIX) :])
    return row.get(name)


def _text(value: Any) -> str | None:
    text = "" if value is None else str(value).strip()
    return text or None


def _number(value: Any) -> float | None:
    try:
        return None if value is None else float(value)
    except ValueError:
        return None


def _without(path: Path) -> HistoryError:
    return HistoryError(
        f"Got {path.name} without handle times; expected a column handle_seconds with seconds of work; map "
        "it, or "
        "write handle times into the configuration."
    )
