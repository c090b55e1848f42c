"""A made-up history whose times follow from the form, and how fast they are is known."""

from datetime import UTC, datetime, timedelta

import numpy as np

from features.structured import StructuredView
from triage.ticket import PastTicket, Ticket

START = datetime(2026, 1, 1, tzinfo=UTC)
HOURS = {"reset": 1.0, "network": 8.0, "purchase": 200.0}
BROKEN = {"reset": 0.05, "network": 0.3, "purchase": 0.9}
MOVED = {"reset": 0.02, "network": 0.5, "purchase": 0.1}


def make_history(n=900, *, seed=0, until=None):
    """Return tickets, one every two hours; those not solved by ``until`` (days after the first) are open."""
    random = np.random.default_rng(seed)
    found = []
    for row in range(n):
        kind = ("reset", "network", "purchase")[random.integers(3)]
        filed = START + timedelta(hours=2 * row)
        took = HOURS[kind] * float(np.exp(random.normal(0, 0.7)))
        broken, moved = random.random(2)
        ticket = Ticket(f"T-{row:04}", created_at=filed, custom={"kind": kind, "noise": str(row % 7)})
        solved = filed + timedelta(hours=took)
        if until is not None and solved > START + timedelta(days=until):
            found.append(PastTicket(ticket))
            continue
        found.append(
            PastTicket(
                ticket,
                resolved_at=solved,
                made_sla=bool(broken >= BROKEN[kind]),
                reassignments=int(moved < MOVED[kind]),
            )
        )
    return found


def views_of(history, fields=None):
    tickets = [past.ticket for past in history]
    fields = fields or StructuredView().fit(tickets)
    return {"meaning": np.zeros((len(history), 1), np.float32), "fields": fields.transform(tickets)}
