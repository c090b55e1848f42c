"""Erasing somebody's tickets: pseudonyms of what was erased, and of what a model learnt from.

A ledger has to know an erased ticket again, in an old export or in a model, without saying whose it was. So
it keeps keyed hashes: without the installation's key nobody can even try names out. Knows no store.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import numpy as np

from triage.ticket import Ticket

__all__ = ["Erased", "ErasedKind", "Erasure", "ErasureKeys", "erased_by", "find_erased", "pseudonyms_of"]

KEY_BYTES = 16
"""Of an HMAC-SHA256: by chance no two of a billion tickets share it."""

LEARNT = np.dtype([("key", f"V{KEY_BYTES}"), ("first_at", "<f8")])
"""What is kept of a training ticket: pseudonym, and POSIX time of filing, of the first one of several; minus
infinity where it is unknown."""


class ErasedKind(StrEnum):
    """What an entry of the ledger stands for."""

    TICKET = "ticket"
    """A ticket, by its id."""
    REQUESTER = "requester"
    """All tickets that somebody filed before."""
    TEXT = "text"
    """A text, by the hash under which caches of embeddings know it."""


@dataclass(frozen=True, slots=True)
class Erased:
    """One entry of the ledger; ``key`` is a pseudonym, ``revision`` counts the erasures of the workspace."""

    kind: ErasedKind
    key: str
    erasure_id: str
    erased_at: datetime
    revision: int


@dataclass(frozen=True, slots=True)
class Erasure:
    """What one erasure came to.

    Parameters
    ----------
    erasure_id : str
        Names it, in the audit log too.
    erased_at : datetime
        When.
    tickets : int
        Stored tickets that are gone.
    rows : Mapping of str to int
        Rows removed by table, and changed ones under ``<table>, changed``; tables without any are left out.
    texts : tuple of str
        Hashes under which caches of embeddings know the texts.
    """

    erasure_id: str
    erased_at: datetime
    tickets: int
    rows: Mapping[str, int] = field(default_factory=dict)
    texts: tuple[str, ...] = ()


class ErasureKeys:
    """Makes pseudonyms.

    Parameters
    ----------
    signing_key : bytes
        Of the installation, see :func:`triage.signing.signing_key`: pseudonyms of two installations differ.

    Examples
    --------
    >>> keys = ErasureKeys(b"k" * 32)
    >>> keys.requester("Ada@Example.org ") == keys.requester("ada@example.org") != keys.requester("bob")
    True
    """

    def __init__(self, signing_key: bytes) -> None:
        self._key = hmac.new(signing_key, b"erasures", hashlib.sha256).digest()

    def ticket(self, ticket_id: str) -> str:
        """Return the pseudonym of a ticket, 32 hex digits."""
        return self._name(ErasedKind.TICKET, ticket_id)

    def requester(self, requester: str) -> str:
        """Return the pseudonym of a requester, whatever the case and the spaces around."""
        return self._name(ErasedKind.REQUESTER, requester.strip().casefold())

    def _name(self, kind: ErasedKind, value: str) -> str:
        content = f"{kind.value}\0{value}".encode("utf-8", "surrogatepass")
        return hmac.new(self._key, content, hashlib.sha256).digest()[:KEY_BYTES].hex()


def pseudonyms_of(tickets: Iterable[Ticket], keys: ErasureKeys) -> np.ndarray:
    """Return what a model keeps of the tickets that it learnt from, to know later whether one was erased.

    Parameters
    ----------
    tickets : iterable of Ticket
        All that it learnt from.
    keys : ErasureKeys
        Of the installation.

    Returns
    -------
    ndarray of shape (n,), dtype :data:`LEARNT`
        One row for each id and each requester, ordered by pseudonym.
    """
    first: dict[str, float] = {}
    for ticket in tickets:
        at = float("-inf") if ticket.created_at is None else ticket.created_at.timestamp()
        names = [keys.ticket(ticket.ticket_id)] if ticket.ticket_id else []
        if ticket.requester:
            names.append(keys.requester(ticket.requester))
        for name in names:
            first[name] = min(first.get(name, at), at)
    return np.array([(bytes.fromhex(name), at) for name, at in sorted(first.items())], dtype=LEARNT)


def erased_by(ledger: Iterable[Erased], tickets: Iterable[Ticket], keys: ErasureKeys) -> set[str]:
    """Return the ids of those tickets that a ledger says were erased.

    Parameters
    ----------
    ledger : iterable of Erased
        Entries of any kind.
    tickets : iterable of Ticket
        As filed. Of an erased requester's those are meant that were filed before, or at an unknown time.
    keys : ErasureKeys
        Of the installation that wrote the ledger.
    """
    entries = list(ledger)
    gone = {one.key for one in entries if one.kind is ErasedKind.TICKET}
    left = {one.key: one.erased_at for one in entries if one.kind is ErasedKind.REQUESTER}
    found = set()
    for ticket in tickets:
        at = left.get(keys.requester(ticket.requester)) if left and ticket.requester else None
        is_before = at is not None and (ticket.created_at is None or ticket.created_at <= at)
        if is_before or (gone and keys.ticket(ticket.ticket_id) in gone):
            found.add(ticket.ticket_id)
    return found


def find_erased(learnt: np.ndarray, ledger: Iterable[Erased]) -> list[Erased]:
    """Return the entries of a ledger of which a model knows something.

    A requester counts where the model knows a ticket that was filed before the erasure: whoever was erased
    may have filed others since.

    Parameters
    ----------
    learnt : ndarray of dtype :data:`LEARNT`
        From :func:`pseudonyms_of`.
    ledger : iterable of Erased
        Entries of any kind; texts are passed over.
    """
    first_at = {row["key"].tobytes().hex(): float(row["first_at"]) for row in learnt}
    found = []
    for one in ledger:
        at = first_at.get(one.key)
        if at is None or one.kind is ErasedKind.TEXT:
            continue
        if one.kind is ErasedKind.TICKET or at <= one.erased_at.timestamp():
            found.append(one)
    return found
