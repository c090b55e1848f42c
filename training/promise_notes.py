"""Labels in ``[promise.<field>.labels]`` that no ticket has: a promise of these would never be looked at."""

from collections.abc import Mapping, Sequence

from training.merge_notes import nearest
from training.targets import FieldTarget
from triage.ticket import PastTicket

__all__ = ["promise_notes"]


def promise_notes(
    history: Sequence[PastTicket],
    promise: Mapping[str, FieldTarget],
    merged: Mapping[str, Mapping[str, str]],
) -> list[str]:
    """Return a sentence for every label with a promise of its own that a history does not have today.

    Parameters
    ----------
    history : sequence of PastTicket
        With labels as the helpdesk wrote them.
    promise : Mapping of str to FieldTarget
        By field: what shall be promised.
    merged : Mapping of str to Mapping of str to str
        By field: labels of the past and the ones that took their place.

    Examples
    --------
    >>> from training.targets import LabelTarget
    >>> from triage.policy import PromiseKind
    >>> from triage.ticket import Ticket
    >>> wanted = FieldTarget(labels={"wi-fi": LabelTarget(PromiseKind.RECALL, 0.9)})
    >>> promise_notes([PastTicket(Ticket("1"), {"category": "wifi"})], {"category": wanted}, {})[0]
    "promise.category.labels names 'wi-fi', which no ticket has: nothing is promised. Did you mean 'wifi'?"
    """
    notes = []
    for field, target in promise.items():
        into = merged.get(field, {})
        present = {past.labels[field] for past in history if past.labels.get(field)}
        today = (present | set(into.values())) - set(into)
        for label in target.labels:
            if label in into:
                notes.append(
                    f"promise.{field}.labels names {label!r}, which merged.{field} leads to {into[label]!r}: "
                    "nothing is promised. Name the label of today."
                )
            elif label not in today:
                notes.append(
                    f"promise.{field}.labels names {label!r}, which no ticket has: nothing is promised. "
                    f"{nearest(label, today)}"
                )
    return notes
