"""How far the newest decisions are from those that a model was judged on when it was trained.

Compares what decisions keep (confidence by field, familiarity, language) with the reference in the bundle's
manifest, in two windows one after the other: one odd window is chance more often than drift. Tickets that
lack the form which the history had are counted for the language alone. Raises no alarm.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from triage.decision import Reason
from triage.priority_route import LEARNT
from triage.stability import bin_counts, deal_again, stability_index

__all__ = ["FEWEST", "MODERATE", "WINDOW", "LiveDrift", "measure_live_drift"]

WINDOW = 500
"""Decisions a window: of 30 values chance moves the plain index over 0.1 in 6 of 100, with 200 in 96."""

FEWEST = 200
"""Below so many decisions a window says nothing."""

MODERATE = 0.1
"""The usual limit of a population stability index (Siddiqi 2006), here of the excess over chance."""

NONE = "(none)"
"""What the reference calls tickets without a language."""


@dataclass(frozen=True, slots=True)
class LiveDrift:
    """One measure.

    Parameters
    ----------
    measure : str
        ``confidence``, ``familiarity`` or ``language``.
    field : str or None
        Of which field; None: of the tickets as a whole.
    decisions : int
        In the smaller window.
    value : float
        Population stability index of the newest window.
    excess : float
        How far the index is over the 95 % point of its null in **both** windows: the smaller of the two.
    """

    measure: str
    field: str | None
    decisions: int
    value: float
    excess: float

    @property
    def has_moved(self) -> bool:
        """Whether it is over the usual limit, beyond chance, twice in a row."""
        return self.excess >= MODERATE


def measure_live_drift(
    reference: Mapping[str, Any], documents: Sequence[Mapping[str, Any]], *, random_state: int = 0
) -> list[LiveDrift]:
    """Compare the newest decisions with a reference.

    Parameters
    ----------
    reference : Mapping
        ``training.reference`` of a bundle's manifest.
    documents : sequence of Mapping
        Decisions as stored, newest first; more than two windows are left out.
    random_state : int, default=0
        Of the null bands.

    Returns
    -------
    list of LiveDrift
        Measures with at least :data:`FEWEST` decisions in both windows.
    """
    random = np.random.default_rng(random_state)
    half = min(WINDOW, len(documents) // 2)
    windows = documents[:half], documents[half : 2 * half]
    found = []
    for measure, field, then, pairs in _counts(reference, windows):
        fewest = min(int(now.sum()) for now in pairs)
        if fewest < FEWEST or ((then + pairs[0]) > 0).sum() < 2:
            continue
        values = [float(stability_index(then, now)) for now in pairs]
        nulls = [float(np.quantile(deal_again(then, now, random), 0.95)) for now in pairs]
        excess = min(value - null for value, null in zip(values, nulls, strict=True))
        found.append(LiveDrift(measure, field, fewest, values[0], max(0.0, excess)))
    return found


def _counts(
    reference: Mapping[str, Any], windows: Sequence[Sequence[Mapping[str, Any]]]
) -> Iterator[tuple[str, str | None, np.ndarray, list[np.ndarray]]]:
    """Yield each measure with its counts then and in each window."""
    for field, then in reference["confidence"].items():
        values = [_confidences(window, field) for window in windows]
        yield (
            "confidence",
            field,
            np.array(then["counts"]),
            [bin_counts(one, then["edges"]) for one in values],
        )
    then = reference["numbers"].get("familiarity")
    if then is not None:
        told = [
            np.array([one["familiarity"] for one in _with_form(w) if one["familiarity"] is not None])
            for w in windows
        ]
        yield "familiarity", None, np.array(then["counts"]), [bin_counts(one, then["edges"]) for one in told]
    then = reference["values"].get("language")
    if then is not None:
        names = list(then["counts"])
        pairs = []
        for window in windows:
            seen = Counter(one.get("language") or NONE for one in window)
            named = [seen.pop(name, 0) for name in names]
            pairs.append(np.array([*named, seen.total()]))
        yield "language", None, np.array([*then["counts"].values(), then["others"]]), pairs


def _with_form(window: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield decisions that the reference speaks of: without the form others decide (ADR 0061)."""
    return (one for one in window if not one.get("lacks_form", False))


def _confidences(window: Sequence[Mapping[str, Any]], field: str) -> np.ndarray:
    """Return the likeliest label's confidence where the model alone said it."""
    parts = (one["fields"].get(field) for one in _with_form(window))
    return np.array(
        [
            part["top"][0][1]
            for part in parts
            if part
            and part["top"]
            and part.get("basis") in (None, LEARNT)
            and part["reason"] != Reason.HUMAN_VALUE_PRESENT.value
        ]
    )
