"""``triage store``: bring the database up to date, and make the role that servers connect as."""

import sys
from typing import Annotated

import typer

from serving.cli.output import opened_store

__all__ = ["app"]

app = typer.Typer(
    help="Bring the database up to date; make the PostgreSQL role that servers connect as.",
    no_args_is_help=True,
)


@app.command()
def migrate() -> None:
    """Bring the tables up to date. On PostgreSQL: as their owner, with $TRIAGE_STORE naming that role."""
    with opened_store() as store:
        typer.echo(f"The tables stand at {store.revision()}.")


@app.command()
def role(
    name: Annotated[str, typer.Argument(help="The role; it is made where there is none.")],
    stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read its password from standard input.")
    ] = False,
) -> None:
    """Let a PostgreSQL role work with the rows and nothing else: what servers and workers should connect as.

    Run it as the tables' owner, and again after an upgrade if you like. Row-level security then holds every
    transaction to its workspace.
    """
    from triage.store.app_role import make_role

    password = sys.stdin.readline().rstrip("\r\n") if stdin else None
    with opened_store() as store:
        is_new = make_role(store, name, password)
    typer.echo(
        f"The role {name} {'was made' if is_new else 'was there'} and may work with the rows. Let servers "
        "and workers connect as it: name it in their $TRIAGE_STORE."
    )
