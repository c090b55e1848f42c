"""A cap on one agent's share of a team's tickets: the best is not drowned, and hoarding does not pay."""

from collections.abc import Mapping, Sequence
from math import ceil

from triage.agent import Agent
from triage.routing.eligibility import capacity_of
from triage.routing.policy import RoutingPolicy

__all__ = ["fair_limits", "gini"]


def fair_limits(
    members: Sequence[Agent], given: Mapping[str, int], new: int, policy: RoutingPolicy
) -> dict[str, int] | None:
    r"""Return how many tickets each member of a team may have been given within the window.

    An agent's limit is :math:`\max(m, \lceil f\,(g + n)\,w / W \rceil)`: the factor *f* times the agent's
    share by capacity *w / W* of what was given already, *g*, and of the *n* new tickets, never less than
    the minimum *m*. As *f* is at least 1 the limits always hold all tickets together.

    Parameters
    ----------
    members : sequence of Agent
        Of the team, those on whom its work falls in the window: active and not away for all of it.
    given : Mapping of str to int
        Tickets assigned in the window by agent, whoever assigned them; of others than members too.
    new : int
        Tickets that are to be assigned now.
    policy : RoutingPolicy
        The admin's word.

    Returns
    -------
    dict of str to int, or None
        None when there is no cap.
    """
    share = policy.fair_share
    if share is None:
        return None
    capacities = [capacity_of(one, policy) for one in members]
    known = [one for one in capacities if one is not None]
    # Where somebody's capacity is unknown, all count the same.
    weights = known if len(known) == len(capacities) and sum(known) > 0 else [1.0] * len(members)
    total = sum(given.values()) + new
    whole = sum(weights)
    return {
        one.agent: max(share.minimum, ceil(share.factor * total * weight / whole))
        for one, weight in zip(members, weights, strict=True)
    }


def gini(loads: Sequence[float]) -> float:
    """Return the Gini coefficient of loads: 0 when all are equal, towards 1 when one has everything.

    Half the mean absolute difference over the mean [1]_, by sorting.

    Parameters
    ----------
    loads : sequence of float
        Not negative; all zero or none at all counts as equal.

    References
    ----------
    .. [1] C. Gini, Variabilità e mutabilità, 1912.

    Examples
    --------
    >>> gini([1, 1, 1]), gini([0, 0, 0, 4])
    (0.0, 0.75)
    """
    ordered = sorted(loads)
    n, total = len(ordered), sum(ordered)
    if total == 0:
        return 0.0
    return sum((2 * i - n - 1) * load for i, load in enumerate(ordered, 1)) / (n * total)
