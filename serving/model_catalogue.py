"""The model versions of a workspace and what their signed manifests say. Loads no model."""

import hashlib
from dataclasses import dataclass

from triage.bundle import Manifest, read_manifest
from triage.errors import BundleError, NotFoundError
from triage.registry import Pointers, Registry

__all__ = ["ModelFacts", "find_model", "list_models", "read_card"]

CARD = "card.html"


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """One version, its role, and its manifest; None where the signature does not hold."""

    version: str
    role: str
    manifest: Manifest | None


def list_models(registry: Registry, key: bytes, workspace: str) -> list[ModelFacts]:
    """Return all versions whose bundles stand in the workspace's folder."""
    pointers = registry.pointers(workspace)
    return [_facts(registry, key, workspace, version, pointers) for version in registry.versions(workspace)]


def find_model(registry: Registry, key: bytes, workspace: str, version: str) -> ModelFacts:
    """Return one version.

    Raises
    ------
    NotFoundError
        If the workspace has none of that name.
    """
    registry.folder(workspace, version)
    return _facts(registry, key, workspace, version, registry.pointers(workspace))


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


def _facts(registry: Registry, key: bytes, workspace: str, version: str, pointers: Pointers) -> ModelFacts:
    try:
        manifest = read_manifest(registry.folder(workspace, version), key)
    except BundleError:
        manifest = None
    return ModelFacts(version, _role(version, pointers), manifest)


def _role(version: str, pointers: Pointers) -> str:
    if version == pointers.champion:
        return "champion"
    if version == pointers.challenger:
        return "challenger"
    return "previous" if version in pointers.previous else "none"
