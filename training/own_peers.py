"""The usual pipelines as they come out of training by the way: members of the pool, each by itself."""

from collections.abc import Mapping

import numpy as np

from training.paired import TicketScores, figures_beside, score_tickets

__all__ = ["own_peers", "score_peers"]

NAMES = {
    "words": "words alone",
    "meaning": "meaning alone",
    "fields": "form fields alone",
    "joint": "concatenated",
}
"""Each is a logistic regression: of TF-IDF, of sentence embeddings, of one-hot fields, of all in one."""


def score_peers(log_probabilities: Mapping[str, np.ndarray], classes: np.ndarray) -> dict[str, TicketScores]:
    """Return what the usual pipelines reached on each of the held-out tickets of a field.

    Parameters
    ----------
    log_probabilities : Mapping of str to ndarray of shape (n, n_labels)
        By member of the pool.
    classes : ndarray of shape (n,)
        The truth.

    Returns
    -------
    dict of str to TicketScores
        By name: ``words alone``, ``meaning alone``, ``form fields alone``, ``concatenated`` and ``mean of
        two`` (words' and meaning's probabilities averaged), as far as there are such.
    """
    said = {NAMES[name]: np.exp(part) for name, part in log_probabilities.items() if name in NAMES}
    if "words alone" in said and "meaning alone" in said:
        said["mean of two"] = (said["words alone"] + said["meaning alone"]) / 2
    return {name: score_tickets(one, classes) for name, one in said.items()}


def own_peers(
    scores: Mapping[str, TicketScores], probabilities: np.ndarray, classes: np.ndarray
) -> dict[str, dict[str, float]]:
    """Return how the usual pipelines do on the held-out tickets on which a field was judged.

    Parameters
    ----------
    scores : Mapping of str to TicketScores
        From :func:`score_peers`.
    probabilities : ndarray of shape (n, n_labels)
        Of the field itself, as it answers in the end.
    classes : ndarray of shape (n,)
        The truth.

    Returns
    -------
    dict of str to dict
        By name: ``majority`` (always the commonest label of these tickets; ``accuracy`` alone) and those of
        `scores`, each with the figures of :func:`training.paired.figures_beside`.
    """
    majority = float(np.bincount(classes).max() / len(classes))
    ours = score_tickets(probabilities, classes)
    return {"majority": {"accuracy": round(majority, 6)}} | {
        name: figures_beside(ours, one) for name, one in scores.items()
    }
