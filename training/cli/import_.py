"""``triage import``: a helpdesk's own export, or tables in our words, into the store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from features.absence_calendar import LEAST_HOURS

if TYPE_CHECKING:
    from training.absences import AbsencesResult
    from training.history.importer import ImportResult

app = typer.Typer(add_completion=False)

SOURCES = (
    "history",
    "articles",
    "links",
    "agents",
    "absences",
    "replies",
    "macros",
    "zendesk",
    "freshdesk",
    "freshservice",
    "jira",
    "servicenow",
)


@app.command("import")
def import_(
    source: Annotated[str, typer.Argument(help=f"What the file is: {', '.join(SOURCES)}.")],
    file: Annotated[Path, typer.Argument(help="CSV, JSON lines or Parquet; absences: iCalendar or CSV.")],
    workspace: Annotated[str, typer.Option(help="Whose rows they become.")] = "default",
    store: Annotated[str | None, typer.Option(help="Database URL; by default $TRIAGE_STORE.")] = None,
    mapping: Annotated[Path | None, typer.Option(help="File that maps other headers to ours.")] = None,
    zone: Annotated[
        str | None,
        typer.Option(
            help="Zone of times that carry none; by default the workspace's. It becomes that one's where "
            "nobody said another; of absences: of this file alone."
        ),
    ] = None,
    rejects: Annotated[
        Path | None, typer.Option(help="Where refused rows go (CSV, or JSON lines for .jsonl).")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Import a finished file once more.")] = False,
    agent: Annotated[
        str | None,
        typer.Option(help="Whose absences they are; by default of the agents who are named."),
    ] = None,
    least_hours: Annotated[
        float,
        typer.Option(min=0, max=24, help="Shorter events of a calendar are meetings, but for out of office."),
    ] = LEAST_HOURS,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Import tickets, articles, links, agents, absences, replies or macros; an interrupted import goes on.

    Repeating the command after an interruption is all that is needed; after a finished import it does
    nothing and says so.
    """
    import json
    from dataclasses import asdict

    from rich.console import Console
    from rich.progress import Progress

    from training.history.importer import import_table
    from training.history.mapping import BUILT_IN, built_in_mapping
    from triage.errors import ConfigurationError
    from triage.home import store_url
    from triage.store import open_store

    if source not in SOURCES:
        raise typer.BadParameter(f"Got {source!r}; expected one of {', '.join(SOURCES)}.")
    if source in BUILT_IN and mapping is not None:
        raise ConfigurationError(
            f"Got both {source} and --mapping; expected one. For a mapping of your own: "
            f"triage import history FILE --mapping {mapping}."
        )
    if agent is not None and source != "absences":
        raise ConfigurationError(f"Got --agent with {source}; expected it with absences only.")
    if source == "absences":
        absences = _import_absences(file, workspace, store or store_url(), agent, zone, least_hours)
        if as_json:
            typer.echo(json.dumps(absences.to_document()))
        else:
            _print_absences(absences)
        return
    kind = "history" if source in BUILT_IN else source
    opened = open_store(store or store_url())
    try:
        console = Console(stderr=True)
        with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
            task = bar.add_task("Importing", total=1.0)
            result = import_table(
                opened,
                file,
                kind,
                workspace=workspace,
                mapping=built_in_mapping(source) if source in BUILT_IN else mapping,
                zone=zone,
                rejects=rejects,
                again=again,
                progress=lambda share: bar.update(task, completed=share),
            )
    finally:
        opened.close()
    if as_json:
        typer.echo(json.dumps(asdict(result)))
    else:
        _print(result, rejects)


def _import_absences(
    file: Path, workspace: str, url: str, agent: str | None, zone: str | None, least_hours: float
) -> AbsencesResult:
    from training.absences import import_absences
    from triage.store import open_store

    opened = open_store(url)
    try:
        return import_absences(
            opened, file, workspace=workspace, agent=agent, zone=zone, least_hours=least_hours
        )
    finally:
        opened.close()


def _print_absences(result: AbsencesResult) -> None:
    for name, count in result.agents.items():
        typer.echo(f"{name}: {count:,} absences")
    for line in result.said:
        typer.echo(line)


def _print(result: ImportResult, rejects: Path | None) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console()
    if result.was_finished:
        console.print("This file was imported before: nothing to do (--again imports it once more).")
    elif result.resumed_from:
        console.print(f"Went on after row {result.resumed_from:,}, where an earlier import had stopped.")
    summary = result.summary
    table = Table(title=escape(f"{result.kind} in workspace {result.workspace}"))
    for name in ("read", "accepted", "rejected", "filtered", "replaced"):
        table.add_column(name, justify="right")
    table.add_row(
        *[f"{summary[name]:,}" for name in ("read", "accepted", "rejected", "filtered", "replaced")]
    )
    console.print(table)
    text = summary["encoding"] and f", {summary['encoding']}, delimiter {summary['delimiter']!r}"
    console.print(escape(f"{summary['format']}{text or ''}"))
    for reason, count in summary["reasons"].items():
        console.print(escape(f"refused: {reason} ({count:,})"))
    for note in summary["notes"]:
        console.print(escape(f"note: {note}"))
    if summary["rejected"] and rejects is not None and not result.was_finished:
        console.print(escape(f"Refused rows: {rejects}"), soft_wrap=True)
