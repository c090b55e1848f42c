"""``triage audit``: look whether the audit log is whole, take it out, keep its head elsewhere."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from serving.cli.output import AsJson, Workspace, opened_store, show

if TYPE_CHECKING:
    from triage.audit import Anchor
    from triage.store import Store
    from triage.store.audit import AuditLog

__all__ = ["app"]

app = typer.Typer(
    help="Verify the audit log, export it, and keep its head where nobody can change it.",
    no_args_is_help=True,
)


@app.command()
def verify(
    anchor: Annotated[
        Path | None,
        typer.Option(help="Heads kept elsewhere: shows whether entries were cut off.", show_default=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Look whether every entry of every workspace is as it was written. Exit code 1 if not."""
    from serving.schemas.audit import VerificationOut, VerifiedOut

    anchors = [] if anchor is None else _anchors(anchor)
    with opened_store() as store:
        log = _log(store)
        names = sorted({*log.workspaces(), *(one.workspace for one in anchors)})
        found = [log.verify(name, anchors) for name in names]
    is_whole = all(one.problem is None for one in found)
    if as_json:
        logs = [
            VerifiedOut(workspace=one.workspace, entries=one.entries, head=one.head, problem=one.problem)
            for one in found
        ]
        show(VerificationOut(is_whole=is_whole, anchors=len(anchors), logs=logs))
    else:
        for one in found:
            typer.echo(f"{one.workspace}: {one.problem or f'{one.entries:,} entries hold; head {one.head}'}")
        if not found:
            typer.echo("There are no entries yet.")
        elif not anchors and is_whole:
            typer.echo("Without --anchor, entries cut off at the end can go unnoticed.", err=True)
    if not is_whole:
        raise typer.Exit(1)


@app.command()
def export(
    out: Annotated[Path, typer.Argument(help="JSON Lines are written here.")],
    workspace: Workspace = "default",
) -> None:
    """Write all entries of a workspace, one JSON object a line, oldest first."""
    import json

    from serving.schemas.audit import AuditEntryOut

    count = 0
    with opened_store() as store, out.open("w") as file:
        for one in _log(store).entries(workspace):
            # ASCII only: no direction mark or control character reaches a terminal or a spreadsheet.
            file.write(json.dumps(AuditEntryOut.of(one).model_dump(mode="json")) + "\n")
            count += 1
    typer.echo(f"{count:,} entries of workspace {workspace} are in {out}.")


@app.command()
def anchor(
    file: Annotated[Path, typer.Argument(help="The heads are appended here: keep it on another machine.")],
) -> None:
    """Append how far each workspace's log goes; `triage audit verify --anchor` holds the log to it."""
    from serving.housekeeping import write_anchors

    with opened_store() as store:
        count = write_anchors(_log(store), file)
    typer.echo(f"{count} heads were appended to {file}.")


def _log(store: "Store") -> "AuditLog":
    from triage.signing import signing_key
    from triage.store.audit import AuditLog

    return AuditLog(store, signing_key())


def _anchors(path: Path) -> "list[Anchor]":
    from triage.audit import Anchor
    from triage.errors import InputError

    try:
        lines = path.read_text("utf-8", "replace").splitlines()
    except OSError as error:
        raise InputError(
            f"Got {path}, which cannot be read ({type(error).__name__}); expected a file of anchors."
        ) from None
    return [Anchor.from_line(line) for line in lines if line.strip()]
