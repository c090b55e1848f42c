"""What one field is like: its labels, what it can reach on later tickets, which columns give it away."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from training.check.columns import leaks_of
from training.check.estimate import Estimate, estimate_field, judging_folds, quick_rows
from training.check.finding import PEOPLE, Finding
from training.check.label_audit import find_label_errors
from training.check.label_life import THIN
from training.check.sample import Sample
from training.judged_share import FEWEST_JUDGED

__all__ = ["field_facts"]

AUDITED = 0.6
"""Estimated accuracy from which a quick model's doubts are told: below it, they are mostly its own fault."""

FEWEST = 50
"""Labelled tickets below which nothing is estimated."""

LEAST_GAIN = 0.1
"""Share of the errors of always answering the commonest label that a field worth predicting takes away."""


def field_facts(
    name: str,
    values: Sequence[str],
    sample: Sample,
    ordered: bool,
    total: int,
    *,
    explained: Collection[str] = (),
) -> tuple[dict[str, Any], list[Finding]]:
    """Return what one field is like and can reach, and what was found on the way.

    Parameters
    ----------
    name : str
        The field.
    values : sequence of str
        Its labels in the whole history, in time order where ``ordered``.
    sample : Sample
        The tickets to estimate by.
    ordered : bool
        Whether "later" means something.
    total : int
        Labelled tickets that the sample stands for.
    explained : collection of str, optional
        Ids of tickets whose label is known to be right for a reason that lies outside their texts.

    Returns
    -------
    facts : dict
        ``labels`` (how many), ``thin`` (of these, with few tickets), ``majority`` (share of the commonest),
        ``judged`` (tickets that an estimate is or would be judged by), ``learnable`` (None without an
        estimate), ``estimate`` (as :class:`training.check.estimate.Estimate`; None where too few were judged)
        and ``leaks`` (see :func:`training.check.columns.leaks_of`).
    findings : list of Finding
    """
    names, counts = np.unique(np.asarray(values, dtype=str), return_counts=True)
    facts: dict[str, Any] = {
        "labels": len(names),
        "thin": int((counts < THIN).sum()),
        "majority": round(float(counts.max() / len(values)), 6),
        "judged": 0,
        "learnable": None,
        "estimate": None,
        "leaks": [],
    }
    quick = quick_rows([past.labels.get(name) or None for past in sample.tickets], sample)
    if len(quick.rows) < FEWEST or len(quick.names) < 2:
        return facts, []
    parts = judging_folds(quick.classes, ordered)
    facts["judged"] = sum(len(fold.judge) for fold in parts)
    if facts["judged"] < FEWEST_JUDGED:
        return facts, []
    estimate = estimate_field(quick, sample, parts, ordered, total)
    facts["estimate"] = {key: round(value, 6) for key, value in asdict(estimate).items()}
    facts["judged"] = estimate.tickets
    facts["learnable"] = _is_learnable(estimate)
    mine = {key: [column[row] for row in quick.rows] for key, column in sample.columns.items()}
    otherwise = max(estimate.text_accuracy, estimate.majority)
    facts["leaks"] = leaks_of(quick.classes, mine, parts[-1], otherwise)
    findings: list[Finding] = []
    if not facts["learnable"]:
        sources = "Text and form fields" if sample.words.shape[1] else "Form fields"
        said = (
            f"{sources} hardly tell {name}: about {estimate.accuracy:.1%} of {facts['judged']:,} later "
            f"tickets, always the commonest label {estimate.majority:.1%}."
        )
        findings.append(
            Finding(
                "hardly_learnable",
                "note",
                name,
                f"{said} It follows from impact and urgency instead.",
                "Nothing: where a person sets impact and urgency the matrix decides. Where nobody does, "
                "expect suggestions at most.",
                total,
            )
            if explained
            else Finding(
                "hardly_learnable",
                "problem",
                name,
                said,
                "Expect suggestions at most. Look whether people agree on its values, and whether what they "
                "go by is in the export.",
                total,
            )
        )
    elif name not in PEOPLE and estimate.accuracy >= AUDITED:
        # Where texts do not tell the label, or people come and go, doubt means nothing.
        findings += find_label_errors(
            name, quick, sample, total, accuracy=estimate.accuracy, explained=explained
        )
    return facts, findings


def _is_learnable(estimate: Estimate) -> bool:
    """Say whether a field is told better than by its commonest label: past chance, and worth the while."""
    gain = estimate.accuracy - estimate.majority
    return gain > estimate.chance and gain >= LEAST_GAIN * (1 - estimate.majority)
