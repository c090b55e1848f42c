"""What the commands of ``triage sla`` share: their store, and how they print."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from triage.store import Store

__all__ = ["AsJson", "Limit", "StoreUrl", "Workspace", "opened_store", "print_json", "print_rows"]

WIDTH = 160

Workspace = Annotated[str, typer.Option("--workspace", "-w", help="The workspace.")]
StoreUrl = Annotated[str | None, typer.Option("--store", help="Database URL; by default $TRIAGE_STORE.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Limit = Annotated[int, typer.Option(min=1, help="At most so many.")]


@contextmanager
def opened_store(url: str | None) -> Iterator[Store]:
    """Open the store of a URL, or the usual one, for as long as a command runs."""
    from triage.home import store_url
    from triage.store import open_store

    store = open_store(url or store_url())
    try:
        yield store
    finally:
        store.close()


def print_json(value: Any) -> None:
    """Print a value whose moments are written as ISO 8601."""
    import json

    typer.echo(json.dumps(value, default=lambda one: one.isoformat()))


def print_rows(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table of plain texts."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=escape(title))
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*map(escape, row))
    console = Console()
    if not console.is_terminal:  # a file or another program
        console.width = WIDTH
    console.print(table)
