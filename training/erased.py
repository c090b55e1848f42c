"""Erased tickets left out of what is learnt from and taken in: the ledger knows them in any old export."""

from collections.abc import Sequence
from typing import TypeVar

from triage.erasure import ErasureKeys, erased_by
from triage.helping.reply import Reply
from triage.home import store_url
from triage.knowledge import ArticleLink
from triage.signing import signing_key
from triage.store import Store
from triage.store.erasures import erased_among, erasure_revision, ledger_of
from triage.ticket import PastTicket, Ticket

__all__ = ["without_erased", "without_erased_here"]

Row = TypeVar("Row")


def without_erased(rows: Sequence[Row], store: Store, workspace: str, key: bytes | None = None) -> list[Row]:
    """Return those rows of a table that do not tell of an erased ticket.

    Parameters
    ----------
    rows : sequence
        Past tickets, links, replies; rows of other tables tell of none.
    store, workspace
        Whose ledger.
    key : bytes, optional
        The signing key; by default this installation's, which is read where something was erased only.
    """
    told = [_ticket_of(one) for one in rows]
    if not any(told) or erasure_revision(store, workspace) == 0:
        return list(rows)
    keys = ErasureKeys(signing_key() if key is None else key)
    gone = erased_among(store, workspace, [one for one in told if one is not None], keys)
    return [row for row, one in zip(rows, told, strict=True) if one is None or one.ticket_id not in gone]


def without_erased_here(tickets: Sequence[PastTicket], workspace: str, key: bytes) -> list[PastTicket]:
    """Return those tickets of a file that were not erased, as far as this installation's store tells.

    Parameters
    ----------
    tickets : sequence of PastTicket
        Of a file.
    workspace : str
        Whose ledger.
    key : bytes
        The signing key.
    """
    ledger = ledger_of(store_url(), workspace)
    if not ledger:
        return list(tickets)
    gone = erased_by(ledger, (past.ticket for past in tickets), ErasureKeys(key))
    return [past for past in tickets if past.ticket.ticket_id not in gone]


def _ticket_of(row: object) -> Ticket | None:
    if isinstance(row, PastTicket):
        return row.ticket
    return Ticket(row.ticket_id) if isinstance(row, Reply | ArticleLink) else None
