"""What a request leaves in the audit log: who, as what, did what to what; in the transaction of its effect.

Kept where all writes pass, :class:`serving.idempotency.Once`, so that a route cannot forget it. Holds no
ticket text: an answer is kept as its digest.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from serving.caller import Caller
from triage.audit import AuditEntry, digest
from triage.store.audit import AuditLog

__all__ = ["TRAIL", "Trail", "act_for"]

KINDS = {
    "decision_id": "decision",
    "ticket_id": "ticket",
    "version": "model",
    "agent": "agent",
    "team": "team",
    "absence_id": "absence",
    "article_id": "article",
    "run_id": "run",
    "key_id": "key",
    "incident_id": "incident",
    "suggestion_id": "suggestion",
    "macro_id": "macro",
    "baseline": "plan",
    "erasure_id": "erasure",
}
"""What an identity in an address or an answer is one of."""
ANSWERED = (
    "decision_id",
    "run_id",
    "article_id",
    "key_id",
    "absence_id",
    "incident_id",
    "suggestion_id",
    "erasure_id",
)
FACTS = (
    "ticket_id",
    "version",
    "kill_switch",
    "role",
    "scopes",
    "state",
    "status",
    "champion",
    "expires_at",
    "rows",
    "texts",
)
"""Parts of an answer that are told beside its digest, where they are plain values or counts by name."""
NEVER_DIGESTED = "token"


@dataclass(slots=True)
class Trail:
    """The trail of one request.

    Parameters
    ----------
    log : AuditLog
        Where it is written to.
    caller : Caller
        Who asks.
    operation : str
        What for.
    path : Mapping of str to Any
        The parts of the address that name something.
    request_id, address : str or None, default=None
        Of the request.
    on_behalf_of : str or None, default=None
        Whom a program names as the one who did it; set by the endpoint.
    """

    log: AuditLog
    caller: Caller
    operation: str
    path: Mapping[str, Any]
    request_id: str | None = None
    address: str | None = None
    on_behalf_of: str | None = None

    def record(self, workspace: str, answered: Mapping[str, Any]) -> None:
        """Write what was done; joins this thread's transaction.

        Parameters
        ----------
        workspace : str
            Where it was done.
        answered : Mapping
            The answer: for its digest, the identities of what was made, a few facts.
        """
        self.log.record(workspace, list(self._entries(workspace, answered)))

    def _entries(self, workspace: str, answered: Mapping[str, Any]) -> Iterator[AuditEntry]:
        decisions = answered.get("decisions")
        if isinstance(decisions, Sequence) and self.operation == "triage_batch":
            for one in decisions:
                yield self._entry(f"decision/{one['decision_id']}", one)
            return
        object = self._object(answered)
        is_new = self.operation.startswith(("triage_", "create_", "start_"))
        before = None if is_new else self.log.last_digest(workspace, object)
        yield self._entry(object, answered, before)

    def _entry(self, object: str, answered: Mapping[str, Any], before: str | None = None) -> AuditEntry:
        told = {name: part for name, part in answered.items() if name != NEVER_DIGESTED}
        facts = {name: told[name] for name in FACTS if _is_plain(told.get(name))}
        return AuditEntry(
            at=datetime.now(UTC),
            actor=self.caller.actor[:330],
            role=self.caller.role.value,
            action=self.operation,
            object=object,
            on_behalf_of=self.on_behalf_of,
            before_hash=before,
            after_hash=digest(told),
            model_version=told.get("model_version"),
            request_id=self.request_id,
            address=(self.address or "")[:64] or None,
            facts=facts,
        )

    def named(self) -> str:
        """Return what the address names, as an object of the log; empty where it names nothing."""
        return "/".join(f"{KINDS[name]}/{value}" for name, value in self.path.items() if name in KINDS)

    def _object(self, answered: Mapping[str, Any]) -> str:
        if named := self.named():
            return named
        inner = answered.get("key") if isinstance(answered.get("key"), Mapping) else answered
        for name in ANSWERED:
            if isinstance(inner, Mapping) and isinstance(inner.get(name), str):
                return f"{KINDS[name]}/{inner[name]}"
        return self.operation.partition("_")[2]


TRAIL: ContextVar[Trail | None] = ContextVar("triage_trail", default=None)
"""The trail of the request that is being answered; None where nobody asks, as in commands."""


def act_for(person: str | None) -> None:
    """Say for whom a program does what it is doing now, where it says so."""
    trail = TRAIL.get()
    if trail is not None and person is not None:
        trail.on_behalf_of = person[:320]


def _is_plain(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(one, str) for one in value)
    if isinstance(value, Mapping):
        return all(isinstance(one, int) for one in value.values())
    return isinstance(value, str | int | bool)
