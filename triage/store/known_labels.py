"""What a ticket is taken for at this moment: people's labels, else what triage decided."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from triage.decision import Action
from triage.store.database import Store
from triage.store.schema import decisions
from triage.store.tickets import get_tickets
from triage.ticket import PastTicket

__all__ = ["known_labels"]

_MANY = 500
_HOLDS = (Action.APPLY.value, Action.SUGGEST.value)


def known_labels(
    store: Store,
    workspace: str,
    ticket_ids: Sequence[str],
    past: Mapping[str, PastTicket] | None = None,
) -> dict[str, dict[str, str]]:
    """Return the labels of the tickets that exist among these ids, by id.

    A field goes by what people said, else by what the ticket was filed with, else by what its newest
    decision applied or suggested: an open ticket has few labels of people.

    Parameters
    ----------
    store : Store
        Where they are.
    workspace : str
        Whose.
    ticket_ids : sequence of str
        Unknown ones are left out.
    past : Mapping of str to PastTicket, optional
        The same tickets, where they were read a moment ago.
    """
    found = get_tickets(store, workspace, ticket_ids) if past is None else past
    names = list(found)
    labels: dict[str, dict[str, str]] = {name: {} for name in names}
    with store.reading(workspace) as connection:
        for begin in range(0, len(names), _MANY):
            query = (
                select(decisions.c.ticket_id, decisions.c.document)
                .where(
                    decisions.c.workspace == workspace,
                    decisions.c.ticket_id.in_(names[begin : begin + _MANY]),
                )
                .order_by(decisions.c.created_at)
            )
            for row in connection.execute(query):
                labels[row.ticket_id] = {
                    name: one["value"]
                    for name, one in row.document["fields"].items()
                    if one["value"] is not None and one["action"] in _HOLDS
                }
    for name, one in found.items():
        labels[name] |= {key: value for key, value in one.ticket.values.items() if value}
        labels[name] |= dict(one.labels)
    return labels
