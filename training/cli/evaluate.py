"""``triage evaluate``: a bundle's decisions against what people decided in the end."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(add_completion=False)


@app.command()
def evaluate(
    bundle: Annotated[Path, typer.Argument(help="The bundle that decides.")],
    tickets: Annotated[Path, typer.Argument(help="Labelled tickets as a history table; later ones, best.")],
    mapping: Annotated[Path | None, typer.Option(help="File that maps other headers to ours.")] = None,
    zone: Annotated[str, typer.Option(help="Zone of times that carry none.")] = "UTC",
    out: Annotated[
        Path | None, typer.Option(help="HTML page to write; a JSON file of the same name lies beside it.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Measure a bundle on labelled tickets: accuracy, promise, calibration, slices, confusions."""
    import json

    import joblib
    from rich.console import Console
    from rich.progress import Progress

    from training.evaluate import evaluate_bundle
    from training.evaluation_page import render_evaluation
    from training.history import read_history
    from triage.bundle import Bundle
    from triage.signing import signing_key

    if out is not None and out.suffix == ".json":
        raise typer.BadParameter(f"Got --out {out}; expected the name of an HTML page.")
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Reading", total=1.0)
        loaded = Bundle.load(bundle, signing_key(), threads=joblib.cpu_count())
        read = read_history(tickets, mapping=mapping, zone=zone)
        bar.update(task, description="Deciding")
        document = evaluate_bundle(
            loaded, read.tickets, progress=lambda share: bar.update(task, completed=share)
        )
    document["reading"] = read.summary.as_dict()
    if out is not None:
        out.write_text(render_evaluation(document), encoding="utf-8")
        out.with_suffix(".json").write_text(json.dumps(document, indent=1), encoding="utf-8")
    if as_json:
        typer.echo(json.dumps(document))
    else:
        _print(document, out)


def _print(document: Mapping[str, Any], out: Path | None) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from training.verdicts import field_verdicts
    from triage.ticket import FIELDS

    console = Console()
    table = Table(title=f"{document['tickets']:,} tickets decided by {escape(document['version'])}")
    table.add_column("field", min_width=max(map(len, FIELDS)))
    for heading in ("tickets", "accuracy", "at training", "top 3", "applied", "of them right"):
        table.add_column(heading, justify="right")
    for name, facts in document["fields"].items():
        metrics = facts["metrics"]
        table.add_row(
            name,
            f"{metrics['tickets']:,}",
            f"{metrics['accuracy']:.1%}",
            f"{facts['trained']['accuracy']:.1%}",
            f"{metrics['top3']:.1%}",
            f"{metrics['coverage']:.1%}",
            "-" if metrics["precision"] is None else f"{metrics['precision']:.1%}",
        )
    console.print(table)
    if document["within_training"]:
        console.print(
            f"Note: {document['within_training']:,} of these tickets were filed before the training history "
            "ended; the model may have learnt from them, and the figures flatter it."
        )
    for name, facts in document["fields"].items():
        for verdict in field_verdicts(facts, judged="tickets"):
            if not verdict.good:
                console.print(f"{name}: {escape(verdict.text)}")
        if facts["unseen"]["tickets"]:
            named = ", ".join(f"{one['label']} ({one['tickets']:,})" for one in facts["unseen"]["labels"][:5])
            console.print(
                f"{name}: {facts['unseen']['tickets']:,} tickets have labels that the model does not know: "
                f"{escape(named)}"
            )
        for one in facts["slices"]:
            if one["differs"] == "worse":
                where = f"{one['slice']} {one['value']}: {one['accuracy']:.1%} of {one['tickets']:,}"
                console.print(f"{name}: worse than elsewhere for {escape(where)}")
    if out is not None:
        console.print(f"Written: {escape(str(out))}, {escape(str(out.with_suffix('.json')))}", soft_wrap=True)
