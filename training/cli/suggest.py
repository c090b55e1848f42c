"""``triage suggest``: ranked articles for a table of tickets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from training.history.summary import RowSummary
    from training.knowledge.publish import SuggestionRow

app = typer.Typer(add_completion=False)

_MOST_ROWS_PRINTED = 10


@app.command()
def suggest(
    tickets: Annotated[Path, typer.Argument(help="Tickets as a history table.")],
    bundle: Annotated[Path, typer.Option(help="A bundle trained with articles.")],
    out: Annotated[Path, typer.Option(help="Where to write SUGGESTIONS.parquet.")],
    limit: Annotated[int, typer.Option(min=1, help="At most so many articles a ticket.")] = 10,
    mapping: Annotated[Path | None, typer.Option(help="File that maps other headers to ours.")] = None,
    zone: Annotated[str, typer.Option(help="Zone of times that carry none.")] = "UTC",
    rejects: Annotated[Path | None, typer.Option(help="Where refused rows go.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Suggest articles for each ticket, by the links that were known when it was filed.

    The articles are the bundle's, as they read when it was trained: also those written after a ticket.
    `triage replay` goes through a history with the articles of each moment.
    """
    import json
    from dataclasses import asdict

    from rich.console import Console
    from rich.progress import Progress

    from training.history import read_table
    from training.knowledge.publish import suggest_for, write_suggestions
    from triage.bundle import Bundle
    from triage.errors import NotFoundError
    from triage.signing import signing_key

    suggester = Bundle.load(bundle, signing_key()).suggester
    if suggester is None:
        raise NotFoundError(
            f"Got the bundle {bundle}, which holds no articles; expected one trained with `--articles`. "
            "Train it again with your knowledge base."
        )
    table = read_table(tickets, "history", mapping=mapping, zone=zone, rejects=rejects)
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Suggesting", total=1.0)
        rows = suggest_for(
            table,  # type: ignore[arg-type]  # a history table gives past tickets
            suggester,
            limit,
            progress=lambda count: bar.update(task, completed=table.progress),
        )
    write_suggestions(rows, out)
    summary = table.summary
    if as_json:
        counts = {"tickets": len(rows), "rejected": summary.rejected, "basis": suggester.basis}
        told = {"reasons": dict(sorted(summary.reasons.items()))}
        typer.echo(json.dumps(counts | told | {"suggestions": [asdict(row) for row in rows]}))
        return
    _print(rows, summary, suggester.basis, out, rejects)


def _print(
    rows: list[SuggestionRow], summary: RowSummary, basis: str, out: Path, rejects: Path | None
) -> None:
    from rich.console import Console
    from rich.markup import escape

    from training.cli.tables import print_table

    leans_on = {
        "text": "the articles' text alone: no links were given",
        "links": "the articles' text and past links, by default weights",
        "learnt": "the articles' text and past links, by weights learnt from them",
    }
    console = Console()
    shown = []
    for row in rows[:_MOST_ROWS_PRINTED]:
        first, *then = row.article_ids or ("",)
        score = f"{row.scores[0]:.2f}" if row.scores else ""
        shown.append([escape(row.ticket_id), escape(first), score, escape(", ".join(then[:2]))])
    headings = ("ticket", "first", "score", "then")
    print_table(console, headings, shown, title="First tickets", left=("first", "then"))
    console.print(
        f"{len(rows):,} tickets, {summary.rejected:,} unreadable left out. Based on {leans_on[basis]}."
    )
    for reason, count in sorted(summary.reasons.items()):
        console.print(escape(f"refused: {reason} ({count:,})"), soft_wrap=True)
    if summary.rejected:
        which = f"Refused rows: {rejects}" if rejects is not None else "--rejects FILE says which they are."
        console.print(escape(which), soft_wrap=True)
    console.print(f"Written: {escape(str(out))}", soft_wrap=True)
