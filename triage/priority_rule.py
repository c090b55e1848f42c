"""What a bundle knows of how this helpdesk comes to its priorities. Learnt in ``training``; data only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from triage.policy import Promise
from triage.priority import PriorityMatrix

__all__ = ["PriorityRoute", "PriorityRule"]


@dataclass(frozen=True, slots=True)
class PriorityRoute:
    """How to weigh the matrix and the direct model, and when to trust the outcome.

    Parameters
    ----------
    weights : Mapping of str to float
        Exponents of the log-linear pool, of ``matrix`` and ``learnt``; either may be absent, not both.
    promise : Promise
        Solved on held-out tickets that were decided by these weights.
    """

    weights: Mapping[str, float]
    promise: Promise

    @property
    def origin(self) -> str:
        """Where priority comes from: ``matrix``, ``learnt`` or ``both``."""
        return next(iter(self.weights)) if len(self.weights) == 1 else "both"


@dataclass(frozen=True, slots=True)
class PriorityRule:
    """The matrix and how far it carries.

    Parameters
    ----------
    matrix : PriorityMatrix
        Found in the history, or the default one.
    source : str
        ``history``, or ``default`` where the history has impact and urgency but no priorities.
    follows : float
        Share of past tickets with the matrix's priority, as the mean of a uniform prior's posterior.
    follows_at_least : float
        Lower bound of that share; 0 for the default matrix.
    kept, kept_at_least : float
        The same where impact and urgency are those of filing, which people change later, if the history
        has them beside the final ones; else as ``follows`` and its bound.
    prior : Mapping of str to float
        What to expect of a ticket that does not follow the matrix: the share of each priority.
    target_precision : float
        What applied priorities shall promise.
    routes : Mapping of str to PriorityRoute
        By what a person has set: ``nothing``, ``impact`` or ``urgency`` (with both there is nothing to
        weigh). Empty where impact or urgency was not learnt.
    """

    matrix: PriorityMatrix
    source: str
    follows: float
    follows_at_least: float
    kept: float
    kept_at_least: float
    prior: Mapping[str, float]
    target_precision: float
    routes: Mapping[str, PriorityRoute] = field(default_factory=dict)

    @property
    def priority_from(self) -> str:
        """Where priority comes from when a person has set neither: ``matrix``, ``learnt`` or ``both``."""
        return self.routes["nothing"].origin if "nothing" in self.routes else "learnt"

    def to_document(self) -> dict[str, Any]:
        """Return the JSON form that a manifest shows."""
        return {
            "source": self.source,
            "matrix": self.matrix.to_document(),
            "follows": round(self.follows, 6),
            "follows_at_least": round(self.follows_at_least, 6),
            "kept": round(self.kept, 6),
            "kept_at_least": round(self.kept_at_least, 6),
            "weights": {
                name: {part: round(weight, 6) for part, weight in route.weights.items()}
                for name, route in self.routes.items()
            },
        }
