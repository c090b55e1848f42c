"""``triage encoder``: compile a sentence encoder, tune it on a history, or check one on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(add_completion=False, no_args_is_help=True)

_AS_JSON = typer.Option("--json", help="Print JSON instead of a table.")


@app.command()
def build(
    model: Annotated[
        str, typer.Option(metavar="NAME|FOLDER", help="A sentence-transformers model on this machine.")
    ] = "all-MiniLM-L6-v2",
    out: Annotated[
        Path | None, typer.Option(help="Folder to make; default: models/encoders/NAME.", show_default=False)
    ] = None,
    as_json: Annotated[bool, _AS_JSON] = False,
) -> None:
    """Compile a sentence-transformers model to 8-bit ONNX; downloads nothing, runs no code of the model's."""
    import dataclasses
    import os

    os.environ["HF_HUB_OFFLINE"] = "1"  # read by the libraries that the next line imports
    from training.encoder.build import build_encoder

    _print(dataclasses.asdict(build_encoder(model, out)), "Encoder compiled", as_json)


@app.command()
def verify(
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="[DIR]", help="An encoder folder; default: the shipped one.", show_default=False
        ),
    ] = None,
    as_json: Annotated[bool, _AS_JSON] = False,
) -> None:
    """Check an encoder's files against their hashes, and its arithmetic on this machine against fp32."""
    import dataclasses

    from training.encoder.verify import verify_encoder

    _print(dataclasses.asdict(verify_encoder(folder)), "Encoder verified", as_json)


@app.command()
def tune(
    history: Annotated[Path, typer.Argument(help="Past tickets as a history table.")],
    out: Annotated[Path, typer.Option(help="Folder of the tuned encoder to make.")],
    target: Annotated[
        str | None, typer.Option(help="Fields to tune for, with commas; by default all that have labels.")
    ] = None,
    minutes: Annotated[float, typer.Option(help="For tuning; compiling and judging come on top.")] = 20.0,
    epochs: Annotated[
        float | None,
        typer.Option(help="How often each ticket is drawn; by default more for short histories."),
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the encoder even if it does not pay.")] = False,
    config: Annotated[Path | None, typer.Option(help="Settings as TOML (docs/guide.md).")] = None,
    mapping: Annotated[Path | None, typer.Option(help="File that maps other headers to ours.")] = None,
    zone: Annotated[str, typer.Option(help="Zone of times that carry none.")] = "UTC",
    as_json: Annotated[bool, _AS_JSON] = False,
) -> None:
    """Fine-tune the stock encoder on past tickets; keep it only if held-out tickets say that it pays.

    Exit code 0: it pays, or --keep was given. 1: it does not pay and nothing was kept, or it failed.
    """
    import os

    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # on busy cores torch's threads else wait spinning
    from training.cli.encoder_tune import tune_and_tell

    if not tune_and_tell(history, out, target, minutes, epochs, keep, config, mapping, zone, as_json):
        raise typer.Exit(1)


def _print(result: dict[str, Any], title: str, as_json: bool) -> None:
    import json

    from rich.console import Console
    from rich.markup import escape

    from training.cli.tables import print_table

    shown = {name: str(value) if isinstance(value, Path) else value for name, value in result.items()}
    if as_json:
        typer.echo(json.dumps(shown))
        return
    rows = [
        [name, f"{value:.5f}" if isinstance(value, float) else escape(str(value))]
        for name, value in shown.items()
    ]
    print_table(Console(), ("name", "value"), rows, title=title, left=("value",), shows_head=False)
