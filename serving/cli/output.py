"""How the server's commands print: a table for people, one JSON document with ``--json``."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

import typer
from pydantic import BaseModel

from triage.errors import UnavailableError
from triage.home import store_url
from triage.store import Store

__all__ = ["AsJson", "Workspace", "opened_store", "show", "show_table"]

WIDTH = 160
"""Columns of a table that goes to a file or another program."""

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON: the same as the HTTP API answers.")]
Workspace = Annotated[str, typer.Option("--workspace", "-w", help="The workspace.")]


@contextmanager
def opened_store() -> Iterator[Store]:
    """Open the store of ``$TRIAGE_STORE``, else of the home folder.

    Raises
    ------
    UnavailableError
        If the database cannot be opened or does not answer.
    """
    from sqlalchemy.exc import DBAPIError

    from triage.store import open_store

    try:
        store = open_store(store_url())
    except (DBAPIError, OSError) as error:
        raise UnavailableError(
            f"Got a store that cannot be opened ({type(error).__name__}); expected a database that answers "
            "at $TRIAGE_STORE, or a home folder that can be written to. `triage doctor` tells more."
        ) from None
    try:
        yield store
    finally:
        store.close()


def show(document: BaseModel) -> None:
    """Print one JSON document."""
    typer.echo(document.model_dump_json(indent=1))


def show_table(columns: Sequence[str], rows: Sequence[Sequence[object]], empty: str) -> None:
    """Print a table for people, or a sentence when it has no rows."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    if not rows:
        typer.echo(empty)
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, column in enumerate(columns):
        table.add_column(column, overflow="fold", no_wrap=number == 0)
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    Console(width=None if sys.stdout.isatty() else WIDTH).print(table, markup=False)
