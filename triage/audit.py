"""The audit log's chain: each entry is sealed together with the seal of the one before it.

An entry that is changed, taken out, put in or moved breaks the chain from there on, for whoever has the
key. That the newest entries were cut off no chain can show: for that, its head is kept elsewhere as an
:class:`Anchor`. Knows no store; holds no ticket text and no secret.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from triage.errors import InputError

__all__ = ["GENESIS", "Anchor", "AuditEntry", "ChainedEntry", "audit_key", "digest", "find_break", "seal"]

GENESIS = "0" * 64
"""What stands for the seal before the first entry."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that somebody did.

    Parameters
    ----------
    at : datetime
        When, with a zone.
    actor : str
        Who: ``key:<id>``, ``user:<name>``, ``oidc:<name>``, ``command:<login>`` or ``worker``.
    role : str
        As what they did it.
    action : str
        The operation's id, or the command in the same words (``replace_policy``, ``create_user``).
    object : str or None, default=None
        What it was done to: ``decision/<id>``, ``policy``, ``model/<version>``.
    on_behalf_of : str or None, default=None
        The person whom a program named as the one who did it.
    before_hash, after_hash : str or None, default=None
        SHA-256 of the object's document before and after.
    model_version : str or None, default=None
        The model that decided.
    request_id, address : str or None, default=None
        Of the request, where there was one.
    facts : Mapping, default={}
        A few plain facts: a version, a role, a count. No text of tickets.
    """

    at: datetime
    actor: str
    role: str
    action: str
    object: str | None = None
    on_behalf_of: str | None = None
    before_hash: str | None = None
    after_hash: str | None = None
    model_version: str | None = None
    request_id: str | None = None
    address: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChainedEntry:
    """An entry in its place: number ``seq`` from 1 in its workspace, with both seals."""

    workspace: str
    seq: int
    entry: AuditEntry
    prev_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """How far a workspace's log went at a moment; kept where whoever can change the log cannot."""

    at: datetime
    workspace: str
    seq: int
    hash: str

    def to_line(self) -> str:
        """Return one line of JSON."""
        return json.dumps(
            {"at": self.at.isoformat(), "workspace": self.workspace, "seq": self.seq, "hash": self.hash}
        )

    @classmethod
    def from_line(cls, line: str) -> "Anchor":
        """Read one line of JSON.

        Raises
        ------
        InputError
            If it is no anchor.
        """
        try:
            told = json.loads(line)
            moment = datetime.fromisoformat(told["at"])
            return cls(moment, str(told["workspace"]), int(told["seq"]), str(told["hash"]))
        except (ValueError, KeyError, TypeError):
            raise InputError(
                "Got a line that is no anchor; expected one that `triage audit anchor` or the server wrote."
            ) from None


def audit_key(signing_key: bytes) -> bytes:
    """Return the key of the log: the signing key's own, so that a seal of one is none of the other."""
    return hmac.new(signing_key, b"audit log", hashlib.sha256).digest()


def digest(document: Any) -> str:
    """Return the SHA-256 of a JSON document in one form: sorted names, no spaces, ASCII."""
    return hashlib.sha256(_canonical(document)).hexdigest()


def seal(key: bytes, workspace: str, seq: int, prev_hash: str, entry: AuditEntry) -> str:
    """Return HMAC-SHA256 (RFC 2104) over the seal before and the entry, in hex."""
    content = {name: getattr(entry, name) for name in AuditEntry.__slots__}
    content |= {"at": entry.at.astimezone(UTC).isoformat(), "facts": dict(entry.facts)}
    content |= {"workspace": workspace, "seq": seq}
    return hmac.new(key, prev_hash.encode() + _canonical(content), hashlib.sha256).hexdigest()


def find_break(
    key: bytes, entries: Iterable[ChainedEntry], prev_hash: str = GENESIS, seq: int = 0
) -> str | None:
    """Look for the first entry of one workspace that does not continue the chain.

    Parameters
    ----------
    key : bytes
        See :func:`audit_key`.
    entries : iterable of ChainedEntry
        In the order of ``seq``.
    prev_hash, seq
        Where the chain stood before them.

    Returns
    -------
    str or None
        What is wrong, in a sentence; None when all of them hold.
    """
    for one in entries:
        if one.seq != seq + 1:
            return f"Entry {seq + 1} is missing: after {seq} comes {one.seq}."
        if one.prev_hash != prev_hash:
            return f"Entry {one.seq} does not continue entry {seq}: one of them was exchanged."
        if not hmac.compare_digest(seal(key, one.workspace, one.seq, prev_hash, one.entry), one.hash):
            return f"Entry {one.seq} is not what was written, or was written with another signing key."
        prev_hash, seq = one.hash, one.seq
    return None


def _canonical(document: Any) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
