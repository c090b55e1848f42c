"""``triage simulate``: the last weeks again, with these agents, shifts and caps, before switching on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from training.simulation.compare import Comparison
    from training.simulation.run import Decided
    from triage.ticket import PastTicket

app = typer.Typer(add_completion=False)


@app.command()
def simulate(
    history: Annotated[Path, typer.Argument(help="Past tickets as a history table.")],
    agents: Annotated[Path, typer.Option(help="Agents table: teams, skills, capacity, shifts, absences.")],
    weeks: Annotated[int, typer.Option(min=1, help="So many weeks back from the last ticket.")] = 8,
    config: Annotated[Path | None, typer.Option(help="TOML with [routing] and [simulation].")] = None,
    known: Annotated[
        list[str] | None,
        typer.Option(help="FIELD whose value is on the form at filing; several times.", show_default=False),
    ] = None,
    bundle: Annotated[
        Path | None, typer.Option(help="A model that decides team, category and priority.")
    ] = None,
    mapping: Annotated[Path | None, typer.Option(help="File that maps other headers to ours.")] = None,
    zone: Annotated[str, typer.Option(help="Zone of times and shifts that carry none.")] = "UTC",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Say what assigning would have done: against what happened, and against round-robin."""
    import json
    from dataclasses import asdict

    from rich.console import Console
    from rich.progress import Progress

    from training.history import read_agents, read_history
    from training.simulation.compare import compare
    from training.simulation.config import read_config
    from triage.errors import ConfigurationError
    from triage.ticket import FIELDS

    for name in known or []:
        if name not in FIELDS or name == "assignee":
            allowed = ", ".join(one for one in FIELDS if one != "assignee")
            raise ConfigurationError(f"Got --known {name}; expected one of {allowed}.")
    told = read_config(config)
    people = read_agents(agents, zone=zone).agents
    tickets = read_history(history, mapping=mapping, zone=zone).tickets
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Simulating", total=1.0)
        found = compare(
            tickets,
            people,
            weeks,
            told,
            zone=zone,
            known=known or [],
            decided=None if bundle is None else _decide(bundle, tickets, weeks),
            progress=lambda share: bar.update(task, completed=share),
        )
    if as_json:
        typer.echo(json.dumps(asdict(found), default=str))
        return
    _print(found)


def _decide(bundle: Path, tickets: list[PastTicket], weeks: int) -> Decided:
    """Let a model decide the tickets of the weeks."""
    from datetime import datetime, timedelta

    from triage.bundle import Bundle
    from triage.decision import Action
    from triage.engine import triage_tickets
    from triage.errors import ConfigurationError
    from triage.policy import Policy
    from triage.signing import signing_key

    opened = Bundle.load(bundle, signing_key())
    last = max((one.ticket.created_at for one in tickets if one.ticket.created_at is not None), default=None)
    if last is None:
        return {}
    since = last - timedelta(weeks=weeks)
    learnt_until = opened.manifest.training.get("last")
    if learnt_until and datetime.fromisoformat(learnt_until) >= since:
        raise ConfigurationError(
            f"Got the bundle {bundle}, which learnt from tickets until {learnt_until[:10]}; expected none "
            f"since {since:%Y-%m-%d}, where the simulation begins: it would know the answers. Train one on "
            "earlier tickets."
        )
    inside = [
        one.ticket for one in tickets if one.ticket.created_at is not None and one.ticket.created_at >= since
    ]
    decided = triage_tickets(inside, opened.model, opened.manifest.version, Policy())
    # What a model leaves open is asked of nobody here: then any team may have the ticket.
    return {
        one.ticket_id: {name: part for name, part in one.fields.items() if part.action is not Action.ABSTAIN}
        for one in decided
    }


def _print(found: Comparison) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console()
    table = Table(title=f"{found.since:%Y-%m-%d} to {found.until:%Y-%m-%d}")
    table.add_column("")
    for way in found.ways:
        table.add_column(way.way, justify="right")
    rows = (
        ("tickets", "tickets", "{:,}"),
        ("assigned", "assigned", "{:,}"),
        ("hours to assignment, median", "hours_median", "{:.1f}"),
        ("hours to assignment, mean", "hours_mean", "{:.1f}"),
        ("hours to assignment, 9 of 10 within", "hours_p90", "{:.1f}"),
        ("at once to the right agent", "right_agent", "{:.1%}"),
        ("at once to the right team", "right_team", "{:.1%}"),
        ("from hand to hand", "bounced", "{:,}"),
        ("bounces avoided", "bounces_avoided", "{:,}"),
        ("load spread (Gini)", "gini", "{:.2f}"),
        ("share of the busiest", "busiest_share", "{:.1%}"),
        ("solved as promised", "targets_met", "{:.1%}"),
    )
    for title, name, form in rows:
        values = [getattr(way, name) for way in found.ways]
        table.add_row(title, *("–" if value is None else form.format(value) for value in values))
    console.print(table)
    for note in found.notes:
        console.print(escape(f"note: {note}"))
