"""One thing found in a history, the rows that show it and what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from triage.counted import counted

__all__ = ["EXAMPLES", "PEOPLE", "Finding", "Weight", "counted", "different"]

EXAMPLES = 5

PEOPLE = frozenset({"assignee"})
"""Fields whose labels are people, who come and go and may be called alike."""

Weight = Literal["problem", "look", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found.

    Parameters
    ----------
    code : str
        What kind of thing; stable, for programs.
    weight : str
        ``problem`` (do something about it), ``look`` (for someone who knows the helpdesk) or ``note``.
    field : str or None
        The field that it is about; None for the whole history.
    text : str
        What was found, in a sentence.
    remedy : str
        What to do.
    tickets : int
        How many tickets it is about; 0 where it is not about single tickets.
    rows : tuple of str
        Their ids, the telling ones first; readers show as many as they have room for.
    likely : tuple of str
        For each of ``rows`` the label that would be right instead; empty where none is suggested.
    """

    code: str
    weight: Weight
    field: str | None
    text: str
    remedy: str
    tickets: int = 0
    rows: tuple[str, ...] = ()
    likely: tuple[str, ...] = ()


def different(ticket_ids: Iterable[str]) -> tuple[str, ...]:
    """Return all different ids, in the order in which they first come."""
    return tuple(dict.fromkeys(ticket_ids))
