"""Learns the fast tier: each field again without the encoder, and how sure that must be to answer alone.

A field is fitted as always (:mod:`training.learn_field`), on static vectors in place of the encoder's, with
the penalties and the half-life that were chosen before. From which confidence it needs no encoder is chosen
on held-out tickets, by what both tiers say of them; on the answers of both together the promise is solved.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import joblib
import numpy as np

from features.familiarity import evidence
from features.fast_tier import FastField, FastTier
from features.field_model import Head
from features.static_meaning import StaticMeaning
from features.views import MEANING_SCALE, Views
from features.words import WordView
from training.calibration_error import calibration_error
from training.config import TrainingConfig
from training.fit_static import cross_fit_static, fit_static
from training.join_fields import join_fields
from training.learn_field import LearntField, learn_field
from training.learn_fields import labels_of
from training.penalty_choice import Chosen
from training.priority.rule import learn_rule
from training.settle import settle
from training.sure_enough import Tiers, choose_sure_from
from training.work_memory import WorkMemory
from triage.errors import TrainingError
from triage.ticket import PastTicket

__all__ = ["CheapFields", "LearntFast", "learn_cheap", "learn_fast"]

KNOWN = 2_000
"""Held-out tickets whose evidence is kept."""

FEWEST = 30
"""Held-out tickets that both tiers must have judged for a field to have a fast tier at all."""


@dataclass(frozen=True, slots=True, eq=False)
class CheapFields:
    """Fields as they are learnt without the encoder.

    Parameters
    ----------
    static : StaticMeaning
        Stands in for it.
    views : dict of str to matrix
        Of the history, as the fields read it.
    alone : dict of str to LearntField or None
        By field; None where it cannot do without the encoder.
    """

    static: StaticMeaning
    views: Views
    alone: dict[str, LearntField | None]


@dataclass(frozen=True, slots=True, eq=False)
class LearntFast:
    """The fast tier and what held-out tickets say of it.

    Parameters
    ----------
    tier : FastTier or None
        None where some field cannot do without the encoder.
    facts : dict
        For manifest and card: by field ``tickets, full, fast, both, sure_from, asked, standard_error,
        calibration_error, calibration_null_95``; accuracies and shares.
    """

    tier: FastTier | None
    facts: dict[str, Any]


def learn_cheap(
    labels: Mapping[str, Sequence[str | None]],
    learnt: Mapping[str, LearntField],
    views: Views,
    words: WordView,
    *,
    ordered: bool,
    config: TrainingConfig,
    days: np.ndarray | None,
    memory: WorkMemory,
    formless: bool = False,
) -> CheapFields | None:
    """Learn fields without the encoder; None where a fast tier cannot be made of them.

    Parameters
    ----------
    labels : Mapping of str to sequence of str or None
        By field: the label of each ticket, None where there is none or it is not learnt.
    learnt : Mapping of str to LearntField
        The full tier, by field, each alone.
    views : dict of str to matrix
        Of the history, by the encoder that the bundle will carry.
    words : WordView
        Fitted.
    ordered : bool
        Whether the history is in time order.
    config : TrainingConfig
        Of the run.
    days : ndarray of shape (n,) or None
        When each ticket was filed.
    memory : WorkMemory
        Where what was learnt before from the very same is found.
    formless : bool, default=False
        As of :func:`training.learn_fields.learn_fields`.
    """
    if _with_few(learnt) or all(one.reason for one in learnt.values()):
        return None
    vectors = np.asarray(views["meaning"]) / MEANING_SCALE
    static, seen_by_others = memory.remember(
        "static",
        (views["words"], vectors),
        lambda: (
            fit_static(words, views["words"], vectors),
            cross_fit_static(words, views["words"], vectors),
        ),
    )
    cheap = views | {"meaning": seen_by_others * MEANING_SCALE}

    def learn(name: str) -> LearntField | None:
        if learnt[name].reason:  # It abstains in either tier, and reads nothing.
            return learnt[name]
        values = labels[name]
        rows = np.array([row for row, value in enumerate(values) if value is not None], int)
        labelled = [value for value in values if value is not None]
        seen = {block: matrix[rows] for block, matrix in cheap.items()}
        settings: dict[str, Any] = {
            "ordered": ordered,
            "target": config.target_for(name),
            "random_state": config.seed,
            "days": None if days is None else days[rows],
            "labels": labels_of(values, config.descriptions.get(name, {})),
            "votes": False,
            "chosen": Chosen(learnt[name].penalties, learnt[name].half_life, _without_meaning(learnt[name])),
            "formless": formless,
        }
        step: Callable[[], LearntField] = partial(learn_field, name, labelled, seen, **settings)
        try:
            return memory.remember("fast", (name, labelled, seen, settings), step)
        except TrainingError:  # of this tier; the full one need not do without
            return None

    with ThreadPoolExecutor(joblib.cpu_count()) as pool:
        return CheapFields(static, cheap, dict(zip(learnt, pool.map(learn, learnt), strict=True)))


def learn_fast(
    history: Sequence[PastTicket],
    labels: Mapping[str, Sequence[str | None]],
    learnt: Mapping[str, LearntField],
    cheap: CheapFields | None,
    config: TrainingConfig,
) -> LearntFast:
    """Learn the fast tier of a model.

    Parameters
    ----------
    history : sequence of PastTicket
        With today's names of labels.
    labels : Mapping of str to sequence of str or None
        By field: the label of each ticket.
    learnt : Mapping of str to LearntField
        The full tier, by field, as its answers are judged.
    cheap : CheapFields or None
        The same fields, from :func:`learn_cheap`.
    config : TrainingConfig
        Of the run.
    """
    unlearnt = {name: one for name, one in learnt.items() if one.reason}
    if cheap is None or len(unlearnt) == len(learnt):
        return LearntFast(None, {"without": _with_few(learnt)})
    given = cheap.alone | unlearnt
    slow = [name for name in learnt if name not in unlearnt and not _comparable(given[name], learnt[name])]
    if slow:
        return LearntFast(None, {"without": slow})
    alone = {name: one for name, one in given.items() if one is not None}
    joined, hierarchies = join_fields(alone, labels, cheap.views)
    both, facts = dict(joined), {}
    for name in [one for one in joined if one not in unlearnt]:
        one = joined[name]
        tiers = Tiers.of(one, learnt[name])
        sure_from = choose_sure_from(tiers)
        both[name], facts[name] = _together(one, tiers, sure_from), tiers.facts(sure_from)
    judged, rule = learn_rule(history, labels, both, config.precision_for("priority"))
    for name in facts:
        one = both[name]
        likeliest = one.probabilities.argmax(axis=1)
        error = calibration_error(one.probabilities.max(axis=1), likeliest == one.classes)
        facts[name] |= {"calibration_error": error.error, "calibration_null_95": error.null_95}
    fields = {
        name: FastField(one.model, facts[name]["sure_from"] if name in facts else 0.0, _known(one))
        for name, one in alone.items()
    }
    tier = FastTier(
        cheap.static,
        fields,
        {name: one.promise for name, one in judged.items()},
        [one.hierarchy for one in hierarchies],
        rule,
    )
    return LearntFast(tier, {"fields": facts})


def _with_few(learnt: Mapping[str, LearntField]) -> list[str]:
    """Return the fields of which too few tickets were held out."""
    return [name for name, one in learnt.items() if not one.reason and len(one.held_out) < FEWEST]


def _without_meaning(full: LearntField) -> dict[str, Head]:
    """Return the heads of the full tier that read what the fast one reads, too.

    Where the full tier learnt from what labels are called, these did: as from one ticket more of each label.
    """
    return {name: one for name, one in full.model.heads.items() if "meaning" not in one.blocks}


def _comparable(fast: LearntField | None, full: LearntField) -> bool:
    """Return whether enough tickets were held out from both tiers to tell what one costs."""
    return fast is not None and len(np.intersect1d(fast.held_out, full.held_out)) >= FEWEST


def _together(fast: LearntField, tiers: Tiers, sure_from: float) -> LearntField:
    """Return the field as both tiers answer together, with the promise that these answers keep."""
    probabilities = tiers.together(sure_from)
    promise, applied, learnable = settle(probabilities, tiers.classes, fast.model.labels, fast.target)
    return replace(
        fast,
        promise=promise,
        held_out=tiers.rows,
        probabilities=probabilities,
        classes=tiers.classes,
        applied=applied,
        learnable=learnable,
        rivals=None,
    )


def _known(fast: LearntField) -> np.ndarray:
    """Return the sorted evidence of held-out tickets, thinned evenly where there are many."""
    if not len(fast.held_out):
        return np.empty(0)
    found = np.sort(evidence(fast.probabilities))
    kept = np.linspace(0, len(found) - 1, min(len(found), KNOWN)).astype(int)
    return np.asarray(found[kept])
