"""``triage incidents``: which suspected incidents a history would have raised."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from training.incidents.report import IncidentReport

app = typer.Typer(add_completion=False)


@app.command()
def incidents(
    history: Annotated[Path, typer.Argument(help="Past tickets as a history table.")],
    since: Annotated[
        str | None,
        typer.Option("--from", help="Judge tickets from this day on; by default the later half of the time."),
    ] = None,
    budget: Annotated[
        float, typer.Option(help="False alarms in 30 days that you are ready to look at.")
    ] = 1.0,
    threshold: Annotated[
        float | None,
        typer.Option(help="Surprise that raises an incident; by default learnt from the earlier tickets."),
    ] = None,
    mapping: Annotated[Path | None, typer.Option(help="File that maps other headers to ours.")] = None,
    zone: Annotated[str, typer.Option(help="Zone of times that carry none.")] = "UTC",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Go through a history as it came, and print the suspected incidents that would have been raised.

    Nothing is stored. The threshold is learnt from the year before the judged part, as a training does.
    """
    import json

    from rich.console import Console
    from rich.progress import Progress

    from training.history import read_history
    from training.incidents.report import replay_incidents

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Reading", total=None)
        read = read_history(history, mapping=mapping, zone=zone)
        bar.update(task, description="Replaying", total=1.0)
        report = replay_incidents(
            [past.ticket for past in read.tickets],
            since=since,
            zone=zone,
            budget=budget,
            threshold=threshold,
            progress=lambda share: bar.update(task, completed=share),
        )
    if as_json:
        typer.echo(json.dumps(report.as_dict()))
    else:
        _print(report)


def _print(report: IncidentReport) -> None:
    from rich.console import Console
    from rich.markup import escape

    from training.cli.tables import print_table

    console = Console()
    learnt = report.learnt
    rests = (
        f"learnt from {learnt.days:.0f} earlier days, {learnt.alarms} alarms in them"
        if learnt is not None and learnt.days
        else "given"
        if learnt is None
        else "the default: fewer than 90 earlier days"
    )
    console.print(
        f"{report.judged:,} tickets from {report.since:%Y-%m-%d} on ({report.days:.0f} days), threshold "
        f"{report.threshold:.2f} ({rests}).",
        soft_wrap=True,
    )
    rows = [
        [
            f"{one.raised_at:%Y-%m-%d %H:%M}",
            f"{one.surprise:.1f}",
            f"{len(one.members):,}",
            f"{one.volume.tickets:,} / {one.volume.expected:.0f}",
            escape(", ".join(one.words[:8])),
            escape(one.members[0].ticket_id),
        ]
        for one in report.incidents
    ]
    print_table(
        console,
        ("raised", "surprise", "tickets in all", "day before / usual", "words", "first ticket"),
        rows,
        title=f"{len(rows)} suspected incidents, {report.per_month:.2f} in 30 days",
        left=("words", "first ticket"),
    )
    if rows:
        console.print(
            "Tickets in all: of the incident until its end. Day before: tickets of all kinds in the 24 hours "
            "before it was raised, and how many are usual then.",
            soft_wrap=True,
        )
