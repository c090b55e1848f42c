"""How two models do on the golden tickets that neither learnt from, field by field and label by label.

Macro-F1, which counts labels alike, so that a small label that was talked over shows; with an interval of the
difference by a paired bootstrap over tickets (Efron and Tibshirani 1993, *An Introduction to the Bootstrap*,
chapter 8). Of many labels one hardly moves it: of each, those that were right and are wrong now are weighed
against those the other way round (McNemar 1947, exact and one-sided), times the number of labels
(Bonferroni).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.stats import binomtest

from triage.bundle import Bundle, Manifest
from triage.golden import JUDGED, GoldenTicket
from triage.taxonomy import Taxonomy

__all__ = [
    "GoldenField",
    "LabelChange",
    "LabelLoss",
    "changed_since",
    "compare_on_golden",
    "left_out_by",
]

DRAWS = 1_000
CHUNK = 256
"""Tickets that a model assesses at a time."""


@dataclass(frozen=True, slots=True)
class LabelLoss:
    """A label of which fewer golden tickets are right now.

    Parameters
    ----------
    label : str
        Which.
    tickets, before, after : int
        Golden tickets of it; how many of them the champion and the challenger get right.
    p : float
        How likely so much would be lost by chance of any of the field's labels, at most.
    """

    label: str
    tickets: int
    before: int
    after: int
    p: float


@dataclass(frozen=True, slots=True)
class LabelChange:
    """A label of which golden tickets bear other values in the store than when they were frozen."""

    field: str
    label: str
    tickets: int
    changed: int


@dataclass(frozen=True, slots=True)
class GoldenField:
    """One field, judged.

    Parameters
    ----------
    field : str
        Which.
    tickets : int
        Golden tickets with a value in it.
    before, after : float
        Macro-F1 of the champion and of the challenger, over the labels that these tickets have.
    low, high : float
        95 % interval of the difference.
    worst : LabelLoss or None
        The label that lost most surely; None where none lost any.
    """

    field: str
    tickets: int
    before: float
    after: float
    low: float
    high: float
    worst: LabelLoss | None = None

    @property
    def lost(self) -> float:
        """How much the challenger has less."""
        return self.before - self.after


def left_out_by(tickets: Sequence[GoldenTicket], *manifests: Manifest) -> list[GoldenTicket]:
    """Return the golden tickets that none of these models learnt from."""
    known = min(int(one.training.get("golden_revision", 0)) for one in manifests)
    return [one for one in tickets if one.revision <= known]


def changed_since(tickets: Sequence[GoldenTicket]) -> list[LabelChange]:
    """Return the labels of which stored values have changed since they were frozen, most changed first."""
    all_of: Counter[tuple[str, str]] = Counter()
    changed: Counter[tuple[str, str]] = Counter()
    for one in tickets:
        for name, label in one.labels.items():
            all_of[name, label] += 1
            changed[name, label] += one.now.get(name, label) != label
    found = [LabelChange(*place, all_of[place], many) for place, many in changed.items() if many]
    return sorted(found, key=lambda one: (-one.changed, one.field, one.label))


def compare_on_golden(
    champion: Bundle, challenger: Bundle, tickets: Sequence[GoldenTicket], *, random_state: int = 0
) -> list[GoldenField]:
    """Compare two models on golden tickets, in each field that both answer.

    Parameters
    ----------
    champion, challenger : Bundle
        Loaded.
    tickets : sequence of GoldenTicket
        That neither learnt from.
    random_state : int, default=0
        Of the bootstrap.
    """
    if not tickets:
        return []
    merged = Taxonomy({}, challenger.manifest.training.get("config", {}).get("merged") or {})
    names = [
        name for name in JUDGED if {name} <= champion.manifest.fields.keys() & challenger.manifest.fields
    ]
    said = [_answers(one, tickets, names, merged) for one in (champion, challenger)]
    found = []
    for name in names:
        rows = [place for place, one in enumerate(tickets) if name in one.labels]
        if not rows:
            continue
        truth = np.array([merged.current(name, tickets[place].labels[name]) for place in rows])
        before, after = (np.array([one[name][place] for place in rows]) for one in said)
        found.append(_judged(name, truth, before, after, random_state))
    return found


def _answers(
    bundle: Bundle, tickets: Sequence[GoldenTicket], names: Sequence[str], merged: Taxonomy
) -> Mapping[str, list[str]]:
    """Return the likeliest label of each ticket by field, by its name of today; "" where a field has none."""
    answers: dict[str, list[str]] = {name: [] for name in names}
    # What people said of a ticket narrows down the rest of it: the model is asked without.
    asked = [replace(one.ticket, values={}) for one in tickets]
    for at in range(0, len(asked), CHUNK):
        for assessment in bundle.model.assess(asked[at : at + CHUNK]):
            for name in names:
                one = assessment.predictions.get(name)
                answers[name].append("" if one is None else merged.current(name, one.top(1)[0][0]))
    return answers


def _judged(
    name: str, truth: np.ndarray, before: np.ndarray, after: np.ndarray, random_state: int
) -> GoldenField:
    n = len(truth)
    weights = np.random.default_rng(random_state).multinomial(n, np.full(n, 1 / n), size=DRAWS)
    ones = np.ones((1, n))
    differences = _macro_f1(truth, after, weights) - _macro_f1(truth, before, weights)
    low, high = np.quantile(differences, (0.025, 0.975))
    return GoldenField(
        name,
        n,
        float(_macro_f1(truth, before, ones)[0]),
        float(_macro_f1(truth, after, ones)[0]),
        float(low),
        float(high),
        _worst_label(truth, before == truth, after == truth),
    )


def _worst_label(truth: np.ndarray, before: np.ndarray, after: np.ndarray) -> LabelLoss | None:
    labels = np.unique(truth)
    losses = []
    for label in labels:
        mine = truth == label
        lost, gained = int((mine & before & ~after).sum()), int((mine & after & ~before).sum())
        if lost > gained:
            p = binomtest(lost, lost + gained, alternative="greater").pvalue
            right = int((mine & before).sum()), int((mine & after).sum())
            losses.append(LabelLoss(str(label), int(mine.sum()), *right, min(1.0, p * len(labels))))
    return min(losses, key=lambda one: (one.p, one.label), default=None)


def _macro_f1(truth: np.ndarray, answers: np.ndarray, weights: np.ndarray) -> Any:
    """Return macro-F1 under each row of weights, over the labels that weigh anything there."""
    labels = np.unique(truth)
    true, said = truth[:, None] == labels, answers[:, None] == labels
    hits, n_true, n_said = (weights @ one.astype(float) for one in (true & said, true, said))
    scores = 2 * hits / np.maximum(n_true + n_said, 1e-12)
    return (scores * (n_true > 0)).sum(axis=1) / (n_true > 0).sum(axis=1)
