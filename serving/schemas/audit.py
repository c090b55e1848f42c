"""The audit log as the API and `triage audit` show it."""

from datetime import datetime
from typing import Any

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from serving.schemas.base import Output
from triage.audit import Anchor, ChainedEntry

__all__ = ["AuditEntryOut", "AuditOut", "HeadOut", "VerificationOut", "VerifiedOut"]

EXAMPLE: JsonDict = {
    "seq": 41,
    "at": "2026-03-02T09:30:00Z",
    "actor": "user:dana",
    "on_behalf_of": None,
    "role": "admin",
    "action": "replace_policy",
    "object": "policy",
    "before_hash": "5d1f" + "0" * 60,
    "after_hash": "90ab" + "0" * 60,
    "model_version": None,
    "request_id": "4b1f0c8e2d3a4f5e8c7b6a5f4e3d2c1b",
    "address": "10.0.0.7",
    "facts": {"kill_switch": True, "version": 4},
    "prev_hash": "17c0" + "0" * 60,
    "hash": "e02d" + "0" * 60,
}
HEAD: JsonDict = {"at": "2026-03-02T09:31:00Z", "workspace": "acme", "seq": 41, "hash": "e02d" + "0" * 60}


class AuditEntryOut(Output):
    """One thing that somebody did."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    seq: int = Field(description="Its number in this workspace, from 1, without gaps.")
    at: datetime
    actor: str = Field(description="`key:<id>`, `user:<name>`, `oidc:<name>`, `command:<login>` or `worker`.")
    on_behalf_of: str | None = Field(description="The person whom a program named.")
    role: str
    action: str = Field(description="Operation id, or the command in the same words.")
    object: str | None
    before_hash: str | None = Field(description="SHA-256 of the object's document as it was left before.")
    after_hash: str | None = Field(description="SHA-256 of the document that was answered.")
    model_version: str | None
    request_id: str | None
    address: str | None
    facts: dict[str, Any] = Field(description="A few plain facts; never text of a ticket.")
    prev_hash: str = Field(description="Seal of the entry before.")
    hash: str = Field(description="HMAC-SHA256 over the seal before and this entry.")

    @classmethod
    def of(cls, one: ChainedEntry) -> "AuditEntryOut":
        """Translate."""
        names = [name for name in cls.model_fields if name not in ("seq", "prev_hash", "hash")]
        told = {name: getattr(one.entry, name) for name in names}
        return cls(seq=one.seq, prev_hash=one.prev_hash, hash=one.hash, **told)


class HeadOut(Output):
    """How far a log goes: keep it elsewhere, and entries cut off later will be noticed."""

    model_config = ConfigDict(json_schema_extra={"examples": [HEAD]})

    at: datetime
    workspace: str
    seq: int
    hash: str

    @classmethod
    def of(cls, head: Anchor) -> "HeadOut":
        """Translate."""
        return cls(at=head.at, workspace=head.workspace, seq=head.seq, hash=head.hash)


class AuditOut(Output):
    """A page of the log."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"entries": [EXAMPLE], "head": HEAD, "next_after": None}]}
    )

    entries: list[AuditEntryOut]
    head: HeadOut
    next_after: int | None = Field(description="Ask with `after` set to this for the next page.")


class VerifiedOut(Output):
    """What verifying one log came to."""

    workspace: str
    entries: int
    head: str
    problem: str | None


class VerificationOut(Output):
    """What verifying came to; ``is_whole`` when every log holds."""

    is_whole: bool
    anchors: int
    logs: list[VerifiedOut]
