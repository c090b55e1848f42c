"""``triage restore``: bring a backup back, or look whether one could be."""

import os
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from serving.cli.output import AsJson, show

__all__ = ["app"]

app = typer.Typer()


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="What `triage backup` wrote.")],
    check: Annotated[bool, typer.Option("--check", help="Only look; change nothing.")] = False,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Replace a store that is there; it is put aside or backed up first."),
    ] = False,
    home: Annotated[
        Path | None,
        typer.Option(help="Restore into this home folder, as a drill or a copy; it gets the keys too."),
    ] = None,
    without_keys: Annotated[
        bool,
        typer.Option("--without-keys", help="Restore even if what is encrypted in it cannot be read."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Verify every byte of a backup, then put its store and models in place; stop servers and workers first.

    Nothing is changed when anything about it is wrong, or an encryption key that it needs is not here.
    Afterwards the audit log is verified as well, and what was erased since the backup, by the store that it
    replaces, is erased again.
    """
    from features.forgotten_texts import ticket_key
    from serving.cli.record import record
    from serving.schemas.backup import BackupOut
    from triage.backup import check_backup, restore_backup
    from triage.encryption_keys import FILE, Keyring
    from triage.erasure import ErasureKeys
    from triage.errors import BackupError
    from triage.home import models_folder, store_url
    from triage.signing import signing_key
    from triage.store import open_store
    from triage.store.audit import AuditLog
    from triage.store.erase_again import erase_again
    from triage.store.erasures import ledgers_of

    key, keyring = signing_key(), Keyring()
    if check:
        done = check_backup(file, key)
        if as_json:
            show(BackupOut.of(done))
        else:
            typer.echo(f"{file} is whole: {_said(done.rows, done.bundles)}")
            lacking = [one for one in done.sealed_by if one not in keyring.ids]
            if lacking:
                typer.echo(
                    f"It needs the encryption key {', '.join(lacking)}, which is not in {keyring.place}."
                )
        return
    environ = None if home is None else {"TRIAGE_HOME": str(home.absolute())}
    url = store_url(environ)
    ledgers = ledgers_of(url)  # What was erased since the backup must not come back with it.
    known = None if without_keys else keyring.ids
    done = restore_backup(file, key, url, models_folder(environ), replace=replace, keys=known)
    if home is not None:
        _put_keys(home / "signing.key", [key.hex()])
        if keyring.may_add and keyring.path is not None and keyring.path.exists():
            _put_keys(home / FILE, keyring.path.read_text("ascii").split())
    with closing(open_store(url)) as store:
        erased = sum(
            erase_again(store, workspace, ledger, keys=ErasureKeys(key), text_key=ticket_key)
            for workspace, ledger in ledgers.items()
        )
        log = AuditLog(store, key)
        problems = [one.problem for name in log.workspaces() if (one := log.verify(name)).problem]
        for workspace, head in done.heads.items():
            if log.head(workspace).seq < int(head["seq"]):
                problems.append(f"The audit log of {workspace} ends before entry {head['seq']}.")
        for workspace in log.workspaces() if not problems else []:
            facts = {"created_at": done.created_at.isoformat(), "erased_again": erased}
            record(store, workspace, "restore_backup", "backup", facts, facts=facts, key=key)
    if as_json:
        show(BackupOut.of(done))
    else:
        typer.echo(f"Restored {_said(done.rows, done.bundles)}")
        if erased:
            typer.echo(f"{erased:,} tickets of it had been erased since, and were erased again.")
    if problems:
        raise BackupError(
            f"Got a restored store whose audit log does not hold ({problems[0]}); expected a whole one. The "
            "backup was taken of a log that was changed before: look with `triage audit verify`."
        )


def _said(rows: Mapping[str, int], bundles: Sequence[str]) -> str:
    tickets, decisions = rows.get("tickets", 0), rows.get("decisions", 0)
    return (
        f"{tickets:,} tickets, {decisions:,} decisions, {sum(rows.values()):,} rows in all, "
        f"{len(bundles)} models."
    )


def _put_keys(path: Path, keys: Sequence[str]) -> None:
    if path.exists():
        return
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write("\n".join(keys) + "\n")
