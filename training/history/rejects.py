"""The rejects file: one line for each refused row, with its line number, the reason and the row."""

import csv
import json
from collections import Counter
from pathlib import Path
from typing import IO, Any

from triage.errors import HistoryError

__all__ = ["Rejects", "raw_row"]


class Rejects:
    """Writes refused rows; the file is made with the first of them.

    Parameters
    ----------
    path : Path or None
        Where to; a name ending in ``.jsonl`` gives JSON lines, any other CSV. None writes nothing.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: IO[str] | None = None
        if path is not None:
            path.unlink(missing_ok=True)

    def write(self, line: int, reason: str, row: Any) -> None:
        """Write one refused row."""
        if self._path is None:
            return
        is_jsonl = self._path.suffix.lower() in (".jsonl", ".ndjson")
        if self._file is None:
            try:
                self._file = self._path.open("w", encoding="utf-8", errors="backslashreplace", newline="")
            except OSError as error:
                raise HistoryError(
                    f"Got the rejects file {self._path}, which cannot be written: {error.strerror}."
                ) from None
            if not is_jsonl:
                csv.writer(self._file).writerow(["line", "reason", "row"])
        if is_jsonl:
            document = {"line": line, "reason": reason, "row": row}
            self._file.write(json.dumps(document, ensure_ascii=False, default=str) + "\n")
        else:
            # The row is JSON, so no cell can begin with a sign that a spreadsheet takes for a formula.
            text = json.dumps(row, ensure_ascii=False, default=str)
            csv.writer(self._file).writerow([line, reason, text])

    def close(self) -> None:
        """Close the file, if one was made."""
        if self._file is not None:
            self._file.close()
            self._file = None


def raw_row(header: list[str], values: list[Any]) -> Any:
    """Return a row as an object by header; a repeated header gives a list, a broken row stays a list."""
    if len(header) != len(values):
        return values
    row: dict[str, Any] = {}
    repeated = {name for name, times in Counter(header).items() if times > 1}
    for name, value in zip(header, values, strict=True):
        if value in (None, ""):
            continue
        if name in repeated:
            row.setdefault(name, []).append(value)
        else:
            row[name] = value
    return row
