"""``triage evaluate``: a bundle's decisions against what people decided in the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(add_completion=False)


@app.command()
def evaluate(
    bundle: Annotated[Path, typer.Argument(help="The bundle that decides.")],
    tickets: Annotated[Path, typer.Argument(help="Labelled tickets as a history table; later ones, best.")],
    history: Annotated[
        Path | None,
        typer.Option(help="What the bundle learnt from: the usual pipelines learn from it too, beside it."),
    ] = None,
    mapping: Annotated[Path | None, typer.Option(help="File that maps other headers to ours.")] = None,
    zone: Annotated[str, typer.Option(help="Zone of times that carry none.")] = "UTC",
    out: Annotated[
        Path | None, typer.Option(help="HTML page to write; a JSON file of the same name lies beside it.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Measure a bundle on labelled tickets: accuracy, promise, calibration, drift, slices, confusions."""
    import json

    import joblib
    from rich.console import Console
    from rich.progress import Progress

    from features.embedding_cache import CachedEncoder
    from features.encoder import SentenceEncoder
    from training.beside import PeersOf
    from training.evaluate import evaluate_bundle
    from training.evaluation_page import render_evaluation
    from training.history import read_history
    from triage.bundle import Bundle
    from triage.home import home_folder
    from triage.signing import signing_key

    if out is not None and out.suffix == ".json":
        raise typer.BadParameter(f"Got --out {out}; expected the name of an HTML page.")
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Reading", total=1.0)
        loaded = Bundle.load(bundle, signing_key(), threads=joblib.cpu_count())
        read = read_history(tickets, mapping=mapping, zone=zone)
        peers_of = None
        if history is not None:
            encoder = loaded.model.encoder
            if "encoder_tuned" in loaded.manifest.training:
                # A tuned encoder knows this history's labels: the usual pipelines have the shipped one.
                encoder = SentenceEncoder.open(threads=joblib.cpu_count())
            peers_of = PeersOf(
                read_history(history, mapping=mapping, zone=zone).tickets,
                CachedEncoder(encoder, home_folder() / "cache" / "embeddings"),
            )
        bar.update(task, description="Deciding")
        document = evaluate_bundle(
            loaded,
            read.tickets,
            peers_of=peers_of,
            progress=lambda share: bar.update(task, completed=share),
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
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from triage.ticket import FIELDS

    console = Console()
    has_peers = document["peers"] is not None
    title = f"{document['tickets']:,} tickets decided by {escape(document['version'])}"
    table = Table(title=title, box=SIMPLE_HEAD)
    table.add_column("field", min_width=max(map(len, FIELDS)))
    peer = ["peer"] if has_peers else []
    for heading in ("tickets", "right", "trained", *peer, "top 3", "applied", "precision"):
        table.add_column(heading, justify="right")
    for name, facts in document["fields"].items():
        metrics = facts["metrics"]
        best = max((one["accuracy"] for one in facts["peers"].values()), default=None)
        table.add_row(
            name,
            f"{metrics['tickets']:,}",
            f"{metrics['accuracy']:.1%}",
            f"{facts['trained']['accuracy']:.1%}" if facts["trained"]["tickets"] else "-",
            *(["-" if best is None else f"{best:.1%}"] if has_peers else []),
            f"{metrics['top3']:.1%}",
            f"{metrics['coverage']:.1%}",
            "-" if metrics["precision"] is None else f"{metrics['precision']:.1%}",
        )
    console.print(table)
    for line in _worth_knowing(document):
        console.print(escape(line))
    if out is not None:
        console.print(f"Written: {escape(str(out))}, {escape(str(out.with_suffix('.json')))}", soft_wrap=True)


def _worth_knowing(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a person should know before acting on the table; the page tells the rest."""
    from training.drift_rows import drift_rows
    from training.verdicts import field_verdicts, peer_verdicts

    if document["within_training"]:
        yield (
            f"Note: {document['within_training']:,} of these tickets were filed before the training history "
            "ended; the model may have learnt from them, and the figures flatter it."
        )
    if document["peers"] and not document["peers"]["same_history"]:
        yield "Note: the history given is not the one that the bundle learnt from; the peers learnt from it."
    for name, facts in document["fields"].items():
        found = field_verdicts(facts, judged="tickets")
        for verdict in [*found, *peer_verdicts(facts["peers"], facts["metrics"])]:
            if not verdict.good:
                yield f"{name}: {verdict.text}"
        if facts["unseen"]["tickets"]:
            named = ", ".join(f"{one['label']} ({one['tickets']:,})" for one in facts["unseen"]["labels"][:5])
            yield (
                f"{name}: {facts['unseen']['tickets']:,} tickets have labels that the model does not know: "
                f"{named}"
            )
        worse = [one for one in facts["slices"] if one["differs"] == "worse"]
        worse.sort(key=lambda one: one["accuracy"])
        if worse:
            where = ", ".join(
                f"{one['slice']} {one['value']} ({one['accuracy']:.1%} of {one['tickets']:,})"
                for one in worse[:3]
            )
            more = f" and {len(worse) - 3} more" if len(worse) > 3 else ""
            yield f"{name}: worse than elsewhere for {where}{more}"
    moved = [
        f"{row.field} {row.name}".strip()
        for row in drift_rows(document["drift"]["measures"] if document["drift"] else [])
        if row.verdict
    ]
    if moved:
        yield f"Moved since training, more than chance explains: {', '.join(moved)}."
