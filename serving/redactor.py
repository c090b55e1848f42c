"""Texts as they may be stored: redacted where the policy says so, before anything else sees them."""

from typing import TypeVar

from features.ticket_redaction import TicketRedaction
from triage.policy import Policy
from triage.store import Store
from triage.store.redaction_terms import people_to_redact
from triage.store.tickets import get_ticket

__all__ = ["stored_form", "stored_text"]

Text = TypeVar("Text", str, str | None)


def stored_form(store: Store, workspace: str, policy: Policy | None = None) -> TicketRedaction | None:
    """Return what texts go through before they are stored; None where they stay as they are sent.

    Reads the policy where none is given.
    """
    people = people_to_redact(store, workspace, policy)
    return None if people is None else TicketRedaction(people)


def stored_text(store: Store, workspace: str, ticket_id: str, text: Text) -> Text:
    """Return a text that belongs to a stored ticket as it may be stored; None stays None."""
    form = None if text is None else stored_form(store, workspace)
    if form is None or text is None:
        return text
    past = get_ticket(store, workspace, ticket_id)
    return form.text(text, None if past is None else past.ticket.requester)
