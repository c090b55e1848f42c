"""What reading a table came to, in sentences for people: rows read, refused and replaced, and why."""

from collections.abc import Mapping
from typing import Any

__all__ = ["told_of_reading"]


def told_of_reading(reading: Mapping[str, Any]) -> list[str]:
    """Return a line of counts and, where rows were refused, lines with the reasons and the first of them.

    Parameters
    ----------
    reading : Mapping
        Of :meth:`training.history.summary.RowSummary.as_dict`.
    """
    refused, replaced = reading["rejected"], reading["replaced"]
    counts = f"{_rows(reading['accepted'])} of the table read, {_rows(refused)} refused"
    if replaced:
        counts += f", {_rows(replaced)} replaced by a later one of the same id"
    lines = [f"{counts}."]
    # Where the first refused are all, they tell the reasons too.
    if refused > len(reading["first_refused"]):
        lines += [f"Refused: {reason} ({count:,})" for reason, count in reading["reasons"].items()]
    first = ", ".join(f"line {one['line']:,} ({one['reason']})" for one in reading["first_refused"])
    if first:
        lines.append(f"{'Refused' if refused == len(reading['first_refused']) else 'The first'}: {first}.")
    return lines


def _rows(count: int) -> str:
    return f"{count:,} row" if count == 1 else f"{count:,} rows"
