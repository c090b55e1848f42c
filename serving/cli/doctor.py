"""``triage doctor``: what is wrong here and what to do."""

from typing import Annotated

import typer

from serving.cli.output import AsJson, show

__all__ = ["app"]

app = typer.Typer()

MARKS = {"ok": "ok     ", "warning": "warning", "failed": "FAILED "}


@app.command()
def doctor(
    port: Annotated[
        int, typer.Option(help="The port of the server, on this machine.", min=1, max=65535)
    ] = 8080,
    as_json: AsJson = False,
) -> None:
    """Say what is wrong here and what to do about it.

    Looks at store, worker, disk, keys, encryption, encoder, models, erasures and port; changes nothing.
    Exit code 1 when something failed; warnings alone are exit code 0.
    """
    from serving.checkup import check_up
    from serving.settings import Settings

    found = check_up(Settings.from_env(), port)
    if as_json:
        show(found)
    else:
        for one in found.checks:
            typer.echo(f"{MARKS[one.state]}  {one.name}: {one.found}")
            if one.remedy is not None:
                typer.echo(f"         -> {one.remedy}")
    if not found.is_healthy:
        raise typer.Exit(1)
