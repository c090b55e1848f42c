"""How two models do on the golden tickets that neither learnt from, field by field.

Macro-F1, which counts labels alike, so that a small label that was talked over shows; with an interval of the
difference by a paired bootstrap over tickets (Efron and Tibshirani 1993, *An Introduction to the Bootstrap*,
chapter 8).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from triage.bundle import Bundle, Manifest
from triage.golden import JUDGED, GoldenTicket
from triage.taxonomy import Taxonomy

__all__ = ["GoldenField", "compare_on_golden", "left_out_by"]

DRAWS = 1_000
CHUNK = 256
"""Tickets that a model assesses at a time."""


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
    """

    field: str
    tickets: int
    before: float
    after: float
    low: float
    high: float

    @property
    def lost(self) -> float:
        """How much the challenger has less."""
        return self.before - self.after


def left_out_by(tickets: Sequence[GoldenTicket], *manifests: Manifest) -> list[GoldenTicket]:
    """Return the golden tickets that none of these models learnt from."""
    known = min(int(one.training.get("golden_revision", 0)) for one in manifests)
    return [one for one in tickets if one.revision <= known]


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
    )


def _macro_f1(truth: np.ndarray, answers: np.ndarray, weights: np.ndarray) -> Any:
    """Return macro-F1 under each row of weights, over the labels that weigh anything there."""
    labels = np.unique(truth)
    true, said = truth[:, None] == labels, answers[:, None] == labels
    hits, n_true, n_said = (weights @ one.astype(float) for one in (true & said, true, said))
    scores = 2 * hits / np.maximum(n_true + n_said, 1e-12)
    return (scores * (n_true > 0)).sum(axis=1) / (n_true > 0).sum(axis=1)
