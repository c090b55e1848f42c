"""``triage gaps``: what tickets are about that no article serves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from triage.helping.gap import GapReport

app = typer.Typer(add_completion=False)


@app.command()
def gaps(
    history: Annotated[Path, typer.Argument(help="Past tickets as a history table.")],
    articles: Annotated[Path, typer.Option(help="The knowledge base as a table of articles.")],
    links: Annotated[Path | None, typer.Option(help="Which articles were used for which tickets.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Print at most so many gaps.")] = 20,
    mapping: Annotated[Path | None, typer.Option(help="File that maps other headers to ours.")] = None,
    zone: Annotated[str, typer.Option(help="Zone of times that carry none.")] = "UTC",
    cache: Annotated[Path | None, typer.Option(help="Folder of embeddings; by default the home's.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Find clusters of tickets that no article serves, the heaviest first, and articles that need attention.

    A gap weighs what its tickets took together: their number times the median hours to the solution. Titles
    and words are of all tickets in the file, whatever the policy says of confidential ones and of teams.
    """
    import json

    from rich.console import Console

    from features.embedding_cache import CachedEncoder
    from features.encoder import SentenceEncoder
    from training.cli.remaining import Remaining
    from training.history import read_articles, read_history, read_links
    from training.knowledge.gaps import gaps_of_tables
    from triage.home import home_folder

    console = Console(stderr=True)
    with Remaining(console, "Reading") as remaining:
        remaining.begin(0.0)
        encoder = CachedEncoder(SentenceEncoder.open(), cache or home_folder() / "cache" / "embeddings")
        report = gaps_of_tables(
            read_history(history, mapping=mapping, zone=zone).tickets,
            read_articles(articles, zone=zone).articles,
            read_links(links, zone=zone).links if links is not None else [],
            encoder,
            progress=lambda stage, share: remaining.tell(share, what=stage.capitalize()),
        )
    if as_json:
        typer.echo(json.dumps(report.to_document()))
        return
    _print(report, limit)


def _print(report: GapReport, limit: int) -> None:
    from rich.console import Console
    from rich.markup import escape

    from training.cli.tables import print_table

    console = Console()
    console.print(
        f"{report.tickets:,} tickets, {report.unserved:,} that no article serves; "
        f"{report.clustered:,} of them in {len(report.gaps):,} {'gap' if len(report.gaps) == 1 else 'gaps'}."
    )
    rows = [
        [
            escape(one.title),
            escape(", ".join(one.words)),
            f"{one.tickets:,}",
            "" if one.hours is None else f"{one.hours:,.1f}",
            f"{one.weight:,.0f}",
        ]
        for one in report.gaps[:limit]
    ]
    if rows:
        headings = ("suggested title", "words", "tickets", "hours", "weight")
        print_table(console, headings, rows, title="Gaps, the heaviest first", left=("words",))
    if rows:
        console.print("Of all tickets in the file, confidential ones and every team's: mind who reads it.")
    if report.care:
        rows = [[one.problem, escape(one.title), escape(one.why)] for one in report.care[:limit]]
        print_table(
            console,
            ("problem", "article", "why"),
            rows,
            title=f"Articles that need attention ({len(report.care):,})",
            left=("article", "why"),
        )
