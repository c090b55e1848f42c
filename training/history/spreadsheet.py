"""Cells that a spreadsheet must not take for a formula, and back: a label such as ``=HYPERLINK()`` is text.

OWASP's advice on CSV injection: a single quote before a cell that begins with ``=``, ``+``, ``-``, ``@``, a
tab or a carriage return. A cell that begins so after quotes of its own gets one more, so that taking one off
always gives back what was written.
"""

import re

__all__ = ["guarded", "unguarded"]

QUOTE = "'"
_WRITTEN = re.compile(r"'*[=+\-@\t\r]")
_READ = re.compile(r"'+[=+\-@\t\r]")


def guarded(cell: str) -> str:
    """Return a cell as it goes into a file for spreadsheets.

    Examples
    --------
    >>> guarded("=1+1"), guarded("laptop"), guarded("'tis")
    ("'=1+1", 'laptop', "'tis")
    """
    return QUOTE + cell if _WRITTEN.match(cell) else cell


def unguarded(cell: str) -> str:
    """Return what :func:`guarded` was given; a cell that was never guarded stays as it is.

    Examples
    --------
    >>> unguarded("'=1+1"), unguarded("-")
    ('=1+1', '-')
    """
    return cell[1:] if _READ.match(cell) else cell
