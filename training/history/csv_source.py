"""Rows of a CSV file: delimiter found out, quotes and line breaks in fields, broken rows survived."""

import csv
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from training.history.encoding import TextEncoding
from training.history.lines import MAX_LINE_CHARS, Lines
from training.history.source import RawRow
from triage.errors import HistoryError

__all__ = ["CsvSource"]

DELIMITERS = ",;\t|"
SAMPLE_LINES = 500
MAX_COLUMNS = 5_000


class CsvSource:
    r"""A CSV file; see :class:`training.history.source.Source`.

    A record that spans several lines and has the wrong number of fields is taken for an unclosed
    quote: only its first line is refused, and reading goes on with the next. A record on one line
    that is too short is filled with empty fields (Excel leaves out trailing ones).

    Parameters
    ----------
    path : Path
        The file.
    encoding : TextEncoding
        How it is encoded.
    delimiter : str or None, default=None
        One character; None to find out among ``, ; \t |``.

    Raises
    ------
    HistoryError
        If there is no header.
    """

    format = "csv"

    def __init__(self, path: Path, encoding: TextEncoding, delimiter: str | None = None) -> None:
        if delimiter is not None and len(delimiter) != 1:
            raise HistoryError(f"Got the delimiter {delimiter!r}; expected one character such as ';'.")
        self._path = path
        self._encoding = encoding
        self._lines: Lines | None = None
        # The limit belongs to the process; it is only ever raised. Lines are capped at the same size.
        csv.field_size_limit(max(csv.field_size_limit(), MAX_LINE_CHARS))
        lines = Lines(path, encoding)
        try:
            sample = list(islice(lines, SAMPLE_LINES))
        finally:
            lines.close()
        self._skipped = 0
        if sample and sample[0].lstrip("\ufeff").lower().startswith("sep=") and len(sample[0].strip()) <= 6:
            delimiter = delimiter or sample[0].rstrip("\r\n")[-1]  # Excel's own first line.
            self._skipped = 1
        self.delimiter = delimiter or _find_delimiter(sample[self._skipped :])
        self.header = self._read_header()

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
        """Iterate over the rows from the beginning; every value is text."""
        lines = Lines(self._path, self._encoding)
        self._lines = lines
        try:
            records = self._records(lines)
            next(records, None)  # the header
            width = len(self.header)
            for line, values, problem in records:
                if problem:
                    yield RawRow(line, values, problem)
                    continue
                yield self._checked(lines, line, values, width)
        finally:
            lines.close()

    def _checked(self, lines: Lines, line: int, values: list[str], width: int) -> RawRow:
        """Give a record the header's width, or refuse it."""
        given = len(values)
        if given == width:
            return RawRow(line, values)
        if given > width and not any(value.strip() for value in values[width:]):
            return RawRow(line, values[:width])
        if given < width and len(lines.taken) == 1:
            return RawRow(line, values + [""] * (width - given))
        spans = len(lines.taken) > 1
        raw = [lines.taken[0]] if spans else values
        problem = f"has {given} fields, expected {width}" + ("; is a quote unclosed?" if spans else "")
        lines.give_back_all_but_first()
        return RawRow(line, raw, problem)

    def _records(self, lines: Lines) -> Iterator[tuple[int, list[str], str]]:
        for _ in range(self._skipped):
            next(lines, None)
        reader = csv.reader(lines, delimiter=self.delimiter)
        while True:
            lines.begin()
            line = lines.number + 1
            try:
                values = next(reader)
            except StopIteration:
                return
            except csv.Error:
                raw = [lines.taken[0][:1000]] if lines.taken else []
                lines.give_back_all_but_first()
                yield (
                    line,
                    raw,
                    f"has a field of more than {MAX_LINE_CHARS:,} characters or an unclosed quote",
                )
                continue
            if lines.has_overlong:
                yield (
                    line,
                    [value[:1000] for value in values],
                    f"has a line of over {MAX_LINE_CHARS:,} characters",
                )
            elif any(values):
                yield line, values, ""

    def _read_header(self) -> list[str]:
        lines = Lines(self._path, self._encoding)
        try:
            for _, values, problem in self._records(lines):
                header = [value.strip().lstrip("\ufeff") for value in values]
                if problem or len(header) > MAX_COLUMNS:
                    break
                return header
        finally:
            lines.close()
        raise HistoryError(
            f"Got {self._path.name} without a header that can be read; expected the columns' names in the "
            f"first line, at most {MAX_COLUMNS:,} of them."
        )


def _find_delimiter(sample: list[str]) -> str:
    """Take the delimiter that splits the most records into as many fields as the header has."""
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        try:
            records = [record for record in csv.reader(sample, delimiter=delimiter) if record]
        except csv.Error:
            continue
        if not records or len(records[0]) < 2:
            continue
        width = len(records[0])
        # The sample may end inside a record, so the last one does not vote.
        voters = records[1:-1] or records[1:]
        share = sum(len(record) == width for record in voters) / len(voters) if voters else 1.0
        score = share + min(width, 20) / 1000
        if score > best_score:
            best, best_score = delimiter, score
    return best
