"""What is learnt once from a history so that affinity can go on learning by itself: axes and weights."""

from dataclasses import dataclass

import numpy as np

__all__ = ["AffinityModel", "TextAxes", "Trust"]


@dataclass(frozen=True, slots=True, eq=False)
class TextAxes:
    """The directions in which a helpdesk's texts differ most (principal axes of their embeddings).

    Parameters
    ----------
    mean : ndarray of shape (dimension,), float32
        Of the embeddings.
    axes : ndarray of shape (dimension, n_axes), float32
        Scaled so that a usual ticket has length 1 along them.
    basis : ndarray of shape (dimension, n_short), float32
        Orthonormal; keeps most of a cosine.
    """

    mean: np.ndarray
    axes: np.ndarray
    basis: np.ndarray

    def place(self, vector: np.ndarray) -> np.ndarray:
        """Return a ticket's place along the axes, of shape (n_axes,)."""
        return np.asarray((vector - self.mean) @ self.axes, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Trust:
    """When the likeliest person can be trusted, judged on held-out time; the same for everybody.

    Parameters
    ----------
    precision : float
        What is promised: the share of assignments from the threshold on that are right.
    threshold : float or None
        Chance to reach; None where no threshold keeps the promise.
    suggest_at : float
        Chance from which somebody is worth showing.
    judged : int, default=0
        Held-out tickets that say so.
    right : float, default=0.0
        Share of these whose likeliest person had it.
    """

    precision: float
    threshold: float | None
    suggest_at: float
    judged: int = 0
    right: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class AffinityModel:
    """How much each sign of affinity counts in one helpdesk.

    Parameters
    ----------
    axes : TextAxes
        Of its texts.
    weights : ndarray of shape (n_signals,)
        In the order of ``features.affinity.signals.SIGNALS``.
    learnt_from : int, default=0
        Assignments that the weights were learnt from.
    requesters_serve : bool, default=False
        Whether requesters handle their own tickets there (developers do, customers don't). If not, nobody
        is proposed for a ticket of their own.
    trust : Trust, optional
        When somebody can be given a ticket, asked among everybody; None where nothing could be judged.
    team_trust : Trust, optional
        The same, asked among those who have had tickets of the right team; None where the history names no
        teams, too.
    """

    axes: TextAxes
    weights: np.ndarray
    learnt_from: int = 0
    requesters_serve: bool = False
    trust: Trust | None = None
    team_trust: Trust | None = None
