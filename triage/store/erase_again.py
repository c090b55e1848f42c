"""Erasing once more what a ledger says was erased: after a restore that brought it back."""

from collections.abc import Callable, Sequence

from triage.erasure import Erased, ErasedKind, ErasureKeys, erased_by
from triage.store.database import Store
from triage.store.erase import erase
from triage.store.erasures import note_erased
from triage.store.revisions import Kind, take_revision
from triage.store.tickets import iter_past_tickets
from triage.ticket import Ticket

__all__ = ["erase_again"]

BATCH = 200


def erase_again(
    store: Store,
    workspace: str,
    ledger: Sequence[Erased],
    *,
    keys: ErasureKeys,
    text_key: Callable[[Ticket], str],
) -> int:
    """Erase the stored tickets of which a ledger knows, and keep the ledger; return how many there were.

    Parameters
    ----------
    store, workspace
        Where.
    ledger : sequence of Erased
        As it was before the restore, see :func:`triage.store.erasures.ledger_of`.
    keys, text_key
        As for :func:`triage.store.erase.erase`.
    """
    named = [one for one in ledger if one.kind is not ErasedKind.TEXT]
    if not named:
        return 0
    with store.writing(workspace) as connection:
        revision = take_revision(connection, workspace, Kind.ERASURES)
        kept = [Erased(one.kind, one.key, one.erasure_id, one.erased_at, revision) for one in ledger]
        note_erased(connection, workspace, kept)
    back: list[str] = []
    for chunk in iter_past_tickets(store, workspace):
        back += sorted(erased_by(named, [past.ticket for past in chunk], keys))
    for at in range(0, len(back), BATCH):
        erase(store, workspace, keys=keys, text_key=text_key, ticket_ids=back[at : at + BATCH])
    return len(back)
