"""``triage train``: from a history to a sealed bundle."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from training.history.summary import RowSummary
    from triage.bundle import Manifest

app = typer.Typer(add_completion=False)


@app.command()
def train(
    history: Annotated[Path, typer.Argument(help="Past tickets as a history table.")],
    out: Annotated[Path, typer.Option(help="Folder of the bundle to make.")],
    articles: Annotated[Path | None, typer.Option(help="Articles of the knowledge base.")] = None,
    links: Annotated[Path | None, typer.Option(help="Which articles were used for which tickets.")] = None,
    agents: Annotated[Path | None, typer.Option(help="Who can be assigned now.")] = None,
    duplicates: Annotated[
        Path | None, typer.Option(help="Which tickets people called duplicates (ticket_id, duplicate_of).")
    ] = None,
    sla: Annotated[
        Path | None, typer.Option(help="What was promised, as `triage sla import` reads it (TOML or CSV).")
    ] = None,
    targets: Annotated[
        str | None, typer.Option(help="Fields to learn, with commas; by default all that have labels.")
    ] = None,
    target_precision: Annotated[
        float | None, typer.Option(help="Share of applied values that must be right; 0.95 by default.")
    ] = None,
    encoder: Annotated[
        Path | None, typer.Option(help="Encoder to read texts with, as `triage encoder` makes it.")
    ] = None,
    config: Annotated[Path | None, typer.Option(help="Settings as TOML (docs/guide.md).")] = None,
    mapping: Annotated[Path | None, typer.Option(help="File that maps other headers to ours.")] = None,
    agents_mapping: Annotated[
        Path | None, typer.Option(help="File that maps headers of the agents table to ours.")
    ] = None,
    zone: Annotated[str, typer.Option(help="Zone of times that carry none.")] = "UTC",
    rejects: Annotated[Path | None, typer.Option(help="Where refused rows go.")] = None,
    corrections: Annotated[
        Path | None, typer.Option(help="File of `triage check --findings` with its column 'correct' filled.")
    ] = None,
    workspace: Annotated[
        str,
        typer.Option(
            help="Whose history it is: the bundle names it; its erased and golden tickets are left out."
        ),
    ] = "default",
    track: Annotated[bool, typer.Option("--track/--no-track", help="Record the run in MLflow.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Learn from past tickets and seal what was learnt into a bundle."""
    import json
    from dataclasses import replace

    from rich.console import Console
    from rich.progress import Progress

    from training.config import TrainingConfig
    from training.erased import without_erased_here
    from training.golden import told_of_golden, without_golden
    from training.history import read_agents, read_articles, read_duplicates, read_history, read_links
    from training.history.corrections import correct_labels, read_corrections
    from training.sla.read_book import read_book_file
    from training.tracking import track_training, tracking_uri
    from training.train import train_bundle
    from triage.home import store_url
    from triage.signing import signing_key
    from triage.store.golden import golden_ids_of

    settings = TrainingConfig.from_file(config) if config else TrainingConfig()
    if targets:
        settings = replace(settings, targets=tuple(one.strip() for one in targets.split(",") if one.strip()))
    if target_precision is not None:
        settings = settings.with_precision(target_precision)
    if encoder is not None:
        settings = replace(settings, encoder=str(encoder))
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("reading the history", total=1.0)
        read = read_history(history, mapping=mapping, zone=zone, rejects=rejects, without_spam=True)
        if corrections is not None:
            read.tickets[:] = correct_labels(read.tickets, read_corrections(corrections))
        key = signing_key()
        known = without_erased_here(read.tickets, workspace, key)
        erased = len(read.tickets) - len(known)
        read.summary.counts["erased"] += erased
        golden, revision = golden_ids_of(store_url(), workspace)
        known = without_golden(known, golden)
        manifest = train_bundle(
            known,
            config=settings,
            out=out,
            key=key,
            articles=read_articles(articles, zone=zone).articles if articles else (),
            links=read_links(links, zone=zone).links if links else (),
            agents=read_agents(agents, zone=zone, mapping=agents_mapping).agents if agents else (),
            duplicates=read_duplicates(duplicates, zone=zone) if duplicates else (),
            sla=read_book_file(sla) if sla else None,
            workspace=workspace,
            notes=[*read.summary.spam_notes, *told_of_golden(len(read.tickets) - erased - len(known))],
            golden_revision=revision,
            progress=lambda stage, share: bar.update(task, description=stage, completed=share),
        )
    run_id = track_training(manifest, tracking_uri(), bundle=str(out.resolve())) if track else None
    if as_json:
        document = json.loads(manifest.to_bytes()) | {"bundle": str(out), "mlflow_run": run_id}
        typer.echo(json.dumps(document | {"reading": read.summary.as_dict()}))
        return
    _print(manifest, read.summary, out, rejects)
    if track:
        command = f"mlflow ui --backend-store-uri {tracking_uri()}"
        Console().print(f"Tracked in MLflow; to look: [bold]{command}[/bold]", soft_wrap=True)


def _print(manifest: Manifest, summary: RowSummary, out: Path, rejects: Path | None) -> None:
    from rich.console import Console
    from rich.markup import escape

    from training.affinity.told import told_of_people
    from training.cli.reading import print_reading
    from training.cli.tables import print_table
    from training.flag_price import flag_prices
    from training.judged_share import share_of, span
    from training.sla.told import told_of_times
    from training.verdicts import field_verdicts, is_unlearnable, unkept_promises

    console = Console()
    order = "later" if manifest.training["ordered"] else "other"
    rows = []
    for name, facts in manifest.fields.items():
        metrics = facts["metrics"]
        judged = metrics["tickets"]
        rows.append(
            [
                f"{name}\n[red]not learnable[/red]" if is_unlearnable(facts) else name,
                facts["level"],
                f"{facts['labels']:,}",
                f"{facts['tickets']:,}",
                f"{judged:,}",
                f"{share_of(metrics['accuracy'], judged)}\n{span(metrics['accuracy'], judged)}",
                share_of(metrics["majority"], judged),
                f"{metrics['coverage']:.1%}",
                share_of(metrics["precision"], round(metrics["coverage"] * judged)),
            ]
        )
    print_table(
        console,
        ("field", "level", "labels", "learnt", "judged", "accuracy", "commonest", "applied", "right"),
        rows,
        title=f"What held-out, {order} tickets say",
        left=("level",),
    )
    console.print(
        "learnt, judged: tickets. accuracy: with its 95 % interval. commonest: always saying the commonest "
        "label. applied: tickets whose confidence reached the threshold; right: the share of those that were "
        "right."
    )
    console.print(told_of_times(manifest.training["foresight"]))
    people = told_of_people(manifest.training["affinity"])
    if people:
        console.print(people)
    for name, facts in manifest.fields.items():
        for is_small, price in flag_prices(facts["metrics"]):
            field = name if is_small else f"[yellow]{name}[/yellow]"
            console.print(f"{field}: {escape(price)}")
        for unkept in unkept_promises(facts):
            console.print(f"[yellow]{name}[/yellow]: {escape(unkept)}")
        if facts["reason"]:
            console.print(f"[yellow]{name} abstains:[/yellow] {escape(facts['reason'])}")
        elif is_unlearnable(facts):
            console.print(f"[yellow]{name}:[/yellow] {escape(field_verdicts(facts)[0].text)}")
    print_reading(console, summary.as_dict(), rejects)
    for note in dict.fromkeys((*summary.notes, *manifest.training["notes"])):
        console.print(f"Note: {escape(note)}")
    console.print(f"Bundle: {escape(str(out))} (card.html tells more)", soft_wrap=True)
