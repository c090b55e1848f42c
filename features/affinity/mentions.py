"""Which past tickets a text speaks of by their ids ("since HDFS-6440", "same as #1234")."""

import re
from collections.abc import Mapping

__all__ = ["mentioned"]

# Something that ends in a number, as ids do; one without letters needs four digits and a mark before it.
ID = re.compile(r"\b([A-Za-z][A-Za-z0-9_]*-\d+|[A-Za-z]{2,}\d{4,})\b|#(\d{4,})\b")
READ_CHARS = 4_000


def mentioned(text: str, rows: Mapping[str, int]) -> list[int]:
    """Return the rows of the known tickets that a ticket's text names, each once, in order.

    Parameters
    ----------
    text : str
        Cleaned subject and body of a ticket; the first 4,000 characters are read.
    rows : Mapping of str to int
        Row by id of the known tickets.
    """
    found = ID.findall(text[:READ_CHARS])
    ids = dict.fromkeys(written or number for written, number in found)
    return [rows[one] for one in ids if one in rows]
