"""A text file's lines with their numbers, decoded, capped, and with a way to give lines back.

Knows nothing of tables; the readers of CSV and JSON lines stand on it.
"""

import io
import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from training.history.encoding import TextEncoding

__all__ = ["MAX_LINE_CHARS", "Lines"]

MAX_LINE_CHARS = 16 * 1024 * 1024
"""A longer line or field refuses its row: what it holds is no ticket, and memory stays bounded."""

_ESCAPED = re.compile("[\udc80-\udcff]+")


class Lines(Iterator[str]):
    """Iterates over the lines of a file, line ends kept.

    Parameters
    ----------
    path : Path
        The file.
    encoding : TextEncoding
        How it is encoded; bytes that do not fit are replaced, and counted.

    Attributes
    ----------
    number : int
        Number of the line last taken, from 1.
    taken : list of str
        Lines taken since :meth:`begin`.
    has_overlong : bool
        True when one of them was longer than :data:`MAX_LINE_CHARS` and was cut.
    repaired : int
        Lines in which bytes did not fit the encoding.
    """

    def __init__(self, path: Path, encoding: TextEncoding) -> None:
        self._file = path.open("rb")
        self._bytes = max(1, path.stat().st_size)
        self._is_mixed = encoding.is_mixed
        errors = "surrogateescape" if encoding.is_mixed else "replace"
        self._stream = io.TextIOWrapper(self._file, encoding=encoding.name, errors=errors, newline="")
        self._given_back: deque[str] = deque()
        self._may_break = encoding.is_mixed or not encoding.name.startswith("utf-8")
        self.number = 0
        self.taken: list[str] = []
        self.has_overlong = False
        self.repaired = 0

    def __next__(self) -> str:
        line = self._given_back.popleft() if self._given_back else self._fresh()
        self.number += 1
        self.taken.append(line)
        return line

    def begin(self) -> None:
        """Start a new record: forget what was taken."""
        self.taken = []
        self.has_overlong = False

    def give_back_all_but_first(self) -> None:
        """Put every line of this record but the first back, to be taken again."""
        rest = self.taken[1:]
        self._given_back.extendleft(reversed(rest))
        self.number -= len(rest)
        self.taken = self.taken[:1]

    @property
    def progress(self) -> float:
        """Share of the file's bytes that were read, 0 to 1."""
        return 1.0 if self._file.closed else min(1.0, self._file.tell() / self._bytes)

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def _fresh(self) -> str:
        line = self._stream.readline(MAX_LINE_CHARS)
        if not line:
            raise StopIteration
        if len(line) == MAX_LINE_CHARS and not line.endswith(("\n", "\r")):
            self.has_overlong = True
            while (rest := self._stream.readline(MAX_LINE_CHARS)) and not rest.endswith(("\n", "\r")):
                pass
            line = line[:1000] + "\n"
        if self._may_break and not line.isascii():
            line = self._repair(line)
        return line

    def _repair(self, line: str) -> str:
        if not self._is_mixed:
            self.repaired += "\ufffd" in line
            return line
        repaired, count = _ESCAPED.subn(_as_cp1252, line)
        self.repaired += count > 0
        return repaired


def _as_cp1252(match: re.Match[str]) -> str:
    return match.group().encode("ascii", "surrogateescape").decode("cp1252", "replace")
