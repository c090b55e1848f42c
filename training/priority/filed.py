"""How often the priority of the impact and urgency at filing was the final one: people change them later."""

from collections.abc import Sequence

from triage.priority import PriorityMatrix
from triage.ticket import PastTicket

__all__ = ["filed_and_kept"]

FEWEST = 50
LIKE = 0.8
"""Share of a column's values that must be labels of the scale."""


def filed_and_kept(history: Sequence[PastTicket], matrix: PriorityMatrix) -> tuple[int, int] | None:
    """Count tickets whose values at filing led to their final priority, and those with such values.

    The values at filing are custom fields that hold labels of the scale and carry its name
    (``field.first_impact`` beside the final ``impact``).

    Parameters
    ----------
    history : sequence of PastTicket
        Final labels, and what the form held at filing.
    matrix : PriorityMatrix
        Of this history.

    Returns
    -------
    (int, int) or None
        None where the history does not tell the values at filing, or of fewer than 50 tickets.
    """
    impact, urgency = (
        _column(history, "impact", matrix.impacts),
        _column(history, "urgency", matrix.urgencies),
    )
    if impact is None or urgency is None:
        return None
    pairs = [
        (matrix.cells.get((past.ticket.custom.get(impact, ""), past.ticket.custom.get(urgency, ""))), past)
        for past in history
        if past.labels.get("priority")
    ]
    led = [priority == past.labels["priority"] for priority, past in pairs if priority is not None]
    return (sum(led), len(led)) if len(led) >= FEWEST else None


def _column(history: Sequence[PastTicket], name: str, scale: Sequence[str]) -> str | None:
    """Return the custom field that held a scale at filing; None without one, or with several."""
    names = {one for past in history for one in past.ticket.custom if name in one.casefold()}
    fitting = []
    for one in sorted(names):
        values = [past.ticket.custom[one] for past in history if past.ticket.custom.get(one)]
        if values and sum(value in scale for value in values) >= LIKE * len(values):
            fitting.append(one)
    return fitting[0] if len(fitting) == 1 else None
