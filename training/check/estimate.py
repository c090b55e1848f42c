"""A quick estimate of what a field can reach on later tickets, before a minute of training is spent.

Three measurements of the quick model, put together (ADR 0015): its errors on later tickets, how these fall
with more tickets, and what share of them is left when texts are also read for meaning.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from training.check.quick_model import Head, crossed, log_probabilities
from training.check.row_space import turned
from training.check.sample import FEWEST, Sample, spread
from training.retired import retired_labels
from training.splits import Fold, folds

__all__ = ["Estimate", "Quick", "estimate_field", "judging_folds", "quick_rows"]

EDGES = (0.6, 0.8, 1.0)
"""Learn from the first three fifths, judge the next; then four and the last. Training's own folds judge a
nearer future; a bundle is used longer than that."""

MAX_LABELS = 300
"""Labels told apart, the commonest; tickets of the others count as wrong."""

WORK = 40_000_000
"""Terms of the rows times labels: bounds a fit to a few seconds."""

LONG = 500
"""Judged tickets from which the last period alone is the measure."""

FEWEST_ROWS = 1_000

STEEPEST = 0.4
"""Most that errors are taken to fall with size, as a power of it."""

LEAST_LEFT = 0.3
"""Smallest share of the errors that is believed to be left by reading for meaning."""

MODEL_ERROR = 0.02
"""Standard error of the estimate's own making, beside chance and change: benchmarks/check_estimate.py."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a field reaches on later tickets; those whose label is new by then count as wrong.

    Parameters
    ----------
    accuracy : float
        That a full training should reach.
    quick_accuracy : float
        Of the quick model of words and form fields, as measured.
    text_accuracy : float
        Of words alone, on the last judged tickets.
    majority : float
        Of always answering the commonest label of the judged tickets.
    error : float
        Half the width of a 95 % interval: chance, the differences between judged periods, and the
        estimate's own error.
    chance : float
        Half the width of the interval by chance alone.
    unseen : float
        Share of judged tickets with a label that no earlier ticket had.
    left : float
        Share of the errors left by reading for meaning; 1 without an encoder.
    slope : float
        Errors fall with the number of tickets to the power of minus this.
    tickets : int
        Tickets judged.
    """

    accuracy: float
    quick_accuracy: float
    text_accuracy: float
    majority: float
    error: float
    chance: float
    unseen: float
    left: float
    slope: float
    tickets: int


@dataclass(frozen=True, slots=True, eq=False)
class Quick:
    """The quick model's rows of one field.

    Parameters
    ----------
    rows : ndarray of shape (n,)
        Places in the sample.
    classes : ndarray of shape (n,)
        Their labels as integers from 0, none missing.
    names : ndarray of str
        The labels.
    """

    rows: np.ndarray
    classes: np.ndarray
    names: np.ndarray


def quick_rows(values: Sequence[str | None], sample: Sample) -> Quick:
    """Return as many labelled rows of a sample, evenly spread, as a quick fit can take.

    Parameters
    ----------
    values : sequence of str or None
        A label a sampled ticket.
    sample : Sample
    """
    rows = np.flatnonzero([value is not None for value in values])
    n_labels = min(MAX_LABELS, len({value for value in values if value is not None}))
    terms = max(1.0, sample.words.nnz / max(1, len(sample.tickets)))  # type: ignore[union-attr]
    rows = rows[spread(len(rows), max(FEWEST_ROWS, int(WORK / (terms * max(1, n_labels)))))]
    names, classes = np.unique([str(values[row]) for row in rows], return_inverse=True)
    return Quick(rows, classes, names)


def judging_folds(classes: np.ndarray, ordered: bool) -> list[Fold]:
    """Return two forward folds of a history with order, else random ones."""
    if not ordered:
        return folds(classes, ordered)
    places = [round(edge * len(classes)) for edge in EDGES]
    return [Fold(np.arange(a), np.arange(a, b)) for a, b in pairwise(places) if 0 < a < b]


def estimate_field(
    quick: Quick, sample: Sample, parts: Sequence[Fold], ordered: bool, total: int
) -> Estimate:
    """Estimate what one field can reach.

    Parameters
    ----------
    quick : Quick
        Its rows.
    sample : Sample
        With other tickets as well.
    parts : sequence of Fold
        In places of ``quick.rows``.
    ordered : bool
        Whether the folds go forward in time.
    total : int
        Labelled tickets that a full training would learn from.
    """
    words, fields = sample.words[quick.rows], sample.fields[quick.rows]
    text: list[Head] = [[words]] if words.shape[1] else []
    both: list[Head] = [[*text[0], fields] if text else [fields]] if fields.shape[1] else text
    turned_text = [turned(head, len(quick.names)) for head in text]
    turned_both = [turned(head, len(quick.names)) for head in both] if both is not text else turned_text
    last = parts[-1]
    by_text = _hits(turned_text, quick.classes, last, ordered)
    by_both = _hits(turned_both, quick.classes, last, ordered) if both is not text else by_text
    is_both = bool(by_both.mean() >= by_text.mean())
    heads, final = (turned_both, by_both) if is_both else (turned_text, by_text)
    hits = [*(_hits(heads, quick.classes, fold, ordered) for fold in parts[:-1]), final]
    known = [np.isin(quick.classes[fold.judge], quick.classes[fold.learn]) for fold in parts]
    halved = Fold(last.learn[spread(len(last.learn), len(last.learn) // 2)], last.judge)
    fewer = _hits(heads, quick.classes, halved, ordered)
    slope = _slope(1 - float(fewer.mean()), 1 - float(final.mean()))
    left = _left(both if is_both else text, quick, sample)
    # The last period is nearest to what comes, where it is long enough to tell.
    used = slice(-1, None) if ordered and len(last.judge) >= LONG else slice(None)
    right, seen = np.concatenate(hits[used]), np.concatenate(known[used])
    unseen = 1 - float(seen.mean())
    wrong = 1 - float(right[seen].mean()) if seen.any() else 1.0
    learnt = float(np.mean([len(fold.learn) for fold in parts[used]]))
    wrong *= left * max(1.0, total / learnt) ** -slope
    accuracy = (1 - wrong) * (1 - unseen)
    truth = np.concatenate([quick.classes[fold.judge] for fold in parts[used]])
    # Four tickets more, half of them right (Agresti and Coull 1998): few that are all right prove little.
    likely = (accuracy * len(right) + 2) / (len(right) + 4)
    variance = likely * (1 - likely) / (len(right) + 4)
    change = _change(hits) if ordered else 0.0
    return Estimate(
        accuracy,
        float(right.mean()),
        float(by_text.mean()),
        float(np.bincount(truth).max() / len(truth)),
        1.96 * float(np.sqrt(variance + change + MODEL_ERROR**2)),
        1.96 * float(np.sqrt(variance)),
        unseen,
        left,
        slope,
        len(right),
    )


def _hits(heads: Sequence[Head], classes: np.ndarray, fold: Fold, ordered: bool) -> np.ndarray:
    """Return which judged rows are right, learning what a training at that time would learn."""
    learn = fold.learn
    if ordered:
        dead = retired_labels([str(one) for one in classes[learn]])
        learn = learn[~np.isin(classes[learn], [int(one) for one in dead])]
    counts = np.bincount(classes[learn])
    kept = np.argsort(-counts, kind="stable")[:MAX_LABELS]
    learn = learn[np.isin(classes[learn], kept)]
    found = log_probabilities(heads, classes, int(classes.max()) + 1, learn, fold.judge)
    return np.asarray(found.argmax(axis=1) == classes[fold.judge])


def _slope(halved: float, full: float) -> float:
    """Return b of errors that fall as n to the power of minus b, from two sizes."""
    if full <= 0.0 or halved <= full:
        return 0.0
    return float(min(STEEPEST, np.log2(halved / full)))


def _left(heads: Sequence[Head], quick: Quick, sample: Sample) -> float:
    """Return what share of the errors is left with meaning, both learnt from the same tickets."""
    place = np.full(len(sample.tickets), -1)
    place[sample.read] = np.arange(len(sample.read))
    mine = np.flatnonzero(place[quick.rows] >= 0)
    if len(mine) < FEWEST or not heads:
        return 1.0
    names, classes = np.unique(quick.classes[mine], return_inverse=True)
    if len(names) < 2:
        return 1.0
    base = [block[mine] for block in heads[0]]
    meaning = sample.meaning[place[quick.rows[mine]]]
    others = base[1:]
    alone = crossed([base], classes, len(names))
    more = crossed([[meaning, *others], [meaning, *base]], classes, len(names))
    before = float((alone.argmax(axis=1) != classes).mean())
    after = float(((alone + 2 * more).argmax(axis=1) != classes).mean())
    return float(np.clip(after / before, LEAST_LEFT, 1.0)) if before else 1.0


def _change(hits: Sequence[np.ndarray]) -> float:
    """Return the variance between halves of the judged periods that chance does not explain."""
    periods = [half for one in hits for half in np.array_split(one, 2) if len(half)]
    means = np.array([half.mean() for half in periods])
    chance = np.mean([mean * (1 - mean) / len(half) for mean, half in zip(means, periods, strict=True)])
    return float(max(0.0, means.var(ddof=1) - chance)) if len(means) > 1 else 0.0
