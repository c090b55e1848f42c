"""``triage backup``: everything that cannot be made again, in one signed file, while all runs."""

from pathlib import Path
from typing import Annotated

import typer

from serving.cli.output import AsJson, opened_store, show

__all__ = ["app"]

app = typer.Typer()


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="A new file; readable by its owner alone.")],
    as_json: AsJson = False,
) -> None:
    """Write store, models and registry into one signed file; servers and workers go on meanwhile.

    Neither the signing key nor the encryption keys are in it: keep them apart, no backup opens without the
    one, and what is encrypted in it cannot be read without the others. `triage restore` brings it
    back, `triage restore --check` says whether it could.
    """
    from serving.cli.record import record
    from serving.schemas.backup import BackupOut
    from triage.backup import write_backup
    from triage.home import models_folder
    from triage.signing import signing_key

    with opened_store() as store:
        place = store.sealer.keyring.place
        made = write_backup(store, models_folder(), signing_key(), file)
        facts = {"revision": made.revision, "created_at": made.created_at.isoformat()}
        for workspace in made.heads:
            record(store, workspace, "create_backup", "backup", facts, facts=facts)
    if as_json:
        show(BackupOut.of(made))
        return
    typer.echo(
        f"{file} holds {sum(made.rows.values()):,} rows of {len(made.rows)} tables and {len(made.bundles)} "
        f"models in {made.bytes:,} bytes. Keep the signing key apart from it."
    )
    if made.sealed_by:
        typer.echo(
            f"It holds what is encrypted with {', '.join(made.sealed_by)}: keep a copy of {place}, apart."
        )
