"""Which models of a workspace learnt from tickets that were erased since. Loads no model."""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from triage.bundle import LEARNT_FROM, Manifest, read_manifest
from triage.erasure import Erased, ErasedKind, find_erased
from triage.errors import BundleError, SignatureError
from triage.registry import Registry

__all__ = ["ModelErasures", "erasures_of", "model_erasures", "read_learnt"]


@dataclass(frozen=True, slots=True)
class ModelErasures:
    """What one model knows of erased tickets.

    Parameters
    ----------
    version : str
        The model.
    erased : int or None
        Entries of the ledger (tickets, and requesters) that it learnt from; None where it does not say what
        it learnt from, being older than the ledger, and something was erased since it was made.
    since : datetime or None
        When the first of them was erased; None where there are none.
    """

    version: str
    erased: int | None
    since: datetime | None

    @property
    def is_clean(self) -> bool:
        """Whether it knows nothing of any."""
        return self.since is None

    def retrain_by(self, days: int) -> datetime | None:
        """Return by when another model must have taken its place; None where it is clean."""
        return None if self.since is None else self.since + timedelta(days=days)


def read_learnt(folder: Path, manifest: Manifest) -> np.ndarray | None:
    """Return the pseudonyms of what a bundle learnt from, None where it does not say.

    Raises
    ------
    SignatureError
        If they are not as they were signed.
    """
    signed = manifest.files.get(LEARNT_FROM)
    if signed is None:
        return None
    content = (folder / LEARNT_FROM).read_bytes() if (folder / LEARNT_FROM).is_file() else b""
    if hashlib.sha256(content).hexdigest() != signed["sha256"]:
        raise SignatureError(
            f"Got changed bytes in {folder / LEARNT_FROM}; expected the bundle exactly as trained. "
            "Restore it from a backup, or train again."
        )
    learnt: np.ndarray = np.load(io.BytesIO(content), allow_pickle=False)
    return learnt


def model_erasures(
    registry: Registry, key: bytes, workspace: str, ledger: Sequence[Erased]
) -> dict[str, ModelErasures]:
    """Return by version what the models of a workspace know of erased tickets.

    A version whose signature does not hold is left out: it is loaded by nobody.
    """
    found = {}
    for version in registry.versions(workspace):
        folder = registry.folder(workspace, version)
        try:
            found[version] = erasures_of(folder, read_manifest(folder, key), ledger)
        except BundleError:
            continue
    return found


def erasures_of(folder: Path, manifest: Manifest, ledger: Sequence[Erased]) -> ModelErasures:
    """Return what one model knows of erased tickets.

    Raises
    ------
    SignatureError
        If what it says of that is not as it was signed.
    """
    named = [one for one in ledger if one.kind is not ErasedKind.TEXT]
    if not named:
        return ModelErasures(manifest.version, 0, None)
    learnt = read_learnt(folder, manifest)
    if learnt is None:
        later = [one.erased_at for one in named if one.erased_at >= manifest.created_at]
        return ModelErasures(manifest.version, None if later else 0, min(later, default=None))
    known = find_erased(learnt, named)
    since = min((one.erased_at for one in known), default=None)
    return ModelErasures(manifest.version, len(known), since)
