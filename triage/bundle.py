"""The bundle: one model version in one folder, verified byte for byte before anything is loaded.

``manifest.json`` lists every file with its size and SHA-256 and all that was learnt about the model;
``manifest.sig`` is its HMAC. ``model.joblib`` holds the estimators, ``encoder/`` the sentence encoder,
``knowledge.joblib`` articles and links of training time if there were any, ``affinity.joblib`` what was
learnt of who handles what, ``card.html`` the model card, ``learnt_from.npy`` pseudonyms of the tickets that
it learnt from.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import joblib

from triage.errors import BundleError, ConfigurationError, IncompatibleBundleError, SignatureError
from triage.folder_swap import put_in_place
from triage.ports import BundledSuggester, Model
from triage.signing import sign, verify
from triage.taxonomy import Taxonomy

__all__ = ["FAST", "FORMAT", "FULL", "TIERS", "Bundle", "Manifest", "read_manifest", "seal", "verify_bundle"]

FORMAT = 1
MANIFEST, SIGNATURE, MODEL, KNOWLEDGE = "manifest.json", "manifest.sig", "model.joblib", "knowledge.joblib"
AFFINITY, DUPLICATES, LEARNT_FROM = "affinity.joblib", "duplicates.joblib", "learnt_from.npy"
MAX_MANIFEST_BYTES = 16 * 2**20
FULL, FAST = "full", "fast"
TIERS = (FULL, FAST)
"""Which of a model's views decide: all of them, or the cheap ones where these are sure."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a bundle says of itself.

    Parameters
    ----------
    version : str
        Names this model for ever.
    created_at : datetime
        When training ended.
    fields : Mapping of str to Mapping
        By field: ``level``, ``labels`` (count), ``target_precision``, ``metrics`` on held-out time.
    taxonomy : Taxonomy
        The labels it was trained on.
    feature_version : int
        Version of the code in ``features`` that its numbers need.
    data_hash : str
        SHA-256 over the training history.
    training : Mapping
        Row counts, periods, seed, configuration, package versions, encoder fingerprint.
    files : Mapping of str to Mapping
        By path inside the folder: ``sha256`` and ``bytes``. Filled in by :func:`seal`.
    format : int
        Version of this layout.
    cost : Mapping of str to float
        ``seconds``, ``processor_seconds`` and ``peak_memory_bytes`` of the training; empty if unknown.
    workspace : str, optional
        Whose history it learnt; None where nobody said, as in bundles from before this was kept.
    """

    version: str
    created_at: datetime
    fields: Mapping[str, Mapping[str, Any]]
    taxonomy: Taxonomy
    feature_version: int
    data_hash: str
    training: Mapping[str, Any]
    files: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    format: int = FORMAT
    cost: Mapping[str, float] = field(default_factory=dict)
    workspace: str | None = None

    def to_bytes(self) -> bytes:
        """Return the JSON that is signed."""
        document = asdict(self) | {
            "created_at": self.created_at.isoformat(),
            "taxonomy": self.taxonomy.to_document() | {"version": self.taxonomy.version},
        }
        return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> "Manifest":
        """Read the JSON; to be called on verified bytes only."""
        document = json.loads(content)
        if document.get("format") != FORMAT:
            raise IncompatibleBundleError(
                f"Got a bundle of format {document.get('format')!r}; this version reads format {FORMAT}. "
                "Train it again with this version."
            )
        taxonomy = Taxonomy.from_document(document.pop("taxonomy"))
        created_at = datetime.fromisoformat(document.pop("created_at"))
        return cls(taxonomy=taxonomy, created_at=created_at, **document)


@dataclass(frozen=True, slots=True)
class Bundle:
    """A verified, loaded model version.

    ``suggester`` is None when it was trained without articles, ``affinity`` (a
    ``features.affinity.model.AffinityModel``) when the history did not say who handled its tickets,
    ``duplicates`` (a ``features.duplicates.model.DuplicateModel``) when it had too few links between them.
    """

    folder: Path
    manifest: Manifest
    model: Model
    suggester: BundledSuggester | None = None
    affinity: Any = None
    duplicates: Any = None

    @property
    def version(self) -> str:
        """The model version."""
        return self.manifest.version

    def tier(self, name: str) -> Model:
        """Return the model as a tier answers: ``full``, or ``fast`` where it can.

        Raises
        ------
        ConfigurationError
            If there is no such tier, or the bundle has no fast one.
        """
        if name not in TIERS:
            raise ConfigurationError(f"Got the tier {name!r}; expected one of {', '.join(TIERS)}.")
        if name == FULL:
            return self.model
        if self.model.fast is None:
            raise ConfigurationError(
                f"Got the bundle {self.version} without a fast tier; expected one that this version trained "
                "with enough held-out tickets for each field. Train it again, or use the full tier."
            )
        return self.model.fast

    @classmethod
    def load(cls, folder: Path, key: bytes, *, threads: int = 1) -> "Bundle":
        """Verify a bundle, then load it; arrays are mapped from the file, not copied.

        Parameters
        ----------
        folder : Path
            The bundle's folder.
        key : bytes
            The signing key, see :func:`triage.signing.signing_key`.
        threads : int, default=1
            Threads of the sentence encoder.

        Raises
        ------
        SignatureError
            If any byte is not the one that was signed, or a file was added or is missing.
        IncompatibleBundleError
            If this version cannot read the format.
        """
        manifest = verify_bundle(folder, key)
        model: Model = joblib.load(folder / MODEL, mmap_mode="r")
        model.open(folder, threads=threads)
        suggester: BundledSuggester | None = None
        if KNOWLEDGE in manifest.files:
            suggester = joblib.load(folder / KNOWLEDGE, mmap_mode="r")
            suggester.open(model.encoder)
        affinity = joblib.load(folder / AFFINITY) if AFFINITY in manifest.files else None
        duplicates = joblib.load(folder / DUPLICATES) if DUPLICATES in manifest.files else None
        return cls(folder, manifest, model, suggester, affinity, duplicates)


def read_manifest(folder: Path, key: bytes) -> Manifest:
    """Read a manifest whose signature holds; its files are not looked at."""
    path = folder / MANIFEST
    if not path.is_file():
        raise BundleError(
            f"Got {_named(folder)}; expected a bundle folder with {MANIFEST} in it, as `triage train` writes."
        )
    if path.stat().st_size > MAX_MANIFEST_BYTES:
        raise BundleError(
            f"Got a manifest over {MAX_MANIFEST_BYTES} bytes in {_named(folder)}; it is not one of ours."
        )
    content = path.read_bytes()
    signature = folder / SIGNATURE
    if not signature.is_file() or not verify(key, content, signature.read_text("ascii", "replace").strip()):
        raise SignatureError(
            f"Got a bundle in {_named(folder)} that this machine's key did not sign; expected the key of the "
            "machine that trained it ($TRIAGE_SIGNING_KEY or signing.key in the home folder)."
        )
    return Manifest.from_bytes(content)


def verify_bundle(folder: Path, key: bytes) -> Manifest:
    """Check signature, file list, sizes and digests; nothing is unpickled.

    Raises
    ------
    SignatureError
        At the first thing that is not as it was signed.
    """
    manifest = read_manifest(folder, key)
    found = set(_files(folder))
    listed = set(manifest.files)
    for path in sorted(found ^ listed):
        what = "a file that was not signed" if path in found else "a signed file missing"
        raise SignatureError(
            f"Got {what} in {_named(folder)}: {path}; expected the bundle exactly as trained."
        )
    for path, facts in manifest.files.items():
        if (folder / path).stat().st_size != facts["bytes"] or _sha256(folder / path) != facts["sha256"]:
            raise SignatureError(
                f"Got changed bytes in {_named(folder)}/{path}; expected the bundle exactly as trained. "
                "Restore it from a backup, or train again."
            )
    return manifest


def seal(draft: Path, target: Path, manifest: Manifest, key: bytes) -> Manifest:
    """Sign a finished draft folder and move it into place in one step.

    Parameters
    ----------
    draft : Path
        Holds everything but the manifest; on the same file system as the target.
    target : Path
        Where the bundle shall stand; an existing bundle there is replaced, anything else refused.
    manifest : Manifest
        Without files.
    key : bytes
        The signing key.

    Returns
    -------
    Manifest
        With the files.
    """
    if target.exists() and any(target.iterdir()) and not (target / MANIFEST).is_file():
        raise BundleError(f"Got {target}, which holds something other than a bundle; name another folder.")
    facts = {
        path: {"sha256": _sha256(draft / path), "bytes": (draft / path).stat().st_size}
        for path in _files(draft)
    }
    sealed = Manifest(
        **{name: getattr(manifest, name) for name in Manifest.__slots__ if name != "files"}, files=facts
    )
    content = sealed.to_bytes()
    (draft / MANIFEST).write_bytes(content)
    (draft / SIGNATURE).write_text(sign(key, content) + "\n")
    for path in [*draft.rglob("*"), draft]:
        _sync(path)
    old = put_in_place(draft, target)
    _sync(target.parent)
    if old is not None:
        shutil.rmtree(old)
    return sealed


def _named(folder: Path) -> str:
    """Name the model, not the place: whoever is told over HTTP has no business with paths of the server."""
    return folder.name or str(folder)


def _files(folder: Path) -> list[str]:
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            raise SignatureError(f"Got a link in {_named(folder)}: {path.name}; expected plain files only.")
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in (MANIFEST, SIGNATURE):
            found.append(name)
    return found


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
