"""A file of raw rows, whatever its format: opening it, and what every format offers.

Rows are positional: value ``i`` belongs to header ``i``, and a header may stand twice (as in Jira's
exports). No value is understood here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from training.history.mapping import Mapping
from triage.errors import HistoryError

__all__ = ["RawRow", "Source", "open_source"]


@dataclass(slots=True)
class RawRow:
    """One row as it stands in the file.

    Parameters
    ----------
    line : int
        Line where it begins (CSV, JSON lines), or its number (Parquet), from 1.
    values : list
        Value by header position; text in CSV, any type elsewhere. None when not needed.
    problem : str, default=""
        Why it cannot be a row; empty when it can.
    """

    line: int
    values: list[Any]
    problem: str = ""


class Source(Protocol):
    """A file of raw rows that can be read again and again."""

    @property
    def header(self) -> list[str]:
        """Names by position; a name may stand twice."""
        ...

    @property
    def format(self) -> str:
        """``csv``, ``jsonl`` or ``parquet``."""
        ...

    @property
    def encoding(self) -> str | None:
        """Name of the text encoding for people; None for Parquet."""
        ...

    @property
    def delimiter(self) -> str | None:
        """What stands between fields; None outside CSV."""
        ...

    @property
    def progress(self) -> float:
        """Share of the file that the running :meth:`rows` has read, 0 to 1."""
        ...

    @property
    def repaired(self) -> int:
        """Lines in which bytes did not fit the encoding, so far."""
        ...

    def rows(self, needed: Sequence[int], chunk_rows: int) -> Iterator[RawRow]:
        """Iterate over the rows from the beginning; values at positions not needed may be None."""
        ...


def open_source(path: Path, mapping: Mapping) -> Source:
    """Open a file by what it holds, not by its name.

    Raises
    ------
    HistoryError
        If the file does not exist, is empty, or is none of CSV, JSON lines and Parquet.
    """
    from training.history.csv_source import CsvSource
    from training.history.encoding import find_encoding
    from training.history.jsonl_source import JsonlSource
    from training.history.parquet_source import ParquetSource

    path = Path(path)
    try:
        with path.open("rb") as file:
            head = file.read(4)
    except OSError as error:
        raise HistoryError(
            f"Got {path}, which cannot be read: {error.strerror or error}; expected a file of "
            "CSV, JSON Lines or Parquet. Check the path."
        ) from None
    if head == b"PAR1":
        return ParquetSource(path)
    encoding = find_encoding(path, mapping.encoding)
    with path.open("rb") as file:
        beginning = file.read(4096).decode(encoding.name, "replace").lstrip("\ufeff \t\r\n")
    if beginning.startswith("{"):
        return JsonlSource(path, encoding)
    if beginning.startswith("[") and path.suffix.lower().startswith(".json"):
        raise HistoryError(
            f"Got {path.name}, which is one JSON array; expected JSON lines, one object a line "
            "(jq -c '.[]' FILE > FILE.jsonl makes them)."
        )
    return CsvSource(path, encoding, mapping.delimiter)
