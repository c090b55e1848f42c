"""The model versions of a workspace and what their signed manifests say. Loads no model."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from triage.bundle import Manifest, read_manifest
from triage.erasure import Erased
from triage.errors import BundleError, NotFoundError
from triage.learnt_from import ModelErasures, erasures_of
from triage.registry import Pointers, Registry

__all__ = ["ModelFacts", "find_model", "list_models", "read_card", "role_of"]

CARD = "card.html"


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """One version, its role, its manifest (None where the signature does not hold), and what was erased.

    ``erasures`` is None where the signature does not hold either.
    """

    version: str
    role: str
    manifest: Manifest | None
    erasures: ModelErasures | None = None


def list_models(registry: Registry, key: bytes, workspace: str, ledger: Sequence[Erased]) -> list[ModelFacts]:
    """Return all versions whose bundles stand in the workspace's folder; ``ledger`` tells what was erased."""
    pointers = registry.pointers(workspace)
    return [
        _facts(registry, key, workspace, version, pointers, ledger)
        for version in registry.versions(workspace)
    ]


def find_model(
    registry: Registry, key: bytes, workspace: str, version: str, ledger: Sequence[Erased]
) -> ModelFacts:
    """Return one version; ``ledger`` tells what was erased.

    Raises
    ------
    NotFoundError
        If the workspace has none of that name.
    """
    registry.folder(workspace, version)
    return _facts(registry, key, workspace, version, registry.pointers(workspace), ledger)


def read_card(registry: Registry, key: bytes, workspace: str, version: str) -> str:
    """Return a version's model card, the bytes that were signed.

    Raises
    ------
    NotFoundError
        If there is no such version, or it has no card.
    BundleError
        If the card or the manifest is not as it was signed.
    """
    folder = registry.folder(workspace, version)
    signed = read_manifest(folder, key).files.get(CARD)
    if signed is None or not (folder / CARD).is_file():
        raise NotFoundError(f"Got model version {version!r}, which has no card; train again to get one.")
    content = (folder / CARD).read_bytes()
    if hashlib.sha256(content).hexdigest() != signed["sha256"]:
        raise BundleError(
            f"Got a card of model version {version!r} that was changed after signing; "
            "restore the bundle from a backup."
        )
    return content.decode()


def _facts(
    registry: Registry,
    key: bytes,
    workspace: str,
    version: str,
    pointers: Pointers,
    ledger: Sequence[Erased],
) -> ModelFacts:
    folder, role = registry.folder(workspace, version), role_of(version, pointers)
    try:
        manifest = read_manifest(folder, key)
        return ModelFacts(version, role, manifest, erasures_of(folder, manifest, ledger))
    except BundleError:
        return ModelFacts(version, role, None)


def role_of(version: str, pointers: Pointers) -> str:
    """Return what a version is in its workspace: champion, challenger, previous or none."""
    if version == pointers.champion:
        return "champion"
    if version == pointers.challenger:
        return "challenger"
    return "previous" if version in pointers.previous else "none"
