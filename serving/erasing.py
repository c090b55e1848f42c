"""Erasing somebody's tickets, as routes and commands do it."""

from collections.abc import Sequence

from features.forgotten_texts import ticket_key
from serving.model_catalogue import role_of
from serving.schemas.erasures import ErasureOut
from triage.erasure import ErasureKeys
from triage.learnt_from import model_erasures
from triage.registry import Registry
from triage.store import Store
from triage.store.erase import erase
from triage.store.erasures import erased_after
from triage.store.policies import read_policy

__all__ = ["erase_and_tell"]


def erase_and_tell(
    store: Store,
    registry: Registry,
    signing_key: bytes,
    workspace: str,
    *,
    ticket_ids: Sequence[str] = (),
    requester: str | None = None,
) -> ErasureOut:
    """Erase from the store, in this thread's transaction, and tell which models learnt from it.

    The caches of all machines follow the ledger (:func:`features.forgotten_texts.forget_here`).

    Parameters
    ----------
    store, workspace
        Where.
    registry : Registry
        Knows the models.
    signing_key : bytes
        Of the installation.
    ticket_ids, requester
        What, as for :func:`triage.store.erase.erase`.
    """
    done = erase(
        store,
        workspace,
        keys=ErasureKeys(signing_key),
        text_key=ticket_key,
        ticket_ids=ticket_ids,
        requester=requester,
    )
    mine = [one for one in erased_after(store, workspace) if one.erasure_id == done.erasure_id]
    known = model_erasures(registry, signing_key, workspace, mine)
    pointers = registry.pointers(workspace)
    roles = {version: role_of(version, pointers) for version in known}
    days = read_policy(store, workspace).policy.privacy.retrain_days
    return ErasureOut.of(done, known.values(), roles, days)
