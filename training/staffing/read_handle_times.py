"""Handle times from a file: a history whose tickets have ``handle_seconds``, or volumes with their means.

Of a ticket whose own times cannot be right (filed or resolved after today, resolved before it was filed),
nothing is learnt: what filled in its times filled in its handle time.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from training.forecasting.read import VOLUME_COLUMNS
from training.future import AHEAD, MOST
from training.history.columns import CUSTOM_PREFIX, column_of
from training.history.mapping import Mapping, load_mapping
from training.history.plan import fold
from training.history.source import open_source
from training.history.table import Table
from triage.errors import HistoryError, InputError
from triage.staffing.handle_time import LONGEST_S, HandleTime, HandleTimes, learn_handle_times
from triage.zone import find_zone

__all__ = ["read_handle_times"]

SECONDS = "handle_seconds"
FILED, RESOLVED = "created_at", "resolved_at"
AFTER_TODAY = "filed or resolved after today"
NO_NUMBER = "not a number"


def read_handle_times(
    path: Path, by: str, *, zone: str = "UTC", mapping: Path | None = None, now: datetime | None = None
) -> HandleTimes:
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
    now : datetime, optional
        With a zone; by default this machine's. Times more than a day after it are wrong, unless those of more
        than half of the tickets are: then it is the clock.

    Raises
    ------
    HistoryError
        If the file cannot be read or has no such column.
    InputError
        If no ticket has a handle time.
    """
    now = datetime.now(UTC) if now is None else now
    rules = Mapping() if mapping is None else load_mapping(mapping)
    header = {fold(name) for name in open_source(path, rules).header}
    known = header | set(rules.columns)
    if set(VOLUME_COLUMNS) <= known:
        if SECONDS not in known:
            raise _without(path)
        return _of_volumes(Table(path, "volumes", mapping=rules, zone=zone), by, now)
    custom = CUSTOM_PREFIX + SECONDS
    has_plain, has_custom = SECONDS in known, custom in known
    if not has_plain and not has_custom:
        raise _without(path)
    others = {custom: (SECONDS if has_plain else custom,)}
    name = by if column_of("history", by) else CUSTOM_PREFIX + by
    if name.startswith(CUSTOM_PREFIX) and fold(by) in header:
        others[name] = (by,)
    extended = Mapping(**{**_fields(rules), "columns": {**others, **rules.columns}})
    wanted = ["ticket_id", custom, *(one for one in (FILED, RESOLVED) if one in known)]
    try:
        named = [] if by in ("total", "series") else [name]
        file = Table(path, "history", mapping=extended, zone=zone, wanted=[*wanted, *named])
    except HistoryError:
        # A history without the field still tells how long tickets take.
        file = Table(path, "history", mapping=extended, zone=zone, wanted=wanted)
    labels: list[str | None] = []
    seconds: list[float | None] = []
    wrong: list[str | None] = []
    for rows in file.typed_rows():
        for row in rows:
            given = _text(_value(row, custom))
            labels.append(None if by in ("total", "series") else _text(_value(row, name)))
            seconds.append(_number(given))
            wrong.append(None if given is None else _wrong(row, seconds[-1], now, find_zone(zone)))
    return _learn(labels, seconds, wrong)


def _wrong(row: dict[str, Any], took: float | None, now: datetime, zone: ZoneInfo) -> str | None:
    """Return why nothing can be learnt from a ticket with a handle time; None: something can."""
    filed, resolved = row.get(FILED), row.get(RESOLVED)
    if took is None:
        return NO_NUMBER
    if any(one is not None and one > now + AHEAD for one in (filed, resolved)):
        return AFTER_TODAY
    if filed is not None and resolved is not None and resolved < filed:
        # A day without a time of day is the midnight before.
        begun = filed.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        return None if resolved == begun else "resolved before filed"
    return None


def _learn(labels: list[str | None], seconds: list[float | None], wrong: list[str | None]) -> HandleTimes:
    doubted = Counter(one for one in wrong if one is not None)
    kept: set[str | None] = {None}
    if doubted[AFTER_TODAY] > MOST * sum(one is not None for one in seconds):
        # So many are no slips: this machine's clock is wrong.
        kept.add(AFTER_TODAY)
        del doubted[AFTER_TODAY]
    taken = [one if reason in kept else None for one, reason in zip(seconds, wrong, strict=True)]
    if doubted and not any(one is not None for one in taken):
        said = ", ".join(f"{many:,} {reason}" for reason, many in doubted.items())
        raise InputError(
            f"Got handle times that nothing can be learnt from ({said}); expected seconds of work, of "
            "tickets resolved after they were filed; correct the columns, or map others."
        )
    found = learn_handle_times(labels, taken)
    return replace(found, doubted={**found.doubted, **doubted})


def _of_volumes(file: Table, by: str, now: datetime) -> HandleTimes:
    """Return the means of volumes, weighed by their counts; how single contacts scatter they do not tell."""
    sums: dict[str, np.ndarray] = {}
    doubted: Counter[str] = Counter()
    too_long = 0
    prefix = f"{by}="
    for rows in file.typed_rows():
        for row in rows:
            took, count = row.get(SECONDS), float(row["count"] or 0)
            # What is negative counts as missing: so volumes are read.
            if not took or count <= 0:
                continue
            if row["start"] > now + AHEAD:
                doubted[AFTER_TODAY] += int(count)
            elif took > LONGEST_S:
                too_long += int(count)
            else:
                label = str(row["series"]).removeprefix(prefix)
                sums.setdefault(label, np.zeros(2))
                sums[label] += (count * took, count)
    if not sums:
        raise _without(file.path, too_long + sum(doubted.values()))
    total = np.sum(list(sums.values()), axis=0)
    times = {label: HandleTime(float(s / n), None, int(n)) for label, (s, n) in sums.items()}
    default = HandleTime(float(total[0] / total[1]), None, int(total[1]))
    return HandleTimes(default, times, too_long, dict(doubted))


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


def _without(path: Path, wrong: int = 0) -> HistoryError:
    why = f" but {wrong:,} that cannot be any (over 30 days or after today)" if wrong else ""
    return HistoryError(
        f"Got {path.name} without handle times{why}; expected a column handle_seconds with seconds of work; "
        "map it, or write handle times into the configuration."
    )
