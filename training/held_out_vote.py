"""What a fold's earlier tickets vote for those that it judges, as a bundle's index votes in service."""

import numpy as np

from features.neighbours import VOTERS, vote
from features.views import MEANING_SCALE
from training.splits import Fold

__all__ = ["vote_held_out"]

BATCH = 512


def vote_held_out(classes: np.ndarray, meaning: np.ndarray, fold: Fold, n_labels: int) -> np.ndarray:
    """Return logarithms of the vote's probabilities, of shape (len(fold.judge), n_labels).

    Parameters
    ----------
    classes : ndarray of shape (n,)
        Labels as integers.
    meaning : ndarray of shape (n, dimension)
        The view of all tickets.
    fold : Fold
        Whose earlier tickets vote for the later ones.
    n_labels : int
    """
    vectors = meaning / MEANING_SCALE
    earlier = vectors[fold.learn]
    count = min(VOTERS, len(earlier))
    found = []
    for at in range(0, len(fold.judge), BATCH):
        cosines = vectors[fold.judge[at : at + BATCH]] @ earlier.T
        near = np.argpartition(-cosines, count - 1, axis=1)[:, :count]
        near = np.take_along_axis(near, np.argsort(-np.take_along_axis(cosines, near, 1), axis=1), 1)
        found.append(vote(np.take_along_axis(cosines, near, 1), classes[fold.learn[near]], n_labels))
    return np.concatenate(found)
