"""The usual pipelines as they come out of training by the way: members of the pool, each by itself."""

from collections.abc import Mapping

import numpy as np

from training.blend import FLOOR

__all__ = ["own_peers"]

NAMES = {
    "words": "words alone",
    "meaning": "meaning alone",
    "fields": "form fields alone",
    "joint": "concatenated",
}
"""Each is a logistic regression: of TF-IDF, of sentence embeddings, of one-hot fields, of all in one."""


def own_peers(
    log_probabilities: Mapping[str, np.ndarray], classes: np.ndarray
) -> dict[str, dict[str, float]]:
    """Return how the usual pipelines do on the held-out tickets on which a field was judged.

    Parameters
    ----------
    log_probabilities : Mapping of str to ndarray of shape (n, n_labels)
        By member of the pool.
    classes : ndarray of shape (n,)
        The truth.

    Returns
    -------
    dict of str to dict
        By name ``accuracy, top3, log_loss``: ``majority`` (always the commonest label of these tickets;
        ``accuracy`` alone), ``words alone``, ``meaning alone``, ``form fields alone``, ``concatenated`` and
        ``mean of two`` (words' and meaning's probabilities averaged), as far as there are such.
    """
    said = {NAMES[name]: np.exp(part) for name, part in log_probabilities.items() if name in NAMES}
    if "words alone" in said and "meaning alone" in said:
        said["mean of two"] = (said["words alone"] + said["meaning alone"]) / 2
    majority = float(np.bincount(classes).max() / len(classes))
    return {"majority": {"accuracy": majority}} | {name: _figures(one, classes) for name, one in said.items()}


def _figures(probabilities: np.ndarray, classes: np.ndarray) -> dict[str, float]:
    own = probabilities[np.arange(len(classes)), classes]
    ahead = (probabilities > own[:, None]).sum(axis=1)
    return {
        "accuracy": float((probabilities.argmax(axis=1) == classes).mean()),
        "top3": float((ahead < 3).mean()),
        "log_loss": float(-np.log(np.maximum(own, FLOOR)).mean()),
    }
