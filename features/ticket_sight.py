"""A ticket counted, and what the watch for incidents sees of it."""

from datetime import datetime

from features.burst_words import burst_words, telling_burst_words
from features.word_bursts import WordBursts
from triage.incident import Sighting
from triage.ticket import Ticket

__all__ = ["sight"]


def sight(bursts: WordBursts, ticket: Ticket, filed_at: datetime, *, judged: bool) -> Sighting:
    """Count a ticket, and say what bursts in it.

    Parameters
    ----------
    bursts : WordBursts
        Counts it.
    ticket : Ticket
        In order of arrival.
    filed_at : datetime
        When, with a zone.
    judged : bool
        False for tickets that were judged before: what bursts is not looked up then.
    """
    words = burst_words(ticket)
    shows = bursts.add(
        ticket.ticket_id, filed_at.timestamp(), words, requester=ticket.requester, product=ticket.product
    )
    product = ticket.product or ""
    telling = telling_burst_words(ticket, words)
    if not judged or not shows:
        return Sighting(ticket.ticket_id, filed_at, telling, product=product)
    told, crowd = tuple(bursts.measure(words)), bursts.crowd(ticket.product)
    return Sighting(ticket.ticket_id, filed_at, telling, told, product, crowd)
