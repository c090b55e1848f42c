"""Histories whose priorities follow a matrix, as far as a test wants them to."""

from datetime import UTC, datetime, timedelta
from itertools import product

import numpy as np

from triage.ticket import PastTicket, Ticket

START = datetime(2026, 1, 5, tzinfo=UTC)


def past(number, impact, urgency, priority, **custom):
    filed = START + timedelta(hours=number)
    labels = {"impact": impact, "urgency": urgency, "priority": priority}
    ticket = Ticket(f"T-{number}", f"text {number}", created_at=filed, custom=custom)
    return PastTicket(ticket, {name: value for name, value in labels.items() if value})


def matrix_history(matrix, count=300, broken=(), seed=0, without=()):
    """Tickets in all cells but ``without``; those numbered in ``broken`` have another priority."""
    draws = np.random.default_rng(seed)
    cells = [cell for cell in product(matrix.impacts, matrix.urgencies) if cell not in without]
    tickets = []
    for number in range(count):
        impact, urgency = cells[number if number < len(cells) else draws.integers(len(cells))]
        priority = matrix.cells[impact, urgency]
        if number in broken:
            place = matrix.priorities.index(priority)
            priority = matrix.priorities[place - 1 if place else 1]
        tickets.append(past(number, impact, urgency, priority))
    return tickets
