"""The fast tier: words, form and static vectors decide what they are sure of, the encoder the rest.

How sure is sure enough was chosen in training on held-out tickets (:mod:`training.learn_fast`), and so were
the thresholds: they hold for the answers of both together. A ticket that looks strange to the cheap views is
never theirs to decide. Does not fit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from features.apart import Asked, assess_apart
from features.assessing import Found, make_assessments
from features.cleaning import clean_text
from features.explain import explain_field
from features.familiarity import evidence
from features.field_model import FieldModel
from features.hierarchy import Hierarchy, combine_fields, joined_with
from features.occlusion import measure_deletions
from features.static_meaning import StaticMeaning
from features.ticket_reading import Reading
from features.views import MEANING_SCALE, Views
from triage.engine import UNFAMILIAR_BELOW
from triage.policy import Promise
from triage.prediction import Assessment, Explanation, Prediction
from triage.priority_rule import PriorityRule
from triage.ticket import Ticket

if TYPE_CHECKING:
    from features.model import TicketModel

__all__ = ["FastField", "FastModel", "FastTier", "static_views"]


@dataclass(frozen=True, slots=True, eq=False)
class FastField:
    """One field of the fast tier.

    Parameters
    ----------
    model : FieldModel
        Reads ``words``, ``fields`` and, under ``meaning``, static vectors; nobody votes.
    sure_from : float
        Probability of the likeliest label from which the encoder is not asked: 0 never asks it, above 1
        always does.
    known : ndarray of shape (m,)
        Sorted evidence (:func:`features.familiarity.evidence`) of held-out known tickets.
    """

    model: FieldModel
    sure_from: float
    known: np.ndarray

    def p_values(self, probabilities: np.ndarray) -> np.ndarray:
        """Return the conformal p-value of being known, of shape (n,); one signal only, without neighbours."""
        ranks = np.searchsorted(self.known, evidence(probabilities), side="right")
        return np.asarray((1 + ranks) / (1 + len(self.known)))


@dataclass(frozen=True, slots=True, eq=False)
class FastTier:
    """What a bundle holds for its fast tier.

    Parameters
    ----------
    static : StaticMeaning
        Gives sentence vectors.
    fields : Mapping of str to FastField
        By field, those of the full model.
    promises : Mapping of str to Promise
        By field, for the answers of both together.
    hierarchies : sequence of Hierarchy
        Pairs of fields that answer together, as these heads should be pooled.
    priority_rule : PriorityRule or None
        How priorities come about, judged by the answers of both together.
    """

    static: StaticMeaning
    fields: Mapping[str, FastField]
    promises: Mapping[str, Promise]
    hierarchies: Sequence[Hierarchy] = ()
    priority_rule: PriorityRule | None = None


def static_views(views: Views, static: StaticMeaning) -> Views:
    """Return the blocks that the fast tier reads: static vectors in the place of the encoder's."""
    return views | {"meaning": static.vectors(views["words"]) * MEANING_SCALE}


class FastModel:
    """A trained model as its fast tier answers; implements :class:`triage.ports.Model`.

    Parameters
    ----------
    full : TicketModel
        Opened; asked where the fast tier is not sure.
    tier : FastTier
        Of the same bundle.
    """

    fast = None

    def __init__(self, full: "TicketModel", tier: FastTier) -> None:
        self._full = full
        self._tier = tier
        self._models = {name: one.model for name, one in tier.fields.items()}

    @property
    def promises(self) -> Mapping[str, Promise]:
        """By field, for the answers of both tiers together."""
        return self._tier.promises

    @property
    def encoder(self) -> Any:
        """The full model's."""
        return self._full.encoder

    def open(self, folder: Any, *, threads: int = 1) -> None:
        """Open the full model."""
        self._full.open(folder, threads=threads)

    def assess(
        self, tickets: Sequence[Ticket], *, explain: bool = False, similar: int = 0, detail: bool = False
    ) -> list[Assessment]:
        """See :meth:`triage.ports.Model.assess`; asking for similar tickets runs the encoder for all."""
        tickets = self._full.redacted(tickets)
        asked = Asked(explain, similar, detail)
        return assess_apart(tickets, self._full.bare(tickets), self._formless, self._assess, asked)

    def _assess(self, tickets: Sequence[Ticket], asked: Asked) -> list[Assessment]:
        explain, similar, detail = asked.explain, asked.similar, asked.detail
        texts = [clean_text(ticket) for ticket in tickets]
        views = self._views(tickets, texts)
        members = {name: model.said(views) for name, model in self._models.items()}
        pooled = {name: model.pooled(members[name]) for name, model in self._models.items()}
        familiar = {name: one.p_values(pooled[name]) for name, one in self._tier.fields.items()}
        probabilities, withheld = combine_fields(self._tier.hierarchies, pooled, tickets)
        sure = self._sure(probabilities, familiar)
        rows = np.flatnonzero(sure).tolist()
        found = Found(
            [texts[row] for row in rows],
            {name: matrix[rows] for name, matrix in probabilities.items()},
            {name: one[rows] for name, one in familiar.items()},
            self._full.structured.knows([tickets[row] for row in rows]).astype(float),
            {name: one[rows] for name, one in withheld.items()},
            [None] * len(rows),
        )

        def reasons(place: int, predictions: Mapping[str, Prediction]) -> dict[str, Explanation]:
            nobody = np.empty(0, np.int64), np.empty(0, np.float32), ()
            row = rows[place]
            reading = Reading(tickets[row], views, row, self._full.readers(), *nobody, members, pooled)
            return self._explain(reading, predictions, detail)

        near = self._near(found.texts, similar) if similar else None
        mine = make_assessments(
            [tickets[row] for row in rows],
            found,
            self._models,
            self._full.languages,
            self._tier.priority_rule,
            explain=reasons if explain else None,
            similar=None if near is None else lambda place: self._full.neighbours.similar(*near(place)),
        )
        theirs = self._full.assess_redacted([tickets[row] for row in np.flatnonzero(~sure).tolist()], asked)
        answers, others = iter(mine), iter(theirs)
        rule = self._tier.priority_rule
        return [next(answers) if one else replace(next(others), priority_rule=rule) for one in sure]

    def sure_of(self, tickets: Sequence[Ticket]) -> np.ndarray:
        """Return which tickets are decided without the encoder, as bools of shape (n,)."""
        tickets = self._full.redacted(tickets)
        views = self._views(tickets, [clean_text(ticket) for ticket in tickets])
        said = {name: model.probabilities(views) for name, model in self._models.items()}
        familiar = {name: one.p_values(said[name]) for name, one in self._tier.fields.items()}
        sure = self._sure(combine_fields(self._tier.hierarchies, said, tickets)[0], familiar)
        bare = self._full.bare(tickets)
        if bare.any():
            other = self._formless
            theirs = [tickets[row] for row in np.flatnonzero(bare).tolist()]
            sure[bare] = other.sure_of(theirs) if isinstance(other, FastModel) else False
        return sure

    @property
    def _formless(self) -> "FastModel | TicketModel | None":
        """What answers tickets that lack the form of the history."""
        other = self._full.formless
        return None if other is None else other.fast or other

    def _views(self, tickets: Sequence[Ticket], texts: Sequence[str]) -> Views:
        views: Views = {"words": self._full.words.transform(texts)}
        if self._full.structured.n_features:
            views["fields"] = self._full.structured.transform(tickets)
        return static_views(views, self._tier.static)

    def _sure(
        self, probabilities: Mapping[str, np.ndarray], familiar: Mapping[str, np.ndarray]
    ) -> np.ndarray:
        sure = [
            (probabilities[name].max(axis=1) >= one.sure_from) & (familiar[name] >= UNFAMILIAR_BELOW)
            for name, one in self._tier.fields.items()
        ]
        return np.asarray(np.logical_and.reduce(sure))

    def _near(self, texts: Sequence[str], count: int) -> Any:
        places, cosines = self._full.neighbours.search(self.encoder.encode(texts), count)
        return lambda place: (places[place], cosines[place])

    def _explain(
        self, reading: Reading, predictions: Mapping[str, Prediction], detail: bool
    ) -> dict[str, Explanation]:
        found = {
            name: explain_field(self._models[name], one, reading, joined_with(name, self._tier.hierarchies))
            for name, one in predictions.items()
        }
        if not detail:
            return found
        told = measure_deletions(reading.ticket, predictions, found, self._predict)
        return {name: replace(one, deletions=told[name]) for name, one in found.items()}

    def _predict(self, tickets: Sequence[Ticket]) -> list[Mapping[str, Prediction]]:
        return [one.predictions for one in self.assess(tickets)]
