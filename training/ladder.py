"""The ladder: how much a field's history allows to learn, chosen on held-out tickets and shown.

From the bottom: ``rules`` goes by what labels are called and described as, ``few-shot`` adds how near a
ticket's meaning is to others, ``linear`` is one linear model, ``hybrid`` is all of them weighed together.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import log_softmax

from training.blend import learn_weights
from training.label_shares import SHARE_MEMBERS
from triage.pooling import floored, pool_logits

__all__ = ["LEVELS", "LINEAR", "Rung", "choose_rung"]

LEVELS = ("rules", "few-shot", "linear", "hybrid")

NEAR = ("names", "meaning", "neighbours", "tuned")
"""Members of the pool that a handful of tickets a label can teach."""

LINEAR = ("joint", "words", "fields", "meaning")
"""Members that read a ticket by one linear model, of which the level ``linear`` takes the best."""

TURNS = 2
"""Groups of held-out tickets, each pooled by weights that the other learnt."""


@dataclass(frozen=True, slots=True, eq=False)
class Rung:
    """A level of the ladder as held-out tickets saw it.

    Parameters
    ----------
    level : str
        One of :data:`LEVELS`.
    members : tuple of str
        What it pools.
    weights : dict of str to float
        Learnt on all held-out tickets.
    accuracy, log_loss : float
        On held-out tickets, each pooled by weights learnt on others.
    """

    level: str
    members: tuple[str, ...]
    weights: dict[str, float]
    accuracy: float
    log_loss: float


def choose_rung(log_probabilities: Mapping[str, np.ndarray], classes: np.ndarray) -> tuple[Rung, list[Rung]]:
    """Measure every level that there is and choose the one with the least held-out loss.

    Parameters
    ----------
    log_probabilities : Mapping of str to ndarray of shape (n, n_labels)
        Held-out, by member of the pool.
    classes : ndarray of shape (n,)
        Integers.

    Returns
    -------
    chosen : Rung
        The best by log loss; of equals the lowest.
    rungs : list of Rung
        All, from the bottom.
    """
    rungs = []
    for level, members in _members(log_probabilities, classes).items():
        pooled = _pool({name: log_probabilities[name] for name in members}, classes)
        weights = learn_weights({name: log_probabilities[name] for name in members}, classes)
        rungs.append(
            Rung(
                level,
                members,
                weights,
                float((pooled.argmax(axis=1) == classes).mean()),
                _loss(pooled, classes),
            )
        )
    return min(rungs, key=lambda one: one.log_loss), rungs


def _members(log_probabilities: Mapping[str, np.ndarray], classes: np.ndarray) -> dict[str, tuple[str, ...]]:
    """Return what each level pools; a level that would pool what a lower one does is left out."""
    there = tuple(sorted(log_probabilities))
    shares = tuple(name for name in there if name in SHARE_MEMBERS)
    near = tuple(name for name in NEAR if name in there)
    linear = [name for name in LINEAR if name in there]
    best = min(linear, key=lambda name: _loss(log_probabilities[name], classes))
    found = {
        "rules": tuple(name for name in ("names",) if name in there),
        "few-shot": near + shares if near else (),
        "linear": (best, *shares),
        "hybrid": there,
    }
    kept: dict[str, tuple[str, ...]] = {}
    for level, members in found.items():
        if members and sorted(members) not in [sorted(one) for one in kept.values()]:
            kept[level] = members
    return kept


def _pool(parts: Mapping[str, np.ndarray], classes: np.ndarray) -> np.ndarray:
    turn = np.arange(len(classes)) % TURNS
    pooled = np.empty_like(next(iter(parts.values())), dtype=float)
    for own in range(TURNS):
        mine = turn == own
        others = ~mine if (~mine).any() else mine
        weights = learn_weights({name: part[others] for name, part in parts.items()}, classes[others])
        logits = pool_logits({name: part[mine] for name, part in parts.items()}, weights)
        pooled[mine] = log_softmax(logits, axis=1)
    return pooled


def _loss(log_probabilities: np.ndarray, classes: np.ndarray) -> float:
    own = log_probabilities[np.arange(len(classes)), classes]
    return float(-floored(own).mean())
