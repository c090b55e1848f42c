"""Decisions as they were made. Holds no ticket text: a hash names the text that was decided."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import insert, select

from triage.decision import Action, Decision, FieldDecision, Lifted
from triage.store.database import Store
from triage.store.schema import decisions
from triage.ticket import Ticket

__all__ = ["StoredDecision", "get_decision", "put_decisions"]


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """A decision without its assessment; of what was decided its hash, familiarity, language and form."""

    decision: Decision
    text_hash: str
    familiarity: float | None
    language: str | None = None
    lacks_form: bool = False


_INSERT = insert(decisions)


def put_decisions(
    store: Store, workspace: str, tickets: Sequence[Ticket], decided: Sequence[Decision]
) -> None:
    """Store decisions, all or none.

    Parameters
    ----------
    store : Store
        Where to.
    workspace : str
        Whose tickets they are.
    tickets : sequence of Ticket
        What was decided, for the hash of the text.
    decided : sequence of Decision
        In the order of the tickets.
    """
    rows = [
        {
            "decision_id": decision.decision_id,
            "workspace": workspace,
            "ticket_id": decision.ticket_id,
            "text_hash": ticket.text_hash,
            "model_version": decision.model_version,
            "document": _to_document(decision),
            "created_at": decision.created_at,
        }
        for ticket, decision in zip(tickets, decided, strict=True)
    ]
    if rows:
        with store.writing(workspace) as connection:
            connection.execute(_INSERT, rows)


def get_decision(store: Store, workspace: str, decision_id: str) -> StoredDecision | None:
    """Return a decision of this workspace, None when there is none by that id."""
    with store.reading(workspace) as connection:
        row = connection.execute(
            select(decisions).where(
                decisions.c.workspace == workspace, decisions.c.decision_id == decision_id
            )
        ).first()
    if row is None:
        return None
    fields = {name: _field(name, part) for name, part in row.document["fields"].items()}
    decision = Decision(row.decision_id, row.ticket_id, row.model_version, row.created_at, fields)
    document = row.document
    return StoredDecision(
        decision,
        row.text_hash,
        document["familiarity"],
        document.get("language"),
        document.get("lacks_form", False),  # Decisions of before do not say.
    )


def _to_document(decision: Decision) -> dict[str, Any]:
    assessment = decision.assessment
    return {
        "familiarity": None if assessment is None else assessment.familiarity,
        "language": None if assessment is None else assessment.language,
        "lacks_form": assessment is not None and assessment.lacks_form,
        "fields": {
            name: {
                "value": one.value,
                "confidence": one.confidence,
                "threshold": one.threshold,
                "action": one.action.value,
                "reason": one.reason,
                "top": [[label, confidence] for label, confidence in one.top],
                "basis": one.basis,
                "lifted": None if one.lifted is None else asdict(one.lifted),
            }
            for name, one in decision.fields.items()
        },
    }


def _field(name: str, part: dict[str, Any]) -> FieldDecision:
    top = tuple((label, confidence) for label, confidence in part["top"])
    return FieldDecision(
        name,
        part["value"],
        part["confidence"],
        part["threshold"],
        Action(part["action"]),
        part["reason"],
        top,
        part.get("basis"),
        Lifted(**part["lifted"]) if part.get("lifted") else None,
    )
