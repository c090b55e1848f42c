"""What was offered for tickets and questions, whether a ticket was filed nevertheless, what people said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Update, bindparam, insert, or_, select, update

from triage.helping.suggestion import (
    Audience,
    ItemFeedback,
    ItemKind,
    ItemVerdict,
    Offered,
    SuggestionRecord,
)
from triage.store.database import Store
from triage.store.helping_tables import suggestion_feedback, suggestions

__all__ = [
    "Judged",
    "feedback_since",
    "get_suggestion",
    "note_filed",
    "put_item_feedback",
    "put_suggestions",
    "suggestions_since",
]

_PLAIN = (
    "suggestion_id",
    "ticket_id",
    "requester",
    "text_hash",
    "chance",
    "created_at",
    "filed_ticket_id",
    "filed_at",
    "matched_by",
)


@dataclass(frozen=True, slots=True)
class Judged:
    """A word on something offered, with to whom and for which ticket it was offered."""

    feedback: ItemFeedback
    audience: Audience
    ticket_id: str | None
    chance: float | None


_INSERT = insert(suggestions)


def put_suggestions(store: Store, workspace: str, given: Sequence[SuggestionRecord]) -> None:
    """Store what was offered, all or none."""
    rows = [
        {
            "workspace": workspace,
            "audience": one.audience.value,
            "items": [
                {
                    "kind": item.kind.value,
                    "id": item.item_id,
                    "rank": item.rank,
                    "score": item.score,
                    "chance": item.chance,
                }
                for item in one.items
            ],
            **{name: getattr(one, name) for name in _PLAIN},
        }
        for one in given
    ]
    if rows:
        with store.writing(workspace) as connection:
            connection.execute(_INSERT, rows)


def get_suggestion(store: Store, workspace: str, suggestion_id: str) -> SuggestionRecord | None:
    """Return what was offered under an id of this workspace, None when there is nothing by that id."""
    query = select(suggestions).where(
        suggestions.c.workspace == workspace, suggestions.c.suggestion_id == suggestion_id
    )
    with store.reading(workspace) as connection:
        row = connection.execute(query).first()
    return None if row is None else _record(row)


def suggestions_since(
    store: Store, workspace: str, since: datetime, *, audience: Audience | None = None
) -> list[SuggestionRecord]:
    """Return what was offered since a moment, the oldest first."""
    wanted = [suggestions.c.workspace == workspace, suggestions.c.created_at >= since]
    if audience is not None:
        wanted.append(suggestions.c.audience == audience.value)
    query = select(suggestions).where(*wanted).order_by(suggestions.c.created_at, suggestions.c.suggestion_id)
    with store.reading(workspace) as connection:
        return [_record(row) for row in connection.execute(query)]


def note_filed(
    store: Store,
    workspace: str,
    ticket_id: str,
    at: datetime,
    *,
    suggestion_id: str | None,
    requester: str | None,
    within: timedelta,
) -> int:
    """Note that a ticket was filed all the same; return for how many suggestions.

    Parameters
    ----------
    store : Store
        Where.
    workspace, ticket_id : str
        The ticket.
    at : datetime
        When it was filed.
    suggestion_id : str or None
        What the requester had been shown, where the helpdesk knows; goes before what was guessed of another
        ticket by its requester.
    requester : str or None
        Else all that this requester was shown lately.
    within : timedelta
        How lately.
    """
    filed = {"named": workspace, "filed": ticket_id, "at": at}
    if suggestion_id is not None:
        statement, filed = _FILED_BY_ID, filed | {"suggestion": suggestion_id}
    elif requester is not None:
        statement, filed = _FILED_BY_REQUESTER, filed | {"by": requester, "since": at - within}
    else:
        return 0
    with store.writing(workspace) as connection:
        return int(connection.execute(statement, filed).rowcount)


def _filed(how: str, *wanted: ColumnElement[bool]) -> Update:
    mine = suggestions.c.workspace == bindparam("named"), suggestions.c.audience == Audience.REQUESTER.value
    told = {"filed_ticket_id": bindparam("filed"), "filed_at": bindparam("at"), "matched_by": how}
    return update(suggestions).where(*mine, *wanted).values(told)


# With every ticket that is filed: made once, since making a statement costs more than running it.
_UNFILED = suggestions.c.filed_at.is_(None)
_FILED_BY_ID = _filed(
    "id",
    or_(_UNFILED, suggestions.c.matched_by == "requester"),
    suggestions.c.suggestion_id == bindparam("suggestion"),
)
_FILED_BY_REQUESTER = _filed(
    "requester",
    _UNFILED,
    suggestions.c.requester == bindparam("by"),
    suggestions.c.created_at >= bindparam("since"),
    suggestions.c.created_at <= bindparam("at"),
)


def put_item_feedback(store: Store, workspace: str, given: Sequence[ItemFeedback]) -> None:
    """Store what people said, all or none; a later word on the same thing stands beside the earlier one."""
    rows = [
        {
            "workspace": workspace,
            "feedback_id": one.feedback_id,
            "suggestion_id": one.suggestion_id,
            "kind": one.kind.value,
            "item_id": one.item_id,
            "rank": one.rank,
            "verdict": one.verdict.value,
            "actor": one.actor,
            "created_at": one.created_at,
        }
        for one in given
    ]
    if rows:
        with store.writing(workspace) as connection:
            connection.execute(insert(suggestion_feedback), rows)


def feedback_since(
    store: Store, workspace: str, since: datetime | None = None, *, suggestion_id: str | None = None
) -> list[Judged]:
    """Return what people said since a moment, or of one suggestion; of one person on a thing the last word.

    The oldest comes first.
    """
    wanted = [suggestion_feedback.c.workspace == workspace]
    if since is not None:
        wanted.append(suggestion_feedback.c.created_at >= since)
    if suggestion_id is not None:
        wanted.append(suggestion_feedback.c.suggestion_id == suggestion_id)
    query = (
        select(suggestion_feedback, suggestions.c.audience, suggestions.c.ticket_id, suggestions.c.chance)
        .join(suggestions, suggestions.c.suggestion_id == suggestion_feedback.c.suggestion_id)
        .where(*wanted)
        .order_by(suggestion_feedback.c.created_at, suggestion_feedback.c.feedback_id)
    )
    last: dict[tuple[str, str, str, str], Judged] = {}
    with store.reading(workspace) as connection:
        for row in connection.execute(query):
            key = (row.suggestion_id, row.kind, row.item_id, row.actor)
            last.pop(key, None)
            last[key] = Judged(_feedback(row), Audience(row.audience), row.ticket_id, row.chance)
    return list(last.values())


def _record(row: Row[Any]) -> SuggestionRecord:
    items = tuple(
        Offered(ItemKind(one["kind"]), one["id"], one["rank"], one["score"], one.get("chance"))
        for one in row.items
    )
    plain: Mapping[str, Any] = {name: getattr(row, name) for name in _PLAIN}
    return SuggestionRecord(audience=Audience(row.audience), items=items, **plain)


def _feedback(row: Row[Any]) -> ItemFeedback:
    return ItemFeedback(
        row.feedback_id,
        row.suggestion_id,
        ItemKind(row.kind),
        row.item_id,
        row.rank,
        ItemVerdict(row.verdict),
        row.actor,
        row.created_at,
    )
