"""Learns which languages a history carries, and how well held-out tickets in each were decided."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from features.learnt_languages import LearntLanguages
from training.bounds import lower_bound
from training.learn_field import LearntField

__all__ = ["learn_languages"]

ENOUGH = 20
"""Tickets from which a language counts as learnt."""

ENOUGH_SHARE = 0.05
"""Or this share of the tickets whose language is known: a young helpdesk has fewer than twenty of any."""

ERROR_RATE = 0.01
"""Chance of finding a promise broken in a language in which it holds; one language is tested once a field."""


def learn_languages(
    languages: Sequence[str | None],
    labels: Mapping[str, Sequence[str | None]],
    learnt: Mapping[str, LearntField],
) -> tuple[LearntLanguages, dict[str, Any]]:
    """Find the languages of a history and judge each on held-out tickets.

    A language breaks a field's promise when so many of the values applied to its held-out tickets were wrong
    that the promised precision is out of reach (one-sided Clopper-Pearson bound at 1 %). From then on the
    field abstains in that language; the others go on.

    Parameters
    ----------
    languages : sequence of str or None
        The language of each ticket of the history, None where nobody knows.
    labels : Mapping of str to sequence of str or None
        By field: the label of each ticket, None where there is none or it is not learnt.
    learnt : Mapping of str to LearntField
        By field; their held-out rows count tickets with a label.

    Returns
    -------
    languages : LearntLanguages
        For the model.
    report : dict
        For the manifest: by language ``tickets`` and ``fields``, and by field ``tickets, accuracy,
        coverage, precision, broken`` of the held-out tickets.
    """
    counts = Counter(one for one in languages if one is not None)
    total = sum(counts.values())
    kept = {
        language: count
        for language, count in counts.most_common()
        if count >= ENOUGH or count >= ENOUGH_SHARE * total
    }
    report: dict[str, Any] = {language: {"tickets": count, "fields": {}} for language, count in kept.items()}
    codes = np.asarray([one or "" for one in languages], dtype=str)
    for name, field in learnt.items():
        labelled = np.flatnonzero([value is not None for value in labels[name]])
        rows = codes[labelled[field.held_out]]
        predicted = field.probabilities.argmax(axis=1)
        right = predicted == field.classes
        promise = field.promise
        # A label may have a target of its own, above or below its field's.
        targets = np.array(
            [promise.label_precisions.get(one, promise.target_precision) for one in field.model.labels]
        )[predicted]
        for language in kept:
            mine = rows == language
            if mine.any():
                report[language]["fields"][name] = _judge(right[mine], field.applied[mine], targets[mine])
    broken = {
        language: frozenset(name for name, one in part["fields"].items() if one["broken"])
        for language, part in report.items()
    }
    return LearntLanguages(kept, {one: fields for one, fields in broken.items() if fields}), report


def _judge(right: np.ndarray, applied: np.ndarray, targets: np.ndarray) -> dict[str, Any]:
    shown = int(applied.sum())
    hits = int(right[applied].sum())
    # The upper bound of a share is one minus the lower bound of its complement.
    reachable = 1 - lower_bound(shown - hits, shown, error_rate=ERROR_RATE) if shown else 1.0
    return {
        "tickets": len(right),
        "accuracy": round(float(right.mean()), 6),
        "coverage": round(shown / len(right), 6),
        "precision": round(hits / shown, 6) if shown else None,
        "broken": bool(shown and reachable < targets[applied].mean()),
    }
