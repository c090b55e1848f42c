"""Learns what known tickets look like to each field, from held-out tickets alone."""

from collections.abc import Mapping, Sequence

import numpy as np

from features.familiarity import NEAREST, Familiarity, evidence
from training.learn_field import LearntField
from training.splits import Fold, folds

__all__ = ["learn_familiarity", "measure_nearness"]

KNOWN = 2_000
"""Held-out tickets that say what is usual; one in a hundred is then known to about a fifth of itself."""

FEWEST = 10
BATCH = 256


def measure_nearness(
    vectors: np.ndarray,
    spoken: np.ndarray,
    ordered: bool,
    *,
    reach: int,
    random_state: int = 0,
    judging: Sequence[tuple[Fold, np.ndarray]] = (),
) -> np.ndarray:
    """Measure how near to the tickets before them a history's later tickets are.

    Parameters
    ----------
    vectors : ndarray of shape (n, dimension)
        Unit vectors of all tickets.
    spoken : ndarray of shape (m,)
        Rows with text.
    ordered : bool
        Whether rows are in time order; the folds are those of :func:`training.splits.folds`.
    reach : int
        Only so many of the newest tickets of a fold are looked at, as when deciding.
    random_state : int, default=0
        Of the folds where there is no order.
    judging : sequence of (Fold, ndarray of shape (n, dimension)), optional
        Parts to use instead, each with the vectors of all tickets by an encoder that has not seen its judged
        tickets (ADR 0018): a tuned encoder puts those that it saw too near to each other.

    Returns
    -------
    ndarray of shape (n,)
        Mean cosine to the five nearest; NaN for rows that were not measured.
    """
    found = np.full(len(vectors), np.nan)
    if len(spoken) < FEWEST:
        return found
    given = [(fold.within(spoken), theirs) for fold, theirs in judging] or [
        (fold, vectors) for fold in folds(np.zeros(len(spoken), int), ordered, random_state=random_state)
    ]
    parts = [(fold, theirs) for fold, theirs in given if len(fold.learn) and len(fold.judge)]
    if not parts:
        return found
    wanted = np.concatenate([fold.judge for fold, _ in parts])
    if not ordered:
        wanted = np.random.default_rng(random_state).permutation(wanted)
    wanted = wanted[-KNOWN:]
    for fold, theirs in parts:
        earlier = theirs[spoken[fold.learn[-reach:]]]
        later = spoken[fold.judge[np.isin(fold.judge, wanted)]]
        count = min(NEAREST, len(earlier))
        for at in range(0, len(later), BATCH):
            rows = later[at : at + BATCH]
            cosines = theirs[rows] @ earlier.T
            found[rows] = np.partition(cosines, -count, axis=1)[:, -count:].mean(axis=1, dtype=float)
    return found


def learn_familiarity(
    labels: Mapping[str, Sequence[str | None]], learnt: Mapping[str, LearntField], nearness: np.ndarray
) -> dict[str, Familiarity]:
    """Rank both signals among held-out tickets, field by field.

    Parameters
    ----------
    labels : Mapping of str to sequence of str or None
        By field: the label of each ticket of the history, None where there is none.
    learnt : Mapping of str to LearntField
        By field; their held-out rows count tickets with a label.
    nearness : ndarray of shape (n,)
        As :func:`measure_nearness` returns it.

    Returns
    -------
    dict of str to Familiarity
        Without fields of which no held-out ticket was measured.
    """
    found = {}
    for name, field in learnt.items():
        labelled = np.flatnonzero([value is not None for value in labels[name]])
        near = nearness[labelled[field.held_out]]
        known = ~np.isnan(near)
        if known.any():
            found[name] = Familiarity.of_known(evidence(field.probabilities[known]), near[known])
    return found
