"""From fields learnt each alone to a model: what they say together, from which confidence, to whom.

Done once for tickets as the history had them and, where it had forms, once for tickets that come without.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from features.foresight_model import ForesightModel
from features.model import TicketModel
from features.neighbours import NeighbourIndex
from features.structured import StructuredView
from features.views import Views
from features.words import WordView
from training.config import TrainingConfig
from training.formless import formless_fields
from training.join_fields import join_fields
from training.learn_familiarity import learn_familiarity
from training.learn_fast import CheapFields, LearntFast, learn_fast
from training.learn_field import LearntField
from training.learn_languages import learn_languages
from training.past_neighbours import with_voters
from training.priority.rule import learn_rule
from triage.priority_rule import PriorityRule
from triage.ticket import PastTicket

__all__ = ["Ground", "Made", "make_formless", "make_model"]


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What all models of one training stand on.

    Parameters
    ----------
    history : sequence of PastTicket
        With today's names of labels.
    labels : Mapping of str to sequence of str or None
        By field: the label of each ticket, None where there is none or it is not learnt.
    languages : sequence of str or None
        Of each ticket.
    views : dict of str to matrix
        Of the history.
    words : WordView
    structured : StructuredView
    neighbours : NeighbourIndex
        Of the past tickets that vote.
    kept : ndarray of shape (m,)
        Rows of these.
    near : ndarray of shape (n,)
        How near to those before it each ticket is, see
        :func:`training.learn_familiarity.measure_nearness`.
    foresight : ForesightModel or None
    config : TrainingConfig
    """

    history: Sequence[PastTicket]
    labels: Mapping[str, Sequence[str | None]]
    languages: Sequence[str | None]
    views: Views
    words: WordView
    structured: StructuredView
    neighbours: NeighbourIndex
    kept: np.ndarray
    near: np.ndarray
    foresight: ForesightModel | None
    config: TrainingConfig


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """A model and what held-out tickets say of it.

    Parameters
    ----------
    model : TicketModel
    learnt : dict of str to LearntField
        By field, as it answers in the end.
    hierarchies : list of dict
        What was learnt of fields that answer together.
    rule : PriorityRule or None
        How priorities come about.
    languages : dict
        What :func:`training.learn_languages.learn_languages` reports of each.
    fast : LearntFast
        Its fast tier.
    """

    model: TicketModel
    learnt: dict[str, LearntField]
    hierarchies: list[dict[str, Any]]
    rule: PriorityRule | None
    languages: dict[str, Any]
    fast: LearntFast


def make_model(alone: Mapping[str, LearntField], cheap: CheapFields | None, ground: Ground) -> Made:
    """Put fields together into a model.

    Parameters
    ----------
    alone : Mapping of str to LearntField
        By field.
    cheap : CheapFields or None
        The same without the encoder, from :func:`training.learn_fast.learn_cheap`.
    ground : Ground
        What they were learnt from.
    """
    labels = ground.labels
    joined, hierarchies = join_fields(alone, labels, ground.views)
    learnt, rule = learn_rule(ground.history, labels, joined, ground.config.precision_for("priority"))
    fast = learn_fast(ground.history, labels, joined, cheap, ground.config)
    languages, spoken = learn_languages(ground.languages, labels, learnt)
    model = TicketModel(
        ground.words,
        ground.structured,
        {name: with_voters(one.model, labels[name], ground.kept) for name, one in learnt.items()},
        {name: one.promise for name, one in learnt.items()},
        ground.neighbours,
        languages=languages,
        familiarity=learn_familiarity(labels, alone, ground.near),
        priority_rule=rule,
        hierarchies=[one.hierarchy for one in hierarchies],
        foresight=ground.foresight,
        fast_tier=fast.tier,
    )
    return Made(model, learnt, [one.facts for one in hierarchies], rule, spoken, fast)


def make_formless(alone: Mapping[str, LearntField], cheap: CheapFields | None, ground: Ground) -> Made | None:
    """Put the same fields together for tickets without a form; None where no field was learnt for these.

    Parameters
    ----------
    alone, cheap, ground
        As of :func:`make_model`.
    """
    fields = formless_fields(alone, ground.labels, ground.views, ground.config)
    if not fields:
        return None
    if cheap is None:
        return make_model(fields, None, ground)
    known = {name: one for name, one in cheap.alone.items() if one is not None}
    bare = formless_fields(known, ground.labels, ground.views, ground.config)
    return make_model(fields, replace(cheap, alone=dict.fromkeys(fields) | bare), ground)
