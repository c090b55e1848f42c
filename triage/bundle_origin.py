"""Whose history a bundle learnt, and whether it may answer in a workspace. Opens none and moves no pointer.

A bundle carries labels, names of people and vectors of past tickets, so one customer's must not answer
another's by mistake. Bundles from before this was kept name no workspace, and are taken as they come.
"""

from triage.bundle import Manifest
from triage.errors import BundleError

__all__ = ["check_origin", "is_foreign"]


def is_foreign(manifest: Manifest, workspace: str) -> bool:
    """Tell whether a bundle names another workspace as the one whose history it learnt."""
    return manifest.workspace is not None and manifest.workspace != workspace


def check_origin(manifest: Manifest, workspace: str, accepted: str | None = None) -> None:
    """Refuse a bundle that learnt another workspace's history.

    Parameters
    ----------
    manifest : Manifest
        Of the bundle, its signature checked.
    workspace : str
        Where it shall answer.
    accepted : str, optional
        The workspace whose bundle somebody wants here, knowing what that means.

    Raises
    ------
    BundleError
        If it names another workspace than these two.
    """
    if not is_foreign(manifest, workspace) or manifest.workspace == accepted:
        return
    version, origin = manifest.version, manifest.workspace
    if accepted is not None:
        raise BundleError(
            f"Got model {version!r}, which learnt from workspace {origin!r}; expected one that learnt from "
            f"{accepted!r}, as --from-workspace says. Look at `triage models list -w {workspace}` again."
        )
    raise BundleError(
        f"Got model {version!r}, which learnt from the tickets of workspace {origin!r}, for workspace "
        f"{workspace!r}; expected one that learnt from its own. Train one with --workspace {workspace}. If "
        "that other workspace's labels and past tickets may be known here: triage models promote "
        f"{version} -w {workspace} --from-workspace {origin}"
    )
