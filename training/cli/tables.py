"""Tables for people in a terminal of any width: what does not fit is wrapped, never cut."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["print_table"]

GAPS = ((3, (0, 1)), (2, (0, 1, 0, 0)), (1, (0, 0)))
"""Characters between two columns, and the padding that makes them; the first that fits is taken."""


def print_table(
    console: Console,
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    title: str | None = None,
    left: Collection[str] = (),
    shows_head: bool = True,
) -> None:
    """Print a table; cells wrap between words, and within one only where the words of a row do not fit.

    Parameters
    ----------
    console : rich.console.Console
        Where to.
    headings : sequence of str
        Of the columns; the first stands to the left, as do those of ``left``.
    rows : sequence of sequence of str
        Cells in rich's markup, one a heading.
    title : str, optional
        Above the table.
    left : collection of str, optional
        Headings of columns of words; all others hold numbers and stand to the right.
    shows_head : bool, default=True
        Whether the headings are printed.
    """
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    every = [headings, *rows] if shows_head else rows
    columns = [[Text.from_markup(cell).plain for cell in column] for column in zip(*every, strict=True)]
    words = [_widest(word for cell in column for word in cell.split()) for column in columns]
    # Headings wrap before cells do.
    cells = [column[len(every) - len(rows) :] for column in columns]
    lines = [_widest(line for cell in column for line in cell.splitlines()) for column in cells]
    # A box has an edge on either side, and pads no edge.
    room = {gap: console.width - 2 - gap * (len(columns) - 1) for gap, _ in GAPS}
    fitting = [(gap, padding) for gap, padding in GAPS if sum(words) <= room[gap]]
    gap, padding = fitting[0] if fitting else GAPS[-1]
    table = Table(title=title, box=SIMPLE_HEAD, pad_edge=False, padding=padding, show_header=shows_head)
    widths = _shared_out(words, lines, room[gap]) if fitting else [None] * len(columns)
    for heading, width in zip(headings, widths, strict=True):
        is_left = heading == headings[0] or heading in left
        table.add_column(heading, justify="left" if is_left else "right", overflow="fold", width=width)
    for row in rows:
        table.add_row(*row)
    console.print(table)


def _widest(texts: Iterable[str]) -> int:
    from rich.cells import cell_len

    return max(map(cell_len, texts), default=1)


def _shared_out(least: Sequence[int], wanted: Sequence[int], room: int) -> list[int]:
    """Return widths between least and wanted that fit, those furthest from what they want served first."""
    widths = list(least)
    while sum(widths) < room:
        missing = [want - width for want, width in zip(wanted, widths, strict=True)]
        if max(missing) <= 0:
            break
        widths[missing.index(max(missing))] += 1
    return widths
