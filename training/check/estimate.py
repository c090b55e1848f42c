"""A quick estimate of what a field can reach on later tickets, before a minute of training is spent.

One linear model of words and form fields on a sample; the sentence encoder, the blend and the calibration of
the real training are left out, so training should reach a little more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from tokenizers import Tokenizer

from features.structured import StructuredView
from features.words import WordView
from training.softmax import Block, fit_softmax
from training.splits import SMALL, Fold, folds
from triage.ticket import PastTicket

__all__ = ["Estimate", "Sample", "estimate_field", "judging_folds"]

SAMPLE = 10_000
"""Tickets looked at, spread evenly over the history."""

MAX_TERMS = 20_000
MAX_LABELS = 100
"""Labels told apart, the commonest; tickets of the others count as wrong."""

INVERSE_PENALTY = 10.0
"""One of those that training chooses among by held-out tickets; here nothing is chosen."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a field reaches on the judged tickets.

    Parameters
    ----------
    accuracy : float
        Of words and form fields together, or of words alone where that is more.
    text_accuracy : float
        Of words alone.
    majority : float
        Of always answering the commonest label of the judged tickets.
    error : float
        Half the width of the 95 % interval that the number of judged tickets leaves.
    unseen : float
        Share of tickets left out since no earlier ticket had their label; training leaves them out too.
    tickets : int
        Tickets judged.
    """

    accuracy: float
    text_accuracy: float
    majority: float
    error: float
    unseen: float
    tickets: int


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Some tickets of a history, in order, with their columns and views.

    Parameters
    ----------
    tickets : list of PastTicket
    columns : dict of str to list
        Values by column, see :func:`training.check.columns.column_values`.
    words, fields : CSR matrix
        A row a ticket.
    """

    tickets: list[PastTicket]
    columns: dict[str, list[str | None]]
    words: Block
    fields: Block

    @classmethod
    def of(
        cls,
        history: Sequence[PastTicket],
        texts: Sequence[str],
        columns: Mapping[str, Sequence[str | None]],
        tokenizer: Tokenizer,
        places: Sequence[int] | np.ndarray,
    ) -> "Sample":
        """Draw at most 10,000 of the tickets at ``places``, evenly spread, and make their views."""
        drawn = [
            places[row]
            for row in np.unique(np.linspace(0, len(places) - 1, min(len(places), SAMPLE)).astype(int))
        ]
        tickets = [history[place] for place in drawn]
        filed = [past.ticket for past in tickets]
        own = [texts[place] for place in drawn]
        words = WordView(tokenizer, max_terms=MAX_TERMS).fit(own)
        fields = StructuredView().fit(filed)
        kept = {name: [values[place] for place in drawn] for name, values in columns.items()}
        return cls(tickets, kept, words.transform(own), fields.transform(filed))


def judging_folds(classes: np.ndarray, ordered: bool) -> list[Fold]:
    """Return folds of those that training judges by: all of a short history's, two of a long one's."""
    parts = folds(classes, ordered)
    return parts if len(classes) < SMALL else parts[-2:]


def estimate_field(
    classes: np.ndarray, sample: Sample, rows: np.ndarray, parts: Sequence[Fold]
) -> Estimate | None:
    """Estimate what one field can reach.

    Parameters
    ----------
    classes : ndarray of shape (n,)
        Labels as integers, of the sampled tickets that have one.
    sample : Sample
        With other tickets as well.
    rows : ndarray of shape (n,)
        Their places in the sample.
    parts : sequence of Fold
        In places of ``classes``.

    Returns
    -------
    Estimate or None
        None where no judged ticket has a label that was seen before.
    """
    blocks = [block[rows] for block in (sample.words, sample.fields) if block.shape[1]]
    right: list[np.ndarray] = []
    by_text: list[np.ndarray] = []
    truth: list[np.ndarray] = []
    unseen = judged = 0
    for fold in parts:
        counts = np.bincount(classes[fold.learn], minlength=classes.max() + 1)
        judge = fold.judge[counts[classes[fold.judge]] > 0]
        unseen, judged = unseen + len(fold.judge) - len(judge), judged + len(fold.judge)
        kept = np.argsort(-counts, kind="stable")[: min(MAX_LABELS, int((counts > 0).sum()))]
        column = np.full(len(counts), -1)
        column[kept] = np.arange(len(kept))
        known = column[classes]
        by_text.append(
            _hits(blocks[:1] if sample.words.shape[1] else [], known, fold.learn, judge, len(kept))
        )
        right.append(
            by_text[-1]
            if sample.words.shape[1] and len(blocks) == 1
            else _hits(blocks, known, fold.learn, judge, len(kept))
        )
        truth.append(classes[judge])
    seen = np.concatenate(truth)
    if not len(seen):
        return None
    text = float(np.concatenate(by_text).mean())
    accuracy = max(text, float(np.concatenate(right).mean()))
    return Estimate(
        accuracy,
        text,
        float(np.bincount(seen).max() / len(seen)),
        1.96 * float(np.sqrt(accuracy * (1 - accuracy) / len(seen))),
        unseen / judged,
        len(seen),
    )


def _hits(
    blocks: Sequence[Block], known: np.ndarray, learn: np.ndarray, judge: np.ndarray, n_labels: int
) -> np.ndarray:
    """Return which judged rows a model of the blocks gets right; the commonest label where it has nothing."""
    if not blocks or n_labels < 2:
        return np.asarray(known[judge] == 0)
    learn = learn[known[learn] >= 0]
    coefs, intercept = fit_softmax(
        [block[learn] for block in blocks],
        known[learn],
        n_labels,
        inverse_penalty=INVERSE_PENALTY,
    )
    logits = intercept + sum(block[judge] @ coef for block, coef in zip(blocks, coefs, strict=True))
    return np.asarray(np.asarray(logits).argmax(axis=1) == known[judge])
