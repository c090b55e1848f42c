"""Finding out how a text file is encoded, and telling text from what is not text.

UTF-8 is tried first over the whole file, because the first foreign letter may stand in the last row;
then UTF-16 and UTF-32; then charset-normalizer's best guess over the lines that are not ASCII.
"""

import codecs
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from triage.errors import HistoryError

__all__ = ["TextEncoding", "find_encoding"]

BLOCK = 1 << 20
SAMPLE = 64 * 1024
MAX_CONTROL_SHARE = 0.05
MAX_BROKEN_SHARE = 0.1
CLOSE = 0.05
"""Guesses whose mess and coherence differ by less than this are equals: cp1252 is taken then, the
commonest by far among helpdesk exports that are not UTF-8 (reference on integrations, section 5)."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FOREIGN = (
    (b"PK\x03\x04", "a zip archive or an Excel workbook (XLSX)", "unpack it, or save the sheet as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (XLS)", "save the sheet as CSV"),
    (b"\x1f\x8b", "gzip", "unpack it first"),
    (b"%PDF", "a PDF", "export CSV, JSON lines or Parquet"),
    (b"SQLite format 3", "an SQLite database", "export CSV, JSON lines or Parquet"),
)


@dataclass(frozen=True, slots=True)
class TextEncoding:
    """How a text file is encoded.

    Parameters
    ----------
    name : str
        Python's name of the codec.
    is_mixed : bool, default=False
        True for UTF-8 in which single bytes are cp1252, as exports glued from several sources are.
    """

    name: str
    is_mixed: bool = False

    @property
    def label(self) -> str:
        """The name for people."""
        return f"{self.name} with some cp1252" if self.is_mixed else self.name


def find_encoding(path: Path, given: str | None = None) -> TextEncoding:
    """Find out how a text file is encoded.

    Parameters
    ----------
    path : Path
        The file; read once from end to end.
    given : str or None, default=None
        A codec that the caller already knows.

    Raises
    ------
    HistoryError
        If the file is empty, is not text, or the given codec is unknown.
    """
    with path.open("rb") as file:
        head = file.read(SAMPLE)
    _check_is_text(path, head)
    if given is not None:
        try:
            return TextEncoding(codecs.lookup(given).name)
        except LookupError:
            raise HistoryError(
                f"Got the unknown encoding {given!r} for {path.name}; expected one such as utf-8 or cp1252."
            ) from None
    for mark, name in _BOMS:
        if head.startswith(mark):
            return TextEncoding(name)
    return _wide(head) or _narrow(path)


def _check_is_text(path: Path, head: bytes) -> None:
    if not head.strip(b"\x00\r\n\t \xef\xbb\xbf\xff\xfe"):
        raise HistoryError(f"Got {path.name}, which is empty; expected a table with a header and rows.")
    for mark, what, remedy in _FOREIGN:
        if head.startswith(mark):
            raise HistoryError(
                f"Got {path.name}, which is {what}; expected CSV, JSON lines or Parquet: {remedy}."
            )
    if any(head.startswith(mark) for mark, _ in _BOMS) or _wide(head) is not None:
        return
    codes = np.frombuffer(head, dtype=np.uint8)
    control = (codes < 32) & ~np.isin(codes, (9, 10, 12, 13))
    if control.mean() > MAX_CONTROL_SHARE:
        raise HistoryError(
            f"Got {path.name}, of which {control.mean():.0%} are control bytes: not text; expected CSV, "
            "JSON lines or Parquet. Export the table again."
        )


def _wide(head: bytes) -> TextEncoding | None:
    """Recognise UTF-16 without a mark by the zero bytes beside Latin letters."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = max(1, len(head) // 2)
    if odd > 0.3 * half and even < 0.05 * half:
        return TextEncoding("utf-16-le")
    if even > 0.3 * half and odd < 0.05 * half:
        return TextEncoding("utf-16-be")
    return None


def _narrow(path: Path) -> TextEncoding:
    decoder = codecs.getincrementaldecoder("utf-8")(errors="surrogateescape")
    whole, broken = 0, 0
    foreign = bytearray()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            text = decoder.decode(block)
            if text.isascii():
                continue
            codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
            escaped = (codes >= 0xDC80) & (codes <= 0xDCFF)
            broken += int(escaped.sum())
            whole += int((codes >= 0x80).sum() - escaped.sum())
            if escaped.any() and len(foreign) < SAMPLE:
                lines = (line for line in block.splitlines(keepends=True) if not line.isascii())
                for line in lines:
                    foreign += line[:SAMPLE]
                    if len(foreign) >= SAMPLE:
                        break
        broken += len(decoder.decode(b"", final=True))
    if not broken:
        return TextEncoding("utf-8")
    if broken <= MAX_BROKEN_SHARE * (whole + broken):
        return TextEncoding("utf-8", is_mixed=True)
    return TextEncoding(_guess(bytes(foreign)))


def _guess(sample: bytes) -> str:
    from charset_normalizer import from_bytes

    guesses = from_bytes(sample)
    best = guesses.best()
    if best is None:
        return "cp1252"
    for guess in guesses:
        near = guess.chaos <= best.chaos + CLOSE and guess.coherence >= best.coherence - CLOSE
        if near and "cp1252" in (guess.encoding, *guess.could_be_from_charset):
            return "cp1252"
    return best.encoding
