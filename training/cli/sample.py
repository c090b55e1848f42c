"""``triage sample``: write a made-up helpdesk to a folder, for trying things out.

It prints what it wrote; the making is in ``training.sample``.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False)


@app.command()
def sample(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to write to; made if needed.")],
    preset: Annotated[str, typer.Option(help="Which company: it, saas, field or events.")] = "it",
    tickets: Annotated[int, typer.Option(help="How many tickets.")] = 5000,
    seed: Annotated[int, typer.Option(help="The same seed, size and end give the same bytes.")] = 7,
    until: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="The 18 months end at midnight UTC before this day (default today)."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Write a made-up helpdesk: tickets, articles, links and agents. For trying, never for claims."""
    from rich.console import Console
    from rich.progress import Progress
    from rich.table import Table

    from training.sample import load_preset, write_sample

    company = load_preset(preset)
    with Progress(console=Console(stderr=True), transient=True, disable=as_json) as progress:
        task = progress.add_task("Making tickets", total=tickets)
        summary = write_sample(
            company,
            directory,
            tickets,
            seed,
            until.date() if until else None,
            lambda done: progress.update(task, completed=done),
        )
    if as_json:
        typer.echo(json.dumps(summary.as_dict()))
        return
    table = Table("Table", "Rows")
    for name in ("tickets", "articles", "links", "agents"):
        table.add_row(f"{name}.csv", str(getattr(summary, name)))
    console = Console()
    console.print(f"{summary.company}, a made-up helpdesk", markup=False)
    console.print(table)
    console.print(
        f"{summary.since} to {summary.until}, preset {summary.preset}, seed {summary.seed}, "
        f"in {summary.directory}. Invented, for trying: no claim of quality rests on it.",
        markup=False,
    )
