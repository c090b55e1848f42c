"""Rows of a JSON-lines file: one object a line; an object inside an object becomes ``outer.inner``."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from training.history.encoding import TextEncoding
from training.history.lines import MAX_LINE_CHARS, Lines
from training.history.source import RawRow
from triage.errors import HistoryError

__all__ = ["JsonlSource"]


class JsonlSource:
    """A JSON-lines file; see :class:`training.history.source.Source`.

    The header is every key that stands anywhere in the file, in order of appearance, so opening reads
    the file once.

    Parameters
    ----------
    path : Path
        The file.
    encoding : TextEncoding
        How it is encoded.

    Raises
    ------
    HistoryError
        If no line holds an object.
    """

    format = "jsonl"
    delimiter = None

    def __init__(self, path: Path, encoding: TextEncoding) -> None:
        self._path = path
        self._encoding = encoding
        self._lines: Lines | None = None
        names: dict[str, None] = {}
        for _, document, _ in self._documents():
            if document is not None:
                names.update(dict.fromkeys(document))
        if not names:
            raise HistoryError(f"Got {path.name} without one JSON object; expected one object a line.")
        self.header = list(names)

    @property
    def encoding(self) -> str:
        """Name of the text encoding for people."""
        return self._encoding.label

    @property
    def progress(self) -> float:
        """Share of the file that the running :meth:`rows` has read, 0 to 1."""
        return 0.0 if self._lines is None else self._lines.progress

    @property
    def repaired(self) -> int:
        """Lines in which bytes did not fit the encoding, so far."""
        return 0 if self._lines is None else self._lines.repaired

    def rows(self, needed: Sequence[int], chunk_rows: int) -> Iterator[RawRow]:
        """Iterate over the rows from the beginning; absent keys are None."""
        for line, document, raw in self._documents():
            if document is None:
                yield RawRow(line, [raw], f"is not one JSON object of at most {MAX_LINE_CHARS:,} characters")
            else:
                yield RawRow(line, [document.get(name) for name in self.header])

    def _documents(self) -> Iterator[tuple[int, dict[str, Any] | None, str]]:
        lines = Lines(self._path, self._encoding)
        self._lines = lines
        try:
            while True:
                lines.begin()
                text = next(lines, None)
                if text is None:
                    return
                if text.isspace():
                    continue
                try:
                    document = json.loads(text.lstrip("\ufeff"))
                except (ValueError, RecursionError):
                    document = None
                if isinstance(document, dict):
                    yield lines.number, _flat(document), ""
                else:
                    yield lines.number, None, text.rstrip("\r\n")
        finally:
            lines.close()


def _flat(document: dict[str, Any]) -> dict[str, Any]:
    if not any(isinstance(value, dict) for value in document.values()):
        return document
    flat: dict[str, Any] = {}
    for name, value in document.items():
        if isinstance(value, dict):
            flat.update({f"{name}.{inner}": deeper for inner, deeper in value.items()})
        else:
            flat[name] = value
    return flat
