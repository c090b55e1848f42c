"""Labels that are probably wrong, by confident learning: what a model that has not seen a ticket says of it.

cleanlab judges and ranks; the probabilities are the quick model's, each ticket judged by a model of others.
It sees only what texts and form fields tell, so a label it doubts may be right for reasons outside them.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from scipy.special import softmax

from training.check.estimate import Quick
from training.check.finding import Finding, counted
from training.check.quick_model import Head, crossed
from training.check.sample import Sample

__all__ = ["Doubt", "doubtful_labels", "find_label_errors"]

FEWEST = 8
"""Tickets of a label below which neither its ticket nor another's is doubted."""

MANY = 0.05
"""Share of doubted tickets from which it is worth an afternoon."""

RELIABLE = 0.8
"""Accuracy below which the model has to tell wrong labels from its own errors, by doubting few of them."""

ERRORS = 0.5
"""Share of its errors that such a model may doubt; by judgement."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """One label that is probably wrong.

    Parameters
    ----------
    ticket_id : str
    given : str
        The label it has.
    likely : str
        The label that the model expects.
    quality : float
        From 0 (surely wrong) to 1; cleanlab's normalised margin.
    """

    ticket_id: str
    given: str
    likely: str
    quality: float


def doubtful_labels(quick: Quick, sample: Sample) -> list[Doubt]:
    """Return the labels of a sample that are probably wrong, the surest first.

    Parameters
    ----------
    quick : Quick
        Rows and labels of one field.
    sample : Sample
        Where the rows lie.

    References
    ----------
    .. [1] Northcutt, Jiang, Chuang: Confident Learning: Estimating Uncertainty in Dataset Labels, JAIR 2021.
    """
    # cleanlab takes seconds to import.
    from cleanlab.filter import find_label_issues
    from cleanlab.rank import get_label_quality_scores

    counts = np.bincount(quick.classes)
    rows = np.flatnonzero(counts[quick.classes] >= FEWEST)
    names, classes = np.unique(quick.classes[rows], return_inverse=True)
    if len(names) < 2:
        return []
    probabilities = softmax(_expected(rows, classes, len(names), quick, sample), axis=1)
    # "both": off the diagonal of the confident joint, and among as many of the least likely as it counts.
    doubted = find_label_issues(classes, probabilities, filter_by="both", n_jobs=1, min_examples_per_class=0)
    quality = get_label_quality_scores(classes, probabilities, method="normalized_margin")
    likely = probabilities.argmax(axis=1)
    places = np.flatnonzero(doubted & (likely != classes))
    ranked = places[np.argsort(quality[places], kind="stable")]
    labels = quick.names[names]
    return [
        Doubt(
            sample.tickets[quick.rows[rows[place]]].ticket.ticket_id,
            str(labels[classes[place]]),
            str(labels[likely[place]]),
            round(float(quality[place]), 6),
        )
        for place in ranked
    ]


def find_label_errors(
    field: str,
    quick: Quick,
    sample: Sample,
    total: int,
    *,
    accuracy: float = 1.0,
    explained: Collection[str] = (),
) -> list[Finding]:
    """Return one finding that ranks the labels of a field that are probably wrong.

    Parameters
    ----------
    field : str
        Its name.
    quick, sample
        See :func:`doubtful_labels`.
    total : int
        Labelled tickets of the whole history.
    accuracy : float, default=1.0
        What the field can reach. A model that is often wrong, and doubts most of what it gets wrong, cannot
        tell a wrong label from a hard ticket: then no label is called wrong.
    explained : collection of str, optional
        Ids of tickets whose label is right for a reason outside their texts; these are not doubted.
    """
    doubts = [one for one in doubtful_labels(quick, sample) if one.ticket_id not in explained]
    if not doubts:
        return []
    looked = len(quick.rows)
    share = len(doubts) / looked
    if accuracy < RELIABLE and share > ERRORS * (1 - accuracy):
        return [_unsure(field, len(doubts), share, accuracy)]
    first = doubts[0]
    alike = "read alike" if sample.words.shape[1] else "are alike"
    of = "all" if looked == total else f"a sample of {looked:,} of {total:,}"
    return [
        Finding(
            "likely_label_error",
            "look" if share > MANY else "note",
            field,
            f"{counted(len(doubts), 'label')} ({share:.1%} of {of}) probably wrong, judged by tickets that "
            f"{alike}; the surest first. Ticket {first.ticket_id} has {first.given!r}; {first.likely!r} is "
            "likelier.",
            "Write them with --findings FILE.csv, fill its column 'correct' where a label is wrong (a minus "
            "sign leaves the ticket out), and give the file to check and train as --corrections.",
            len(doubts),
            tuple(one.ticket_id for one in doubts),
            tuple(one.likely for one in doubts),
        )
    ]


def _unsure(field: str, doubts: int, share: float, accuracy: float) -> Finding:
    return Finding(
        "audit_cannot_tell",
        "note",
        field,
        f"A model would give {counted(doubts, 'ticket')} ({share:.1%}) another label, but it is right in "
        f"about {accuracy:.1%} of tickets only: it cannot tell wrong labels from hard tickets.",
        "Have two people label the same fifty tickets: how often they agree is what any model can reach.",
        doubts,
    )


def _expected(
    rows: np.ndarray, classes: np.ndarray, n_classes: int, quick: Quick, sample: Sample
) -> np.ndarray:
    """Return out-of-sample log-probabilities: words and form fields, and meaning where it was read."""
    places = quick.rows[rows]
    base: Head = [block[places] for block in (sample.words, sample.fields) if block.shape[1]]
    expected = crossed([base] if base else [], classes, n_classes)
    position = np.full(len(sample.tickets), -1)
    position[sample.read] = np.arange(len(sample.read))
    mine = np.flatnonzero(position[places] >= 0)
    if len(mine) >= FEWEST * n_classes:
        meaning = sample.meaning[position[places[mine]]]
        expected[mine] = (expected[mine] + crossed([[meaning]], classes[mine], n_classes)) / 2
    return expected
