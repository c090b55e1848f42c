"""Learns, with every training, at what surprise a workspace's watch raises an incident."""

from collections.abc import Sequence
from datetime import UTC, datetime

from training.incidents.threshold import BUDGET, learn_threshold
from triage.store import Store
from triage.store.incident_watches import set_threshold
from triage.store.incidents import accepted_tickets
from triage.ticket import Ticket

__all__ = ["learn_watch"]


def learn_watch(store: Store, workspace: str, tickets: Sequence[Ticket]) -> None:
    """Keep the threshold that a workspace's history asks for; where it is too short, what holds stays.

    Dismissed incidents, and those that nobody judged, count as false alarms; accepted ones don't.

    Parameters
    ----------
    store : Store
        Holds what people said, and gets the threshold.
    workspace : str
        Whose.
    tickets : sequence of Ticket
        In order of filing.
    """
    learnt = learn_threshold(tickets, accepted=accepted_tickets(store, workspace))
    if learnt.days:
        basis = {"days": round(learnt.days, 1), "alarms": learnt.alarms, "budget": BUDGET}
        set_threshold(store, workspace, learnt.threshold, basis, now=datetime.now(UTC))
