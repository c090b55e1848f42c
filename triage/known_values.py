"""Values that a person set and that nothing goes by, since neither the model nor the matrix knows them.

They stay as they are (a person's value is never overwritten), but nothing follows from them: a typing
error, or a label newer than the model. So they are told.
"""

from dataclasses import dataclass

from triage.policy import Policy
from triage.prediction import Assessment
from triage.priority_route import matrix_in_force
from triage.ticket import FIELDS, Ticket

__all__ = ["UnknownValue", "unknown_values"]


@dataclass(frozen=True, slots=True)
class UnknownValue:
    """A field's value that nothing goes by, and the labels that something would go by."""

    field: str
    value: str
    known: tuple[str, ...]


def unknown_values(ticket: Ticket, assessment: Assessment, policy: Policy) -> tuple[UnknownValue, ...]:
    """Return the values of a ticket that nothing goes by, in the order of the fields.

    Known are the labels that the model learnt of a field; of impact and urgency those of the priority matrix,
    where one holds; of priority both. A field of which nobody knows a label has none that is unknown.

    Parameters
    ----------
    ticket : Ticket
        With the ``values`` that people set.
    assessment : Assessment
        What the model says of it.
    policy : Policy
        May hold a matrix.
    """
    matrix = matrix_in_force(assessment, policy)
    found = []
    for name in FIELDS:
        prediction, value = assessment.predictions.get(name), ticket.values.get(name)
        known = () if prediction is None else prediction.labels
        if matrix is not None and name in ("impact", "urgency"):
            known = matrix.impacts if name == "impact" else matrix.urgencies
        elif matrix is not None and name == "priority":
            known = (*matrix.priorities, *(one for one in known if one not in matrix.priorities))
        if value and known and value not in known:
            found.append(UnknownValue(name, value, known))
    return tuple(found)
