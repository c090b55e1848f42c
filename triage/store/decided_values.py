"""What the newest decision of each ticket says of one field."""

from collections.abc import Sequence

from sqlalchemy import select

from triage.decision import Action, Reason
from triage.store.database import Store
from triage.store.schema import decisions

__all__ = ["decided_values"]

_PARTS = ("value", "action", "reason")
_MANY = 500
"""Ids in one query: SQLite allows a limited number of bound values."""


def decided_values(
    store: Store, workspace: str, ticket_ids: Sequence[str], field: str, *, in_shadow: bool = False
) -> dict[str, str]:
    """Return what was decided last of a field and applied or suggested, by ticket id.

    Parameters
    ----------
    store : Store
        Where from.
    workspace : str
        Whose.
    ticket_ids : sequence of str
        Of which tickets; those without a decision are left out.
    field : str
        One of :data:`triage.ticket.FIELDS`.
    in_shadow : bool, default=False
        Take values in shadow, too, as whoever chooses an agent does.
    """
    document = decisions.c.document
    parts = [document[("fields", field, part)].as_string().label(part) for part in _PARTS]
    found: dict[str, str] = {}
    with store.reading(workspace) as connection:
        for begin in range(0, len(ticket_ids), _MANY):
            query = (
                select(decisions.c.ticket_id, *parts)
                .where(
                    decisions.c.workspace == workspace,
                    decisions.c.ticket_id.in_(ticket_ids[begin : begin + _MANY]),
                )
                .order_by(decisions.c.created_at)
            )
            for row in connection.execute(query):
                is_shown = row.action is not None and row.action != Action.ABSTAIN.value
                if row.value is not None and (is_shown or (in_shadow and row.reason == Reason.SHADOW.value)):
                    found[row.ticket_id] = row.value
                else:
                    found.pop(row.ticket_id, None)
    return found
