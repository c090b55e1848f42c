"""``triage simulate``: the last weeks again, with these agents, shifts and caps, before switching on."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.progress import Progress

    from training.simulation.compare import Comparison
    from training.simulation.ranker import Ranker
    from training.simulation.run import Decided
    from triage.agent import Agent
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
    agents_mapping: Annotated[
        Path | None, typer.Option(help="File that maps headers of the agents table to ours.")
    ] = None,
    sla: Annotated[
        Path | None, typer.Option(help="Policies (TOML or CSV) by whose business time promises are judged.")
    ] = None,
    by_form: Annotated[
        bool, typer.Option("--by-form", help="Know people by the form alone: quick, reads no text.")
    ] = False,
    zone: Annotated[str, typer.Option(help="Zone of times and shifts that carry none.")] = "UTC",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Say what assigning would have done: against what happened, and against round-robin."""
    import json
    from dataclasses import asdict

    from rich.console import Console
    from rich.progress import Progress

    from training.history import read_agents, read_history
    from training.readable_shifts import expect_readable_shifts
    from training.simulation.compare import compare
    from training.simulation.config import read_config
    from training.simulation.ranker import FormRanker
    from training.sla.read_book import read_book_file
    from triage.errors import ConfigurationError
    from triage.ticket import FIELDS

    for name in known or []:
        if name not in FIELDS or name == "assignee":
            allowed = ", ".join(one for one in FIELDS if one != "assignee")
            raise ConfigurationError(f"Got --known {name}; expected one of {allowed}.")
    told = read_config(config)
    book = None if sla is None else read_book_file(sla)
    if book is not None and told.resolve_hours:
        raise ConfigurationError(
            f"Got --sla {sla} and resolve_hours in {config}; expected one of them to say what is promised."
        )
    people = read_agents(agents, zone=zone, mapping=agents_mapping).agents
    expect_readable_shifts(people, agents)
    tickets = read_history(history, mapping=mapping, zone=zone).tickets
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        ranker = FormRanker if by_form else _read_texts(bar, tickets, people, weeks, bundle)
        task = bar.add_task("Simulating", total=1.0)
        found = compare(
            tickets,
            people,
            weeks,
            told,
            zone=zone,
            known=known or [],
            decided=None if bundle is None else _decide(bundle, tickets, weeks),
            ranker=ranker,
            book=book,
            progress=lambda share: bar.update(task, completed=share),
        )
    if as_json:
        typer.echo(json.dumps(asdict(found), default=str))
        return
    _print(found)


def _read_texts(
    bar: Progress, tickets: list[PastTicket], people: list[Agent], weeks: int, bundle: Path | None
) -> Callable[[], Ranker]:
    """Learn the affinity that a server would assign with, from the tickets before the weeks."""
    from features.embedding_cache import CachedEncoder
    from training.encoder.tuned_folder import open_encoder
    from training.simulation.affinity_ranker import affinity_rankers
    from training.simulation.compare import span_of
    from training.simulation.ranker import FormRanker
    from triage.bundle import Bundle
    from triage.home import home_folder
    from triage.signing import signing_key

    dated = [one for one in tickets if one.ticket.created_at is not None]
    if not dated:
        return FormRanker  # There is nothing to simulate, which is told later.
    if bundle is None:
        encoder = open_encoder(threads=os.cpu_count() or 1).encoder
    else:
        encoder = Bundle.load(bundle, signing_key()).model.encoder
    task = bar.add_task("Reading texts", total=len(dated))
    return affinity_rankers(
        dated,
        people,
        span_of(dated, weeks)[0],
        CachedEncoder(encoder, home_folder() / "cache" / "embeddings"),
        progress=lambda done: bar.update(task, completed=done),
    )


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
        ("answered as promised", "answers_met", "{:.1%}"),
        ("solved as promised", "targets_met", "{:.1%}"),
    )
    for title, name, form in rows:
        values = [getattr(way, name) for way in found.ways]
        table.add_row(title, *("–" if value is None else form.format(value) for value in values))
    console.print(table)
    for note in found.notes:
        console.print(escape(f"note: {note}"))
