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
        key = signing_key()
        loaded = Bundle.load(bundle, key, threads=joblib.cpu_count())
        read = read_history(tickets, mapping=mapping, zone=zone, without_spam=True)
        peers_of = None
        if history is not None:
            encoder = loaded.model.encoder
            if "encoder_tuned" in loaded.manifest.training:
                # A tuned encoder knows this history's labels: the usual pipelines have the shipped one.
                encoder = SentenceEncoder.open(threads=joblib.cpu_count())
            peers_of = PeersOf(
                read_history(history, mapping=mapping, zone=zone, without_spam=True).tickets,
                CachedEncoder(encoder, home_folder() / "cache" / "embeddings"),
            )
        bar.update(task, description="Deciding")
        document = evaluate_bundle(
            loaded,
            read.tickets,
            peers_of=peers_of,
            key=key,
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
    from rich.console import Console
    from rich.markup import escape

    from training.cli.tables import print_table
    from training.judged_share import share_of, span

    console = Console()
    has_peers = document["peers"] is not None
    rows = []
    for name, facts in document["fields"].items():
        metrics, trained = facts["metrics"], facts["trained"]
        judged = metrics["tickets"]
        best = max((one["accuracy"] for one in facts["peers"].values()), default=None)
        rows.append(
            [
                name,
                f"{judged:,}",
                f"{share_of(metrics['accuracy'], judged)}\n{span(metrics['accuracy'], judged)}",
                f"{share_of(trained['accuracy'], trained['tickets'])}\nof {trained['tickets']:,}",
                *([share_of(best, judged)] if has_peers else []),
                share_of(metrics["top3"], judged) if facts["labels"] > 3 else "–",
                f"{metrics['coverage']:.1%}",
                share_of(metrics["precision"], round(metrics["coverage"] * judged)),
            ]
        )
    peer = ("best peer",) if has_peers else ()
    print_table(
        console,
        ("field", "tickets", "right", "at training", *peer, "top 3", "applied", "of these right"),
        rows,
        title=f"{document['tickets']:,} tickets decided by {escape(document['version'])}",
    )
    console.print("Below right: its 95 % interval. At training: of the tickets held out then.")
    for line in _worth_knowing(document):
        console.print(escape(line))
    if out is not None:
        console.print(f"Written: {escape(str(out))}, {escape(str(out.with_suffix('.json')))}", soft_wrap=True)


def _worth_knowing(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a person should know before acting on the table; the page tells the rest."""
    from training.drift_rows import drift_rows
    from training.flag_price import flag_prices
    from training.verdicts import field_verdicts, peer_verdicts
    from triage.counted import counted

    if spam := document.get("reading", {}).get("spam", 0):
        yield f"Note: {counted(spam, 'row')} marked as spam (is_spam), which no figure is of: left out."
    if document["judges_memory"]:
        yield (
            f"Note: all labelled tickets were learnt from ({document['learnt_from']:,}): the figures say how "
            "well the model remembers, not what service will bring, and what has moved cannot be said. "
            "Evaluate on later tickets."
        )
    elif document["learnt_from"]:
        left_out = document["learnt_from"]
        yield (
            f"Note: {left_out:,} of the tickets given {'was' if left_out == 1 else 'were'} learnt from and "
            f"{'is' if left_out == 1 else 'are'} left out; the figures are of the other "
            f"{document['tickets']:,}."
        )
    early = document["within_training"]
    if early and not document["judges_memory"]:
        yield (
            f"Note: {early:,} of these tickets {'was' if early == 1 else 'were'} filed before the training "
            "history ended: the model learnt from others of that time (or from these under other ids), and "
            "the figures flatter it."
        )
    if document["peers"] and not document["peers"]["same_history"]:
        yield "Note: the history given is not the one that the bundle learnt from; the peers learnt from it."
    for name, facts in document["fields"].items():
        found = field_verdicts(facts, judged="tickets")
        # What a flag costs is told also where it is little: the answers are not the likeliest labels.
        yield from (f"{name}: {price}" for is_small, price in flag_prices(facts["metrics"]) if is_small)
        for verdict in [*found, *peer_verdicts(facts["peers"], facts["metrics"])]:
            if not verdict.good:
                yield f"{name}: {verdict.text}"
        if of_unknown := facts["unseen"]["tickets"]:
            named = ", ".join(f"{one['label']} ({one['tickets']:,})" for one in facts["unseen"]["labels"][:5])
            yield (f"{name}: {counted(of_unknown, 'ticket')} of labels that the model does not know: {named}")
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
