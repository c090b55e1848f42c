"""Puts together what was found about some tickets: one assessment each, whichever tier found it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from features.field_model import FieldModel
from features.language import language_of
from features.learnt_languages import LearntLanguages
from triage.prediction import Assessment, Explanation, Prediction, SimilarTicket
from triage.priority_rule import PriorityRule
from triage.sla.foresight import Foresight
from triage.ticket import Ticket

__all__ = ["Found", "make_assessments", "telling_field"]

Explain = Callable[[int, Mapping[str, Prediction]], Mapping[str, Explanation]]
"""Reasons of a ticket, given its row and predictions."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What the numbers say of n tickets.

    Parameters
    ----------
    texts : sequence of str
        Cleaned.
    probabilities : Mapping of str to ndarray of shape (n, n_labels)
        By field.
    familiar : Mapping of str to ndarray of shape (n,)
        By field, how many known tickets are as strange; only fields that can tell.
    otherwise : ndarray of shape (n,)
        The same for fields that cannot, and for tickets without text.
    withheld : Mapping of str to ndarray of shape (n,), bool
        By field, where nothing can be said.
    foreseen : sequence of Foresight or None
        Of each ticket.
    """

    texts: Sequence[str]
    probabilities: Mapping[str, np.ndarray]
    familiar: Mapping[str, np.ndarray]
    otherwise: np.ndarray
    withheld: Mapping[str, np.ndarray]
    foreseen: Sequence[Foresight | None]


def make_assessments(
    tickets: Sequence[Ticket],
    found: Found,
    fields: Mapping[str, FieldModel],
    languages: LearntLanguages,
    priority_rule: PriorityRule | None,
    *,
    explain: Explain | None = None,
    similar: Callable[[int], tuple[SimilarTicket, ...]] | None = None,
) -> list[Assessment]:
    """Return one assessment a ticket, in order.

    Parameters
    ----------
    tickets : sequence of Ticket
        The n tickets.
    found : Found
        About them.
    fields : Mapping of str to FieldModel
        By field, what predicted.
    languages : LearntLanguages
        Of the training history.
    priority_rule : PriorityRule or None
        How priorities come about.
    explain : callable, optional
        Gives reasons; without it there are none.
    similar : callable, optional
        Gives the similar past tickets of a row that has text.
    """
    telling = telling_field(fields)
    assessments = []
    for row, ticket in enumerate(tickets):
        predictions = {
            name: Prediction(name, fields[name].labels, matrix[row])
            for name, matrix in found.probabilities.items()
        }
        text = found.texts[row]
        language = language_of(ticket, text)
        otherwise = float(found.otherwise[row])
        familiarity = {
            name: float(found.familiar[name][row]) if text and name in found.familiar else otherwise
            for name in fields
        }
        assessments.append(
            Assessment(
                predictions=predictions,
                familiarity=familiarity[telling],
                familiar_to=familiarity,
                withheld=frozenset(name for name, rows in found.withheld.items() if rows[row]),
                explanations=explain(row, predictions) if explain is not None else {},
                similar=similar(row) if similar is not None and text else (),
                language=language,
                unsupported=languages.unsupported(language, fields),
                priority_rule=priority_rule,
                foresight=found.foreseen[row],
            )
        )
    return assessments


def telling_field(fields: Mapping[str, FieldModel]) -> str:
    """Return the field with the most labels: it tells most about what a ticket is about."""
    return max(fields, key=lambda name: (len(fields[name].labels), name))
