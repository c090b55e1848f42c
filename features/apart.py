"""Answers some tickets by another model than the rest, each as if it had been asked alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from triage.ports import Model
from triage.prediction import Assessment
from triage.ticket import Ticket

__all__ = ["Asked", "assess_apart"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked beside the predictions; see :meth:`triage.ports.Model.assess`."""

    explain: bool = False
    similar: int = 0
    detail: bool = False


def assess_apart(
    tickets: Sequence[Ticket],
    apart: np.ndarray,
    other: Model | None,
    usual: Callable[[Sequence[Ticket], Asked], list[Assessment]],
    asked: Asked,
) -> list[Assessment]:
    """Assess tickets by two models.

    Parameters
    ----------
    tickets : sequence of Ticket
        In any number.
    apart : ndarray of shape (n,), bool
        Which of them the other model answers.
    other : Model or None
        Its assessments carry its promises. None where none is apart.
    usual : callable
        Assesses the rest.
    asked : Asked
        Of both.

    Returns
    -------
    list of Assessment
        In the order of the tickets.
    """
    if other is None or not apart.any():
        return usual(tickets, asked) if tickets else []
    own = other.assess(
        [tickets[row] for row in np.flatnonzero(apart).tolist()],
        explain=asked.explain,
        similar=asked.similar,
        detail=asked.detail,
    )
    theirs = (replace(one, promises=other.promises) for one in own)
    others = iter(usual([tickets[row] for row in np.flatnonzero(~apart).tolist()], asked))
    return [next(theirs if one else others) for one in apart]
