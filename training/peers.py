"""What a user could pick instead: plain pipelines of scikit-learn, fitted on the same tickets as ours.

TF-IDF of words, pairs and characters with logistic regression; sentence embeddings with logistic regression;
both concatenated; the mean of the first two's probabilities; a one-hot logistic regression where tickets have
no text; and always answering the commonest label. Each penalty is chosen on the last fifth of the history.
They serve as a measure only: nothing here goes into a bundle.
"""

import warnings
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import FeatureUnion, make_union

from features.cleaning import clean_text
from features.encoder import Encoder
from triage.ticket import PastTicket

__all__ = [
    "BOTH",
    "FORM",
    "MAJORITY",
    "MEAN",
    "MEANING",
    "PENALTIES",
    "WORDS",
    "fit_peers",
    "fit_regression",
    "form_rows",
]

MAJORITY = "majority"
WORDS = "words alone"
MEANING = "meaning alone"
BOTH = "concatenated"
MEAN = "mean of two"
FORM = "form fields alone"

PENALTIES = (1.0, 10.0)
"""Inverse penalties that a peer chooses from."""

MAX_ITERATIONS = 200
MOST_CHARACTERS = 100_000
LONGEST = 5_000_000
"""Characters of a whole history from which TF-IDF has words and pairs alone: a regression of its characters
would take an hour, and on HDFS components, just below, they change the best of the peers by nothing."""

LOOKED_AT = 100
"""Tickets looked at for text: a history has it or has not."""


def fit_peers(
    history: Sequence[PastTicket],
    values: Sequence[str],
    parts: Sequence[Sequence[PastTicket]],
    encoder: Encoder,
    *,
    ordered: bool,
) -> tuple[np.ndarray, dict[str, list[np.ndarray]]]:
    """Fit the peers on a history and predict other tickets.

    Parameters
    ----------
    history : sequence of PastTicket
        To learn from, in time order where ``ordered``.
    values : sequence of str
        The label of each.
    parts : sequence of sequence of PastTicket
        To predict.
    encoder : Encoder
        Of the embeddings; asked for nothing where there is no text.
    ordered : bool
        Whether the last fifth, by time, chooses the penalty; else a fifth drawn at random does.

    Returns
    -------
    labels : ndarray of str
        Sorted.
    probabilities : dict of str to list of ndarray
        By peer, one matrix of shape (n_tickets, n_labels) for each part.
    """
    classes = np.asarray(values)
    everyone = [history, *parts]
    if any(clean_text(past.ticket) for past in history[:LOOKED_AT]):
        texts = [[clean_text(past.ticket) for past in part] for part in everyone]
        tfidf = _tfidf(sum(map(len, texts[0])) <= LONGEST)
        words = [tfidf.fit_transform(texts[0]), *(tfidf.transform(part) for part in texts[1:])]
        meaning = [encoder.encode(part) for part in texts]
        both = [sp.hstack([a, sp.csr_matrix(b)]).tocsr() for a, b in zip(words, meaning, strict=True)]
        blocks: dict[str, list[Any]] = {WORDS: words, MEANING: meaning, BOTH: both}
    else:
        vectorizer = DictVectorizer(dtype=np.float32)
        fitted = vectorizer.fit_transform(form_rows(history))
        blocks = {FORM: [fitted, *(vectorizer.transform(form_rows(part)) for part in parts)]}
    labels = np.unique(classes)
    probabilities = {MAJORITY: _majority(classes, labels, [len(part) for part in parts])}
    for name, matrices in blocks.items():
        model = fit_regression(matrices[0], classes, ordered)
        probabilities[name] = [model.predict_proba(matrix) for matrix in matrices[1:]]
    if MEANING in probabilities:
        probabilities[MEAN] = [
            (a + b) / 2 for a, b in zip(probabilities[WORDS], probabilities[MEANING], strict=True)
        ]
    return labels, probabilities


def _tfidf(has_characters: bool) -> FeatureUnion:
    """Words and pairs, and beside them characters within words, as scikit-learn has them to offer."""
    words = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), min_df=2, dtype=np.float32)
    if not has_characters:
        return make_union(words)
    characters = TfidfVectorizer(
        analyzer="char_wb",
        sublinear_tf=True,
        ngram_range=(3, 5),
        min_df=3,
        max_features=MOST_CHARACTERS,
        dtype=np.float32,
    )
    return make_union(words, characters)


def _majority(classes: np.ndarray, labels: np.ndarray, sizes: Sequence[int]) -> list[np.ndarray]:
    counts = Counter(classes.tolist())
    shares = np.array([counts[label] for label in labels.tolist()]) / len(classes)
    return [np.tile(shares, (size, 1)) for size in sizes]


def fit_regression(matrix: Any, classes: np.ndarray, ordered: bool) -> LogisticRegression:
    """Fit with the better of two penalties, by log loss on held-out tickets of the history."""
    rows = np.arange(len(classes))
    if ordered:
        learn, held = np.split(rows, [int(0.8 * len(rows))])
    else:
        learn, held = train_test_split(rows, test_size=0.2, random_state=0, stratify=_stratum(classes))
    losses = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for penalty in PENALTIES:
            known = held[np.isin(classes[held], classes[learn])]
            if len(np.unique(classes[learn])) < 2 or not len(known):
                break
            model = LogisticRegression(C=penalty, max_iter=MAX_ITERATIONS).fit(matrix[learn], classes[learn])
            places = np.searchsorted(model.classes_, classes[known])
            own = model.predict_proba(matrix[known])[np.arange(len(known)), places]
            losses[penalty] = float(-np.log(np.maximum(own, 1e-9)).mean())
        best = min(losses, key=losses.__getitem__) if losses else PENALTIES[0]
        return LogisticRegression(C=best, max_iter=MAX_ITERATIONS).fit(matrix, classes)


def _stratum(classes: np.ndarray) -> np.ndarray | None:
    return classes if np.unique(classes, return_counts=True)[1].min() >= 5 else None


def form_rows(tickets: Sequence[PastTicket]) -> list[dict[str, str]]:
    """Return what stands on each ticket's form, by name."""
    return [
        {"requester": past.ticket.requester or "", "channel": past.ticket.channel or "", **past.ticket.custom}
        for past in tickets
    ]
