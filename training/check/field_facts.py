"""What one field is like: its labels, what it can reach on later tickets, which columns give it away."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from training.check.columns import find_leaks
from training.check.estimate import Sample, estimate_field, judging_folds
from training.check.finding import Finding
from training.check.label_life import THIN
from training.retired import retired_labels

__all__ = ["field_facts"]

FEWEST = 50
"""Labelled tickets below which nothing is estimated."""


def field_facts(
    name: str, values: Sequence[str], sample: Sample, ordered: bool
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

    Returns
    -------
    facts : dict
        ``labels`` (how many), ``thin`` (of these, with few tickets), ``majority`` (share of the commonest)
        and ``estimate`` (as :class:`training.check.estimate.Estimate`, or None).
    findings : list of Finding
    """
    names, counts = np.unique(np.asarray(values, dtype=str), return_counts=True)
    facts: dict[str, Any] = {
        "labels": len(names),
        "thin": int((counts < THIN).sum()),
        "majority": round(float(counts.max() / len(values)), 6),
        "estimate": None,
    }
    # What is in use no more is not learnt, so it is not told apart here either.
    dead = retired_labels(values) if ordered else set()
    learnt = [label if (label := past.labels.get(name)) not in dead else None for past in sample.tickets]
    rows = np.array([row for row, label in enumerate(learnt) if label], dtype=int)
    classes = np.searchsorted(names, [sample.tickets[row].labels[name] for row in rows])
    if len(rows) < FEWEST or len(np.unique(classes)) < 2:
        return facts, []
    _, classes = np.unique(classes, return_inverse=True)
    parts = judging_folds(classes, ordered)
    estimate = estimate_field(classes, sample, rows, parts)
    if estimate is None:
        return facts, []
    facts["estimate"] = {key: round(value, 6) for key, value in asdict(estimate).items()}
    mine = {key: [column[row] for row in rows] for key, column in sample.columns.items()}
    labelled = [sample.tickets[row] for row in rows]
    findings = find_leaks(
        name, labelled, classes, mine, parts[-1], max(estimate.text_accuracy, estimate.majority)
    )
    if estimate.accuracy - estimate.error <= estimate.majority:
        findings.append(
            Finding(
                "hardly_learnable",
                "problem",
                name,
                f"Text and form fields hardly tell {name}: {estimate.accuracy:.1%} of later tickets, always "
                f"the commonest label {estimate.majority:.1%}.",
                "Expect suggestions at most. Look whether people agree on its values, and whether what they "
                "go by is in the export.",
            )
        )
    return facts, findings
