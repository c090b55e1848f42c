"""Ticket text made fit for reading by a model: markup, quotes, signatures and machine noise removed.

Every view of the text starts from :func:`clean_text`, so that a text is cleaned, and encoded, once.
Redaction is not done here.
"""

import html
import re
import unicodedata
from functools import lru_cache

from features.recent_texts import note_remembering
from triage.ticket import Ticket

__all__ = ["clean", "clean_text"]

MAX_CHARS = 20_000
"""Past this a ticket is pasted logs; both views have long seen what they need."""
REMEMBERED = 1_024
"""Latest texts kept in memory as cleaned: all who look at one ticket clean it, some forty times."""

TAG = re.compile(
    r"<(?:script|style)\b.{0,2000}?</(?:script|style)>|<!--.{0,2000}?-->|</?[a-zA-Z][^<>]{0,1000}>",
    re.DOTALL,
)
LOOKS_LIKE_HTML = re.compile(
    r"</?(?:p|div|br|span|html|body|table|td|tr|li|ul|a|b|i|strong|em|font|img)\b", re.IGNORECASE
)
QUOTE_HEADER = re.compile(
    r"^[ \t]*(?:On .{1,200} wrote:|-{2,}[ \t]*Original Message[ \t]*-{2,}|_{10,})[ \t]*$", re.MULTILINE
)
QUOTED_LINE = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
SIGNATURE = re.compile(r"^--[ \t]?$", re.MULTILINE)
BLOB = re.compile(r"[A-Za-z0-9+/=_-]{200,}")
INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
SPACES = re.compile(r"[ \t\r\f\v\u00a0]+")
LINES = re.compile(r"\s*\n\s*")


@lru_cache(maxsize=REMEMBERED)
def clean(text: str) -> str:
    r"""Return a text without markup, quoted mail, signature, blobs and invisible characters.

    Parameters
    ----------
    text : str
        As filed; only its first 20,000 characters are read.

    Returns
    -------
    str
        Unicode NFC, single spaces, no empty lines; empty when nothing is left.

    Examples
    --------
    >>> clean("<p>Printer&nbsp;jams</p>\n-- \nSam, 3rd floor")
    'Printer jams'
    """
    text = text[:MAX_CHARS]
    if LOOKS_LIKE_HTML.search(text):
        text = html.unescape(TAG.sub(" ", text))
    text = unicodedata.normalize("NFC", INVISIBLE.sub("", text))
    kept = _without_quotes(text)
    # A mail that is nothing but a forward keeps its quoted part: it is all there is to read.
    text = kept if kept.strip() else text
    text = BLOB.sub(" ", text)
    return LINES.sub("\n", SPACES.sub(" ", text)).strip()


class _Cleaned:
    def forget(self) -> None:
        clean.cache_clear()


_CLEANED = _Cleaned()
note_remembering(_CLEANED)


def clean_text(ticket: Ticket) -> str:
    """Return a ticket's subject and body, each cleaned, a line break between them."""
    return f"{clean(ticket.subject)}\n{clean(ticket.body)}".strip()


def _without_quotes(text: str) -> str:
    signature = SIGNATURE.search(text)
    if signature is not None:
        text = text[: signature.start()]
    header = QUOTE_HEADER.search(text)
    if header is not None:
        head, tail = text[: header.start()], text[header.end() :]
        text = head + "\n" + QUOTED_LINE.sub("", tail)
    return text
