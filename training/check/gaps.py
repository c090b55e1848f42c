"""Times at which nothing was filed although there should have been something: lost rows, or a pause."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from training.check.finding import Finding, different
from triage.ticket import PastTicket

__all__ = ["find_gaps"]

LEAST = timedelta(days=4)
"""A long weekend is no gap."""

TIMES_THE_MEAN = 20
"""Chance of so long a wait between evenly filed tickets: e to the minus 20."""

MOST = 5
"""Gaps listed, the longest."""


def find_gaps(tickets: Sequence[PastTicket]) -> list[Finding]:
    """Find the longest waits between two tickets, in one finding.

    Parameters
    ----------
    tickets : sequence of PastTicket
        In time order; those without a time are left out.
    """
    timed = [(past.ticket.created_at, past.ticket.ticket_id) for past in tickets if past.ticket.created_at]
    if len(timed) < 2:
        return []
    mean = (timed[-1][0] - timed[0][0]) / (len(timed) - 1)
    shortest = max(LEAST, TIMES_THE_MEAN * mean)
    waits = [(later[0] - earlier[0], earlier, later) for earlier, later in pairwise(timed)]
    gaps = sorted((wait for wait in waits if wait[0] >= shortest), key=lambda wait: -wait[0])
    if not gaps:
        return []
    listed = ", ".join(
        f"{wait.days:,} days from {earlier[0]:%Y-%m-%d} to {later[0]:%Y-%m-%d}"
        for wait, earlier, later in gaps[:MOST]
    )
    more = f" and {len(gaps) - MOST:,} shorter" if len(gaps) > MOST else ""
    return [
        Finding(
            "time_gap",
            "look",
            None,
            f"Times at which no ticket was filed: {listed}{more}.",
            "See whether rows are missing from the export; a forecast takes a gap for quiet days.",
            0,
            different(row for _, earlier, later in gaps[:MOST] for row in (earlier[1], later[1])),
        )
    ]
