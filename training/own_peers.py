"""The usual pipelines as they come out of training by the way: members of the pool, each by itself."""

from collections.abc import Mapping

import numpy as np

from training.paired import figures_beside, score_tickets

__all__ = ["own_peers"]

NAMES = {
    "words": "words alone",
    "meaning": "meaning alone",
    "fields": "form fields alone",
    "joint": "concatenated",
}
"""Each is a logistic regression: of TF-IDF, of sentence embeddings, of one-hot fields, of all in one."""


def own_peers(
    log_probabilities: Mapping[str, np.ndarray], probabilities: np.ndarray, classes: np.ndarray
) -> dict[str, dict[str, float]]:
    """Return how the usual pipelines do on the held-out tickets on which a field was judged.

    Parameters
    ----------
    log_probabilities : Mapping of str to ndarray of shape (n, n_labels)
        By member of the pool.
    probabilities : ndarray of shape (n, n_labels)
        Of the field itself.
    classes : ndarray of shape (n,)
        The truth.

    Returns
    -------
    dict of str to dict
        By name: ``majority`` (always the commonest label of these tickets; ``accuracy`` alone), ``words
        alone``, ``meaning alone``, ``form fields alone``, ``concatenated`` and ``mean of two`` (words' and
        meaning's probabilities averaged), as far as there are such, each with the figures of
        :func:`training.paired.figures_beside`.
    """
    said = {NAMES[name]: np.exp(part) for name, part in log_probabilities.items() if name in NAMES}
    if "words alone" in said and "meaning alone" in said:
        said["mean of two"] = (said["words alone"] + said["meaning alone"]) / 2
    majority = float(np.bincount(classes).max() / len(classes))
    ours = score_tickets(probabilities, classes)
    return {"majority": {"accuracy": round(majority, 6)}} | {
        name: figures_beside(ours, score_tickets(one, classes)) for name, one in said.items()
    }
