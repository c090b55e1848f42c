"""``triage check``: what is wrong with a history and what it can teach, before anything is trained."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(add_completion=False)

MOST_PRINTED = 15


@app.command()
def check(
    history: Annotated[Path, typer.Argument(help="Past tickets as a history table.")],
    mapping: Annotated[Path | None, typer.Option(help="File that maps other headers to ours.")] = None,
    zone: Annotated[str, typer.Option(help="Zone of times that carry none.")] = "UTC",
    targets: Annotated[
        str | None, typer.Option(help="Fields to look at, with commas; by default all that have labels.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="HTML page to write; a JSON file of the same name lies beside it.")
    ] = None,
    findings: Annotated[
        Path | None, typer.Option(help="CSV file to write: every ticket of every finding, to be corrected.")
    ] = None,
    rejects: Annotated[Path | None, typer.Option(help="Where refused rows go.")] = None,
    corrections: Annotated[
        Path | None, typer.Option(help="File of an earlier --findings with its column 'correct' filled.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Look a history over: data quality, and what each field can reach."""
    import json

    import joblib
    from rich.console import Console
    from rich.progress import Progress

    from features.embedding_cache import CachedEncoder
    from features.encoder import SentenceEncoder
    from training.check import capped, check_history
    from training.check.findings_file import write_findings
    from training.check.page import render_check
    from training.history import read_history
    from training.history.corrections import correct_labels, read_corrections
    from triage.home import home_folder

    if out is not None and out.suffix == ".json":
        raise typer.BadParameter(f"Got --out {out}; expected the name of an HTML page.")
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("reading the history", total=1.0)
        read = read_history(history, mapping=mapping, zone=zone, rejects=rejects, without_spam=True)
        if corrections is not None:
            read.tickets[:] = correct_labels(read.tickets, read_corrections(corrections))
        stock = SentenceEncoder.open(threads=joblib.cpu_count())
        document = check_history(
            read,
            stock.tokenizer,
            # What is read here need not be read again by training.
            encoder=CachedEncoder(stock, home_folder() / "cache" / "embeddings"),
            targets=[one.strip() for one in (targets or "").split(",") if one.strip()],
            progress=lambda stage, share: bar.update(task, description=stage, completed=share),
        )
    if out is not None:
        out.write_text(render_check(document, history.name), encoding="utf-8")
        out.with_suffix(".json").write_text(json.dumps(capped(document), indent=1), encoding="utf-8")
    if findings is not None:
        write_findings(findings, document, read.tickets)
    if as_json:
        typer.echo(json.dumps(capped(document)))
    else:
        _print(document, out, findings, rejects)


def _print(
    document: Mapping[str, Any], out: Path | None, findings_file: Path | None, rejects: Path | None
) -> None:
    from rich.console import Console
    from rich.markup import escape

    from training.check.finding import EXAMPLES
    from training.check.page import WEIGHTS
    from training.cli.reading import print_reading
    from training.cli.tables import print_table
    from training.judged_share import TOO_FEW

    console = Console()
    later = "later" if document["ordered"] else "held-out"
    rows = []
    for name, facts in document["fields"].items():
        estimate = facts["estimate"]
        reachable = TOO_FEW
        if estimate is not None:
            reachable = f"{estimate['accuracy']:.1%} ± {100 * estimate['error']:.1f}"
            reachable += f", from {facts['since'][:7]} on" if facts["since"] else ""
            reachable = f"[red]{reachable}, hardly learnable[/red]" if not facts["learnable"] else reachable
        rows.append(
            [
                name,
                f"{facts['labelled']:.1%}",
                f"{facts['labels']:,}",
                f"{facts['thin']:,}",
                f"{(estimate or facts)['majority']:.1%}",
                reachable,
                f"{facts['judged']:,}",
            ]
        )
    # Without a label there is no field to speak of.
    if rows:
        print_table(
            console,
            ("field", "labelled", "labels", "thin", "always the commonest", "reachable, about", "judged"),
            rows,
            title=f"What can be learnt ({later} tickets, estimated by a quick model)",
        )
    findings = document["findings"]
    for weight, heading in WEIGHTS.items():
        found = [one for one in findings if one["weight"] == weight]
        if found:
            console.print(f"[bold]{heading}[/bold]")
        for one in found[:MOST_PRINTED]:
            ids = escape(", ".join(one["rows"][:EXAMPLES]))
            examples = f" [dim]For example {ids}.[/dim]" if ids else ""
            console.print(f"- {one['field'] or 'history'}: {escape(one['text'])}{examples}")
            console.print(f"  {escape(one['remedy'])}")
        if len(found) > MOST_PRINTED:
            console.print(f"- and {len(found) - MOST_PRINTED:,} more in --json or on the page of --out")
    print_reading(console, document["reading"], rejects)
    for note in document["reading"]["notes"]:
        console.print(f"Note: {escape(note)}")
    if findings_file is not None:
        console.print(f"Written: {escape(str(findings_file))}", soft_wrap=True)
    if out is not None:
        console.print(f"Written: {escape(str(out))}, {escape(str(out.with_suffix('.json')))}", soft_wrap=True)
