"""Backup and restore: the store, the models and the registry as of one moment, in one signed file.

What is not in it: the signing key and the encryption keys (keep them apart: without the one no backup opens,
without the others nobody reads what is encrypted in it), caches, logs, the worker's queue.
"""

import shutil
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

from triage.archive import read_facts, unpack, write_archive
from triage.bundle import verify_bundle
from triage.errors import BackupError, BundleError, ConflictError, SealError
from triage.registry import Registry
from triage.store import Store, open_store
from triage.store.audit import AuditLog
from triage.store.copying import (
    check_sqlite,
    copy_sqlite,
    dump_tables,
    known_revision,
    load_tables,
    unused_sqlite,
)
from triage.store.sealing_keys import keys_in_use

__all__ = ["Backup", "check_backup", "restore_backup", "write_backup"]

STORE, TABLES, MODELS, REGISTRY = "store.db", "tables", "models", "registry.json"


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds.

    Parameters
    ----------
    created_at : datetime
        When it was made.
    system : str
        ``sqlite`` or ``postgresql``.
    revision : str
        The migration of its tables.
    rows : Mapping of str to int
        By table.
    bundles : tuple of str
        ``workspace/version`` of each model.
    heads : Mapping of str to Mapping
        ``seq`` and ``hash`` of each workspace's audit log at about that moment: an anchor.
    bytes : int, default=0
        Size of the file.
    sealed_by : tuple of str
        Ids of the encryption keys that something in it needs.
    """

    created_at: datetime
    system: str
    revision: str
    rows: Mapping[str, int]
    bundles: tuple[str, ...]
    heads: Mapping[str, Mapping[str, Any]]
    bytes: int = 0
    sealed_by: tuple[str, ...] = ()


def write_backup(store: Store, models: Path, key: bytes, target: Path) -> Backup:
    """Write a backup while everything runs.

    Parameters
    ----------
    store : Store
        Is read as of one moment.
    models : Path
        Folder of the bundles and the registry; bundles never change, the registry is copied first.
    key : bytes
        The signing key.
    target : Path
        A new file.

    Raises
    ------
    BackupError
        If the file exists or a champion is not as it was signed.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as name:
        draft = Path(name)
        audit = AuditLog(store, key)
        # Read before the store is copied: what the copy holds goes at least as far.
        heads = {one: audit.head(one) for one in audit.workspaces()}
        sealed_by = set(keys_in_use(store))
        files = _models(models, draft, key)
        system = store.engine.dialect.name
        if system == "sqlite":
            rows = copy_sqlite(store, draft / STORE)
            files[STORE] = draft / STORE
        else:
            (draft / TABLES).mkdir()
            rows = dump_tables(store, draft / TABLES)
            files |= {f"{TABLES}/{one}.jsonl": draft / TABLES / f"{one}.jsonl" for one in rows}
        facts = {
            "created_at": datetime.now(UTC).isoformat(),
            "system": system,
            "revision": store.revision(),
            "rows": rows,
            "bundles": sorted({"/".join(one.split("/")[1:3]) for one in files if one.count("/") > 2}),
            "sealed_by": sorted(sealed_by.union(keys_in_use(store))),
            "heads": {one: {"seq": head.seq, "hash": head.hash} for one, head in heads.items()},
        }
        size = write_archive(target, files, facts, key)
    return _backup(facts, size)


def check_backup(path: Path, key: bytes) -> Backup:
    """Look whether a backup could be restored: every byte, the database, the models. Changes nothing.

    Raises
    ------
    BackupError
        If not; says why.
    """
    facts = read_facts(path, key)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".check-") as name:
        unpack(path, key, Path(name))
        _check(Path(name), facts, key)
    return _backup(facts, path.stat().st_size)


def restore_backup(
    path: Path,
    key: bytes,
    store_url: str,
    models: Path,
    *,
    replace: bool = False,
    keys: Collection[str] | None = None,
) -> Backup:
    """Put a backup in the place of what is there, after every byte of it was verified.

    Parameters
    ----------
    path : Path
        The backup.
    key : bytes
        The signing key of where it was made.
    store_url : str
        Database to fill: of the same system.
    models : Path
        Models folder to fill.
    replace : bool, default=False
        Whether a store that is there may be replaced. Files are put aside under ``.before-<time>``, a
        PostgreSQL database is backed up beside the backup first.
    keys : collection of str or None, default=None
        Ids of the encryption keys that will open it; None: whichever it needs.

    Raises
    ------
    BackupError
        If the backup is damaged, foreign, of another system or of a newer version.
    ConflictError
        If something is there and may not be replaced, or is in use.
    SealError
        If it needs an encryption key that is not among those.
    """
    facts = read_facts(path, key)
    lacking = [] if keys is None else [one for one in facts.get("sealed_by", ()) if one not in keys]
    if lacking:
        raise SealError(
            f"Got a backup in which something is encrypted with {', '.join(lacking)}; expected that key "
            "here. Put it into encryption.key or $TRIAGE_ENCRYPTION_KEY, after the others; or restore with "
            "--without-keys what can be read without."
        )
    url = make_url(store_url)
    if url.get_backend_name() != facts["system"]:
        raise BackupError(
            f"Got a backup of {facts['system']} for a store on {url.get_backend_name()}; expected the same. "
            "Set $TRIAGE_STORE to one of that system."
        )
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    models.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=models.parent, prefix=".restore-") as name:
        folder = Path(name)
        unpack(path, key, folder)
        _check(folder, facts, key)
        (folder / MODELS).mkdir(exist_ok=True)
        if facts["system"] == "sqlite":
            database = Path(url.database or "")
            with unused_sqlite(database):
                _put_store(folder / STORE, database, stamp, replace)
                _put_aside(models, stamp)
                (folder / MODELS).rename(models)
        else:
            _fill(store_url, folder / TABLES, facts["revision"], models, key, path, stamp, replace)
            _put_aside(models, stamp)
            (folder / MODELS).rename(models)
    open_store(store_url).close()  # Brings the tables of an older version up to date.
    return _backup(facts, path.stat().st_size)


def _models(models: Path, draft: Path, key: bytes) -> dict[str, Path]:
    """Name the registry and all bundles; the champions are verified, so that a broken one is noticed now."""
    files: dict[str, Path] = {}
    registry = Registry(models)
    if not registry.path.exists():
        return files
    shutil.copy2(registry.path, draft / REGISTRY)
    files[f"{MODELS}/{REGISTRY}"] = draft / REGISTRY
    for workspace in registry.workspaces():
        champion = registry.pointers(workspace).champion
        if champion is not None:
            verify_bundle(registry.folder(workspace, champion), key)
        for version in registry.versions(workspace):
            folder = registry.folder(workspace, version)
            for one in sorted(folder.rglob("*")):
                if one.is_file():
                    files[f"{MODELS}/{workspace}/{version}/{one.relative_to(folder).as_posix()}"] = one
    return files


def _check(folder: Path, facts: Mapping[str, Any], key: bytes) -> None:
    if not known_revision(facts["revision"]):
        raise BackupError(
            f"Got a backup of a newer version (tables at {facts['revision']}); expected one that this one "
            "knows. Update triage first."
        )
    if facts["system"] == "sqlite":
        found = check_sqlite(folder / STORE, facts["rows"])
        if found != facts["revision"]:
            raise BackupError("Got a backup that says another version than its database; take another one.")
    registry = Registry(folder / MODELS)
    for workspace in registry.workspaces():
        champion = registry.pointers(workspace).champion
        if champion is not None:
            try:
                verify_bundle(registry.folder(workspace, champion), key)
            except BundleError as error:
                raise BackupError(f"Got a backup whose model {champion!r} cannot be used: {error}") from None


def _put_store(source: Path, database: Path, stamp: str, replace: bool) -> None:
    if database.exists() and not replace:
        raise ConflictError(
            f"Got a restore into {database}, which exists; expected no store there, or --replace, which puts "
            "it aside."
        )
    for suffix in ("", "-wal", "-shm"):
        stands = database.with_name(database.name + suffix)
        if stands.exists():
            stands.rename(database.with_name(f"{database.name}.before-{stamp}{suffix}"))
    # Over file systems: first beside the target, then in one step.
    beside = database.with_name(f".{database.name}.restored")
    shutil.move(source, beside)
    beside.chmod(0o600)
    beside.rename(database)


def _put_aside(models: Path, stamp: str) -> None:
    if models.exists():
        models.rename(models.with_name(f"{models.name}.before-{stamp}"))


def _fill(
    store_url: str,
    tables: Path,
    revision: str,
    models: Path,
    key: bytes,
    path: Path,
    stamp: str,
    replace: bool,
) -> None:
    store = open_store(store_url, migrate=False)
    try:
        if replace and store.revision() is not None:
            write_backup(store, models, key, path.with_name(f"{path.name}.before-{stamp}"))
        load_tables(store, tables, revision, replace=replace)
    finally:
        store.close()


def _backup(facts: Mapping[str, Any], size: int) -> Backup:
    return Backup(
        datetime.fromisoformat(facts["created_at"]),
        facts["system"],
        facts["revision"],
        facts["rows"],
        tuple(facts["bundles"]),
        facts["heads"],
        size,
        tuple(facts.get("sealed_by", ())),
    )
