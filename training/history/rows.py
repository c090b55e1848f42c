"""One raw row becomes typed values under our names, or is refused with a reason. Reads no file.

Decisions, each counted in the summary: NUL is removed and a lone surrogate replaced (in an identity
they refuse the row); texts above their column's length are cut (identities and labels refuse the
row); an optional time or number that cannot be read is taken as missing, but for an absence's time,
which refuses the row.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from training.history.columns import CUSTOM_PREFIX
from training.history.moments import AmbiguousDateError, DateOrder, is_day, parse_moment
from training.history.plan import Plan, PlannedColumn
from training.history.summary import RowSummary
from triage.errors import HistoryError
from triage.priority import PRIORITIES

__all__ = ["RefusedRow", "RowConverter"]

_SURROGATES = re.compile("[\ud800-\udfff]")
_LIST_SEPARATORS = ";|,"
_FLAGS = {
    "true": True,
    "yes": True,
    "1": True,
    "y": True,
    "false": False,
    "no": False,
    "0": False,
    "n": False,
}

READ_FLAGS = "yes, y, true, 1, no, n, false, 0"


class RefusedRow(HistoryError):
    """Raised when one row cannot be used; its text is the reason, without the row's values."""


class RowConverter:
    """Converts raw rows by a plan, counting in a summary.

    Parameters
    ----------
    plan : Plan
        Which column is filled from where.
    summary : RowSummary
        Where smaller events are counted.
    zone : ZoneInfo
        Of times that carry none.
    pattern : str or None
        A ``strptime`` pattern for times.
    required : frozenset of str
        Columns without which a row is refused.
    decide_order : callable
        From our column's name to the order of its dates in numbers; asked when one needs it.
    """

    def __init__(
        self,
        plan: Plan,
        summary: RowSummary,
        *,
        zone: ZoneInfo,
        pattern: str | None,
        required: frozenset[str],
        decide_order: Callable[[str], DateOrder],
    ) -> None:
        self._plan = plan
        self._summary = summary
        self._zone = zone
        self._pattern = pattern
        self._required = required
        self._decide_order = decide_order
        self._orders: dict[str, DateOrder] = {}

    def convert(self, number: int, values: list[Any]) -> dict[str, Any] | None:
        """Convert one row.

        Parameters
        ----------
        number : int
            The row's number, from 1, for made identities.
        values : list
            Its values by header position.

        Returns
        -------
        dict or None
            Typed values by our name, only those that are there; custom fields under ``custom`` and
            source values of mapped labels under ``source_values``. None when the mapping's filter
            leaves the row out.

        Raises
        ------
        RefusedRow
            If the row cannot be used.
        """
        for position, allowed in self._plan.filters:
            if (as_text(values[position]) or "").strip() not in allowed:
                return None
        row: dict[str, Any] = {}
        stripped = self._summary.counts["stripped"]
        if self._plan.row_ids is not None:
            row["ticket_id"] = f"{self._plan.row_ids}{number}"
        for planned in self._plan.columns:
            value = self._value(planned, values, row)
            if value is None:
                continue
            if planned.name.startswith(CUSTOM_PREFIX):
                row.setdefault("custom", {})[planned.name[len(CUSTOM_PREFIX) :]] = value
            else:
                row[planned.name] = value
        for name in self._required:
            if name not in row:
                raise RefusedRow(f"{name} is missing")
        if self._summary.counts["stripped"] > stripped and "ticket_id" in row:
            self._summary.see_stripped(row["ticket_id"])
        return row

    def _value(self, planned: PlannedColumn, values: list[Any], row: dict[str, Any]) -> Any:
        kind = planned.column.type
        if kind == "moment":
            return self._moment(planned, values)
        if kind == "list":
            return self._list(planned, values)
        text = self._text(planned, values)
        if text is not None and kind == "label":
            return self._label(planned, text, row)
        if text is not None and kind in ("integer", "number"):
            return self._number(planned, text)
        if text is not None and kind == "flag":
            return self._flag(planned, text)
        return text

    def _text(self, planned: PlannedColumn, values: list[Any]) -> str | None:
        text = planned.constant
        if planned.separator is not None:
            parts = [as_text(values[position]) for position in planned.positions]
            text = planned.separator.join(part for part in parts if part and not part.isspace())
        elif text is None:
            for position in planned.positions:
                text = as_text(values[position])
                if text and not text.isspace():
                    break
        if not text or text.isspace():
            return None
        kind = planned.column.type
        text = self._clean(planned.name, text, refuse=kind == "id")
        if kind == "id":
            text = text.strip()
        if planned.values is not None and kind != "label":
            text = planned.values.get(text.strip().casefold(), text)
        if len(text) > planned.column.max_chars:
            if kind in ("id", "label"):
                raise RefusedRow(f"{planned.name} is longer than {planned.column.max_chars} characters")
            text = text[: planned.column.max_chars]
            self._summary.counts["cut"] += 1
        return text or None

    def _clean(self, name: str, text: str, *, refuse: bool = False) -> str:
        has_nul = "\x00" in text
        has_surrogate = not text.isascii() and _SURROGATES.search(text) is not None
        if not has_nul and not has_surrogate:
            return text
        if refuse:
            raise RefusedRow(f"{name} holds NUL or a lone surrogate")
        self._summary.counts["cleaned"] += 1
        return _SURROGATES.sub("\ufffd", text.replace("\x00", ""))

    def _label(self, planned: PlannedColumn, text: str, row: dict[str, Any]) -> str | None:
        source = text.strip()
        self._summary.counts["stripped"] += source != text
        value = source if planned.values is None else planned.values.get(source.casefold(), source)
        if planned.name == "priority" and value.casefold() in PRIORITIES:
            value = value.casefold()
        if value != source and value:
            row.setdefault("source_values", {})[planned.name] = source
        return value or None

    def _list(self, planned: PlannedColumn, values: list[Any]) -> tuple[str, ...] | None:
        items: list[str] = []
        for position in planned.positions:
            value = values[position]
            if isinstance(value, (list, tuple)):
                items.extend(text for item in value if (text := as_text(item)))
            elif text := as_text(value):
                items.extend(_split(text))
        if planned.constant:
            items.extend(_split(planned.constant))
        limit = planned.column.max_chars
        cleaned = (self._clean(planned.name, item).strip()[:limit] for item in items)
        return tuple(dict.fromkeys(item for item in cleaned if item)) or None

    def _number(self, planned: PlannedColumn, text: str) -> int | float | None:
        word = text.strip().lower()
        if word in ("true", "false"):
            return int(word == "true")
        try:
            number = float(word)
        except ValueError:
            number = float("nan")
        if not abs(number) < 1e15 or number < 0:
            if planned.name in self._required:
                raise RefusedRow(f"{planned.name} is not a number of 0 or more")
            self._summary.counts[f"unreadable {planned.name}"] += 1
            return None
        return int(number) if planned.column.type == "integer" else number

    def _flag(self, planned: PlannedColumn, text: str) -> bool | None:
        flag = _FLAGS.get(text.strip().lower())
        if flag is None:
            if planned.column.refuses:
                # Taken for either answer it would be wrong half the time, and nobody would see it.
                raise RefusedRow(f"{planned.name} is neither yes nor no (read are {READ_FLAGS})")
            self._summary.counts[f"unreadable {planned.name}"] += 1
        return flag

    def _moment(self, planned: PlannedColumn, values: list[Any]) -> datetime | None:
        value: Any = planned.constant
        for position in planned.positions:
            value = values[position]
            if value is not None and value != "":
                break
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        name = planned.name
        try:
            moment = parse_moment(value, self._orders.get(name), self._pattern)
        except AmbiguousDateError:
            self._orders[name] = self._decide_order(name)
            return self._moment(planned, values)
        except (ValueError, OverflowError):
            if planned.column.refuses or name in self._required:
                raise RefusedRow(f"{name} cannot be read as a time between 1970 and 2100") from None
            self._summary.counts[f"unreadable {name}"] += 1
            return None
        if planned.column.includes_day and is_day(value, moment):
            moment += timedelta(days=1)
        if moment.tzinfo is None:
            self._summary.counts["naive"] += 1
            moment = moment.replace(tzinfo=self._zone)
        return moment.astimezone(UTC)


def as_text(value: Any) -> str | None:
    """Return a value as text: of a list the first that is not empty, a whole float without its ``.0``."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if value != value:
            return None
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, (list, tuple)):
        return next((text for item in value if (text := as_text(item))), None)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)


def _split(text: str) -> list[str]:
    for separator in _LIST_SEPARATORS:
        if separator in text:
            return text.split(separator)
    return [text]
