"""The peers of benchmarks/quality.py as benchmarks/promise.py needs them: held-out and later confidences."""

import warnings
from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from benchmarks.quality_tasks import Task
from features.cleaning import clean_text
from features.embedding_cache import CachedEncoder
from training.peers import fit_regression, form_rows
from training.splits import Fold, folds, has_order

__all__ = ["peers_predictions"]

Predictions = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def peers_predictions(task: Task, encoder: CachedEncoder) -> dict[str, Predictions]:
    """Return each peer's held-out confidences, which were right, and the same of the test tickets.

    Held out are the folds that ours holds out. The penalty is chosen as in benchmarks.quality, by held-out
    training tickets. The words' vocabulary is taken from all training texts, for peers as for ours.
    """
    names, classes = np.unique([past.labels[task.field] for past in task.train], return_inverse=True)
    places = {name: place for place, name in enumerate(names)}
    later = np.array([places.get(past.labels[task.field], -1) for past in task.test])
    ordered = has_order(task.train)
    # As in ours: a label that a fold has not seen is not held against it.
    parts = [
        Fold(fold.learn, fold.judge[np.isin(classes[fold.judge], classes[fold.learn])])
        for fold in folds(classes, ordered)
    ]
    rows = np.concatenate([fold.judge for fold in parts])
    held: dict[str, np.ndarray] = {}
    test: dict[str, np.ndarray] = {}
    for name, (train, judged) in _blocks(task, encoder).items():
        model = fit_regression(train, classes, ordered)
        test[name] = model.predict_proba(judged)
        held[name] = np.concatenate([_held(train, classes, fold, model.C, len(names)) for fold in parts])
    if "MiniLM + LR" in held:
        for found in (held, test):
            found["mean of the two"] = (found["TF-IDF + LR"] + found["MiniLM + LR"]) / 2
    return {
        name: (
            held[name].max(axis=1),
            held[name].argmax(axis=1) == classes[rows],
            test[name].max(axis=1),
            test[name].argmax(axis=1) == later,
        )
        for name in held
    }


def _held(train: Any, classes: np.ndarray, fold: Fold, penalty: float, n_labels: int) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = LogisticRegression(C=penalty, max_iter=200).fit(train[fold.learn], classes[fold.learn])
    found = np.zeros((len(fold.judge), n_labels))
    found[:, model.classes_] = model.predict_proba(train[fold.judge])
    return found


def _blocks(task: Task, encoder: CachedEncoder) -> dict[str, tuple[Any, Any]]:
    texts = [[clean_text(past.ticket) for past in part] for part in (task.train, task.test)]
    if not any(texts[0][:100]):
        vectorizer = DictVectorizer(dtype=np.float32)
        train = vectorizer.fit_transform(form_rows(task.train))
        return {"one-hot + LR": (train, vectorizer.transform(form_rows(task.test)))}
    tfidf = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), min_df=2, dtype=np.float32)
    words = (tfidf.fit_transform(texts[0]), tfidf.transform(texts[1]))
    meaning = (encoder.encode(texts[0]), encoder.encode(texts[1]))
    both = [sp.hstack([a, sp.csr_matrix(b)]).tocsr() for a, b in zip(words, meaning, strict=True)]
    return {"TF-IDF + LR": words, "MiniLM + LR": meaning, "concatenated": (both[0], both[1])}
