"""Decisions as they were made. Holds no ticket text: a hash names the text that was decided."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from triage.decision import Action, Decision, FieldDecision, Lifted
from triage.in_order import in_order
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
_MANY = 500
"""Ids in one query: SQLite allows a limited number of bound values."""


def put_decisions(
    store: Store,
    workspace: str,
    tickets: Sequence[Ticket],
    decided: Sequence[Decision],
    *,
    again: Collection[str] = (),
) -> list[Decision]:
    """Store decisions, all or none, and return them as stored.

    What a ticket is taken for is what was decided last: so each is dated after those before it, also where
    the clock was put back since.

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
    again : collection of str, default=()
        Ids of tickets that were stored before: those of which earlier decisions are looked for.
    """
    if not decided:
        return []
    with store.writing(workspace) as connection:
        dated = _dated(_newest(connection, workspace, list(again)), decided)
        rows = [_row(workspace, ticket, one) for ticket, one in zip(tickets, dated, strict=True)]
        connection.execute(_INSERT, rows)
    return dated


def _row(workspace: str, ticket: Ticket, decision: Decision) -> dict[str, Any]:
    return {
        "decision_id": decision.decision_id,
        "workspace": workspace,
        "ticket_id": decision.ticket_id,
        "text_hash": ticket.text_hash,
        "model_version": decision.model_version,
        "document": _to_document(decision),
        "created_at": decision.created_at,
    }


def _newest(connection: Connection, workspace: str, ticket_ids: Sequence[str]) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for begin in range(0, len(ticket_ids), _MANY):
        query = (
            select(decisions.c.ticket_id, func.max(decisions.c.created_at).label("newest"))
            .where(
                decisions.c.workspace == workspace,
                decisions.c.ticket_id.in_(ticket_ids[begin : begin + _MANY]),
            )
            .group_by(decisions.c.ticket_id)
        )
        found.update((row.ticket_id, row.newest) for row in connection.execute(query))
    return found


def _dated(newest: dict[str, datetime], decided: Sequence[Decision]) -> list[Decision]:
    dated = []
    for one in decided:
        if one.ticket_id:
            moment = in_order(one.created_at, newest.get(one.ticket_id))
            newest[one.ticket_id] = moment
            one = one if moment == one.created_at else replace(one, created_at=moment)
        dated.append(one)
    return dated


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
