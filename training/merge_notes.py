"""Names in ``[merged.<field>]`` that no ticket has: mostly typing errors, which would merge nothing."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from triage.ticket import PastTicket

__all__ = ["merge_notes", "nearest"]


def merge_notes(history: Sequence[PastTicket], merged: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Return a sentence for every merged label that a history does not have.

    Parameters
    ----------
    history : sequence of PastTicket
        With labels as the helpdesk wrote them.
    merged : Mapping of str to Mapping of str to str
        By field: labels of the past and the ones that took their place.

    Examples
    --------
    >>> from triage.ticket import Ticket
    >>> history = [PastTicket(Ticket(one), {"category": one}) for one in ("wifi", "vpn")]
    >>> merge_notes(history, {"category": {"wi-fi": "vpn"}})[0]
    "merged.category names 'wi-fi', which no ticket has, so nothing was merged for it. Did you mean 'wifi'?"
    """
    notes = []
    for field, into in merged.items():
        present = {past.labels[field] for past in history if past.labels.get(field)}
        reached = set(into.values())  # a label in the middle of a chain has the tickets of those before it
        for old, new in into.items():
            if old not in present | reached:
                notes.append(
                    f"merged.{field} names {old!r}, which no ticket has, so nothing was merged for it. "
                    + nearest(old, present)
                )
            elif new not in present | set(into):
                notes.append(
                    f"merged.{field} leads {old!r} to {new!r}, which no ticket has by itself: right for a "
                    f"new name. {nearest(new, present - {old})}"
                )
    return notes


def nearest(label: str, present: set[str]) -> str:
    """Ask for the label that is spelt most like one that no ticket has."""
    alike = get_close_matches(label, sorted(present), n=1)
    return f"Did you mean {alike[0]!r}?" if alike else "Is it spelt as the history spells it?"
