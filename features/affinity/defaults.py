"""Affinity for a helpdesk without a history to learn it from. Judgement, not measured."""

import numpy as np

from features.affinity.model import AffinityModel, TextAxes
from features.affinity.signals import SIGNALS

__all__ = ["default_model", "plain_weights"]

AXES, SHORT = 64, 32
SEED = 0


def plain_weights() -> np.ndarray:
    """Return weights that count similar tickets, habits and activity."""
    plain = {
        "share_0.15_90d": 0.6,
        "active_14d": 0.3,
        "requester_share_60d": 0.3,
        "words": 0.1,
        "profile": 1.0,
    }
    return np.array([plain.get(name, 0.0) for name in SIGNALS])


def default_model(dimension: int) -> AffinityModel:
    """Return a model for texts whose axes nobody has looked for: directions drawn with a fixed seed.

    Drawn directions keep cosines on average (Johnson and Lindenstrauss 1984), with more noise than the axes
    of a helpdesk's own texts.

    Parameters
    ----------
    dimension : int
        Of the embeddings.
    """
    draws = np.random.default_rng(SEED)
    directions = np.linalg.qr(draws.normal(size=(dimension, min(AXES, dimension))))[0].astype(np.float32)
    # A unit vector's share along so many of all directions has this length: scaled to 1, as learnt axes are.
    length = np.float32(np.sqrt(directions.shape[1] / dimension))
    axes = TextAxes(np.zeros(dimension, np.float32), directions / length, directions[:, :SHORT])
    return AffinityModel(axes, plain_weights())
