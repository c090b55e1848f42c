"""What a burst is about: the suspected incident whose tickets came in its hours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from triage.incident import Incident, IncidentState

__all__ = ["incident_behind"]

BESIDE = timedelta(hours=1)
"""An incident's tickets may begin before the counts stand out, and go on after."""
FEWEST = 3
WORDS = 5
EXAMPLES = 5


def incident_behind(
    incidents: Sequence[Incident], begins_at: datetime, ends_at: datetime
) -> dict[str, Any] | None:
    """Return the incident that most tickets of some hours belong to, None where there is none.

    Parameters
    ----------
    incidents : sequence of Incident
        Those that people dismissed are left out.
    begins_at, ends_at : datetime
        Of a burst.

    Returns
    -------
    dict or None
        ``incident_id``; ``words`` that its tickets share; ``tickets``, ids of some that came in these hours;
        ``count`` of these. Values that JSON can hold.
    """
    found: list[tuple[int, Incident, list[str]]] = []
    for one in incidents:
        inside = [
            member.ticket_id
            for member in one.members
            if begins_at - BESIDE <= member.filed_at < ends_at + BESIDE
        ]
        if one.state is not IncidentState.DISMISSED and len(inside) >= FEWEST:
            found.append((len(inside), one, inside))
    if not found:
        return None
    count, one, inside = max(found, key=lambda item: (item[0], item[1].incident_id))
    return {
        "incident_id": one.incident_id,
        "words": list(one.words[:WORDS]),
        "tickets": inside[:EXAMPLES],
        "count": count,
    }
