"""What ``triage encoder tune`` does and prints: the gain by field, then what it costs."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress

from training.cli.tables import print_table
from training.config import TrainingConfig
from training.encoder.offer import Offer, offer_encoder
from training.history import read_history

__all__ = ["tune_and_tell"]


def tune_and_tell(
    history: Path,
    out: Path,
    target: str | None,
    minutes: float,
    epochs: float | None,
    keep: bool,
    config: Path | None,
    mapping: Path | None,
    zone: str,
    as_json: bool,
) -> bool:
    """Tune, print, and return whether an encoder was kept; the options are those of the command."""
    settings = TrainingConfig.from_file(config) if config else TrainingConfig()
    if target:
        settings = replace(settings, targets=tuple(one.strip() for one in target.split(",") if one.strip()))
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("reading the history", total=1.0)
        read = read_history(history, mapping=mapping, zone=zone, without_spam=True)
        offer = offer_encoder(
            read.tickets,
            config=settings,
            out=out,
            minutes=minutes,
            epochs=epochs,
            keep=keep,
            progress=lambda stage, share: bar.update(task, description=stage, completed=share),
        )
    if as_json:
        folder = None if offer.folder is None else str(offer.folder)
        typer.echo(json.dumps(asdict(offer) | {"folder": folder}))
    else:
        _print(offer)
    return offer.folder is not None


def _print(offer: Offer) -> None:
    console = Console()
    gains = [
        [
            one.field,
            f"{one.tickets:,}",
            f"{one.stock:.1%}",
            f"{one.tuned:.1%}",
            f"{100 * (one.tuned - one.stock):+.1f}",
            f"{100 * one.low:+.1f} to {100 * one.high:+.1f}",
        ]
        for one in offer.gains
    ]
    print_table(
        console,
        ("field", "held out", "stock", "tuned", "gain", "interval"),
        gains,
        title="What held-out tickets say, which the judged encoders had not seen",
    )
    console.print(
        "stock, tuned: share of right answers with either encoder. gain and interval in points; the interval "
        "is a paired bootstrap, and all fields' intervals hold together in 95 of 100 histories."
    )
    costs = [
        ["this command", f"{offer.minutes:.1f} minutes, {offer.tuning_minutes:.1f} of them tuning"],
        ["next training", f"{offer.encoding_minutes:.1f} minutes more: all texts are read again"],
        [
            "each ticket",
            f"{offer.ticket_ms:.1f} ms to read, {offer.stock_ticket_ms:.1f} ms with the stock encoder",
        ],
        ["each bundle", f"{offer.bundle_bytes / 1e6:.0f} MB, as with the stock encoder"],
    ]
    if offer.folder is not None:
        costs.append(["this folder", f"{offer.folder_bytes / 1e6:.0f} MB, with the encoders that judge it"])
    print_table(console, ("what", "cost"), costs, title="What it costs", left=("cost",), shows_head=False)
    if offer.ran_out:
        console.print(
            f"Time ended after {offer.epochs:.2f} epochs; more --minutes may give more. "
            f"--epochs {offer.epochs:.4g} asks for as many, however fast the machine is."
        )
    if offer.folder is None:
        console.print("It does not pay: no field is better beyond chance, or one is worse. Nothing was kept.")
        return
    if not offer.pays:
        console.print("It does not pay; kept because of --keep.")
    folder = escape(str(offer.folder))
    console.print(f"To use it: triage train HISTORY --encoder {folder} --out BUNDLE", soft_wrap=True)
