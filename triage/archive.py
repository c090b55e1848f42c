"""One file that holds files, signed: what a backup is made of. Nothing in it is read before it is verified.

A plain tar: ``manifest.json`` with size and SHA-256 of every file, ``manifest.sig`` with its HMAC, then the
files. Knows nothing of what they hold.
"""

import hashlib
import io
import json
import os
import shutil
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from triage.errors import BackupError
from triage.signing import sign, verify

__all__ = ["read_facts", "unpack", "write_archive"]

FORMAT = 1
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
MOST_MANIFEST_BYTES = 64 * 2**20
CHUNK = 1 << 20
PURPOSE = b"triage backup\0"


def write_archive(target: Path, files: Mapping[str, Path], facts: Mapping[str, Any], key: bytes) -> int:
    """Write files and facts into one archive, readable by its owner alone; return its bytes.

    Parameters
    ----------
    target : Path
        Where to; must not exist. It appears whole or not at all.
    files : Mapping of str to Path
        By name within the archive.
    facts : Mapping
        What it says of itself; plain JSON.
    key : bytes
        Signs it.

    Raises
    ------
    BackupError
        If the target exists.
    """
    if target.exists():
        raise BackupError(f"Got {target}, which exists; expected a new file. Name another one.")
    sizes = {name: path.stat().st_size for name, path in files.items()}
    listed = {name: {"bytes": sizes[name], "sha256": _sha256(path)} for name, path in files.items()}
    manifest = json.dumps({"format": FORMAT, "facts": dict(facts), "files": listed}, sort_keys=True).encode()
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.partial")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            with tarfile.open(fileobj=file, mode="w|", format=tarfile.PAX_FORMAT) as archive:
                _add(archive, MANIFEST, io.BytesIO(manifest), len(manifest))
                signature = sign(key, PURPOSE + manifest).encode()
                _add(archive, SIGNATURE, io.BytesIO(signature), len(signature))
                for name, path in files.items():
                    with path.open("rb") as source:
                        _add(archive, name, source, sizes[name])
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, target)
    except FileExistsError:
        raise BackupError(f"Got {target}, which exists by now; expected a new file.") from None
    finally:
        draft.unlink(missing_ok=True)
    return target.stat().st_size


def read_facts(path: Path, key: bytes) -> dict[str, Any]:
    """Return what an archive says of itself, after its signature was verified.

    Raises
    ------
    BackupError
        If it is no archive of ours, or another key signed it.
    """
    with _opened(path) as archive:
        return dict(_manifest(archive, key)["facts"])


def unpack(path: Path, key: bytes, folder: Path) -> dict[str, Any]:
    """Verify an archive and write its files into a folder; return what it says of itself.

    Raises
    ------
    BackupError
        If anything about it is not as it was written; the folder is then of no use.
    """
    with _opened(path) as archive:
        manifest = _manifest(archive, key)
        wanted = dict(manifest["files"])
        total = sum(int(one["bytes"]) for one in wanted.values())
        free = shutil.disk_usage(folder).free
        if total > free:
            raise BackupError(
                f"Got a backup of {total:,} bytes and {free:,} free ones in {folder}; expected more room."
            )
        try:
            while (member := archive.next()) is not None:
                told = wanted.pop(member.name, None)
                source = archive.extractfile(member) if member.isreg() else None
                if told is None or source is None or member.size != told["bytes"]:
                    raise _damaged(path)
                _write(source, _inside(folder, member.name, path), told["sha256"], path)
        except (tarfile.TarError, EOFError, OSError) as error:
            raise _damaged(path) from error
    if wanted:
        raise _damaged(path)
    return dict(manifest["facts"])


def _manifest(archive: tarfile.TarFile, key: bytes) -> dict[str, Any]:
    path = Path(str(archive.name or "the backup"))
    content = _first(archive, MANIFEST, path)
    signature = _first(archive, SIGNATURE, path).decode("ascii", "replace")
    if not verify(key, PURPOSE + content, signature):
        raise BackupError(
            f"Got {path}, which was not signed by this installation's key, or was changed; expected a backup "
            "of its own. To restore elsewhere, set $TRIAGE_SIGNING_KEY to the key of where it was made."
        )
    manifest: dict[str, Any] = json.loads(content)
    if manifest.get("format") != FORMAT:
        raise BackupError(
            f"Got a backup of format {manifest.get('format')}; expected {FORMAT}. Update triage."
        )
    return manifest


def _first(archive: tarfile.TarFile, name: str, path: Path) -> bytes:
    try:
        member = archive.next()
        if member is None or member.name != name or not member.isreg() or member.size > MOST_MANIFEST_BYTES:
            raise BackupError(f"Got {path}, which is no backup; expected a file that `triage backup` wrote.")
        source = archive.extractfile(member)
        return source.read() if source is not None else b""
    except (tarfile.TarError, EOFError) as error:
        raise _damaged(path) from error


class _opened:
    """Opens an archive as a stream: nothing is looked up, so nothing is read twice or out of order."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> tarfile.TarFile:
        try:
            self._archive = tarfile.open(self.path, mode="r|")
        except (tarfile.TarError, OSError, EOFError) as error:
            raise BackupError(
                f"Got {self.path}, which cannot be read as a backup ({type(error).__name__}); expected a "
                "file that `triage backup` wrote."
            ) from None
        return self._archive

    def __exit__(self, *_: object) -> None:
        self._archive.close()


def _inside(folder: Path, name: str, path: Path) -> Path:
    parts = PurePosixPath(name)
    if parts.is_absolute() or ".." in parts.parts or not parts.parts:
        raise _damaged(path)
    target = folder / parts
    target.parent.mkdir(parents=True, exist_ok=True)
    return target


def _write(source: Any, target: Path, sha256: str, path: Path) -> None:
    digest = hashlib.sha256()
    with target.open("wb") as file:
        for chunk in _chunks(source):
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    if digest.hexdigest() != sha256:
        raise _damaged(path)


def _add(archive: tarfile.TarFile, name: str, source: Any, size: int) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    archive.addfile(member, source)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for chunk in _chunks(file):
            digest.update(chunk)
    return digest.hexdigest()


def _chunks(source: Any) -> Iterator[bytes]:
    while chunk := source.read(CHUNK):
        yield chunk


def _damaged(path: Path) -> BackupError:
    return BackupError(
        f"Got {path}, which is damaged: not every byte is as it was written. Nothing was changed; take "
        "another backup."
    )
