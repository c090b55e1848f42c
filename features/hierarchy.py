"""Two fields of which one refines the other, such as subcategory and category: one joint answer for both.

Each field's own model knows nothing of the other. Here what they say is pooled, so that both gain and the
likeliest subcategory lies under the likeliest category. Fitted in ``training``; here it only predicts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import log_softmax, logsumexp

from triage.ticket import Ticket

__all__ = ["NONE", "UNKNOWN", "Combined", "Exponents", "Hierarchy", "combine_fields", "joined_with"]

NONE, UNKNOWN = -1, -2
"""A person gave no value; a person gave one that the model does not know."""

FLOOR = 1e-12
"""Least probability that enters a logarithm."""


@dataclass(frozen=True, slots=True)
class Exponents:
    """How much each part counts in the joint answer; learnt on held-out tickets.

    Parameters
    ----------
    parent, below : float
        Of the upper field's own probability, and of what the lower field says of it.
    child, share : float
        Of the lower field's own probability, and of how often a label of it lies under that parent.
    alone : float
        Between 0 and 1: how far the lower field's own model is followed, and not what both say of it.
    blank : float
        Logarithm of what a parent's tickets without a lower value count in place of what the lower field
        says of it.
    """

    parent: float
    below: float
    child: float
    share: float
    alone: float
    blank: float


@dataclass(frozen=True, slots=True, eq=False)
class Combined:
    """What both fields say together, of n tickets.

    Parameters
    ----------
    parents : ndarray of shape (n, n_parents)
        Rows sum to 1.
    children : ndarray of shape (n, n_children)
        Rows sum to 1.
    withheld : ndarray of shape (n,), bool
        Where no child is known to lie under the ticket's parent: nothing should be decided of the child.
        Everywhere else the likeliest child lies under the likeliest parent, or under the person's.
    """

    parents: np.ndarray
    children: np.ndarray
    withheld: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Hierarchy:
    """Which labels of a lower field lie under which of an upper one, and how their models are pooled.

    With p and r the fields' own probabilities and q(c|s) the share of s's past tickets that lie under c::

        r(s|c) ~ r(s)^child * q(c|s)^share            among the s under c; their sum is e(c)
        P(c)   ~ p(c)^parent * (f(c) e(c) + (1 - f(c)) blank)^below
        P(s)   ~ r(s)^alone * (sum over c of P(c) r(s|c))^(1 - alone)

    where f(c) is the share of c's past tickets that have a lower value. It is a log-linear pool (Hinton
    2002, *Training Products of Experts*) over pairs. A label may lie under several parents ("Other").

    Parameters
    ----------
    parent, child : str
        The two fields.
    parents, children : tuple of str
        Their labels, as in their models.
    above, below : ndarray of shape (n_pairs,)
        Place of parent and child of each pair, sorted by parent, then child.
    share : ndarray of shape (n_pairs,)
        q; above 0.
    filled : ndarray of shape (n_parents,)
        f; 0 for a parent without children.
    exponents : Exponents
        See there.
    """

    parent: str
    child: str
    parents: tuple[str, ...]
    children: tuple[str, ...]
    above: np.ndarray
    below: np.ndarray
    share: np.ndarray
    filled: np.ndarray
    exponents: Exponents

    def combine(
        self,
        parents: np.ndarray,
        children: np.ndarray,
        given_parents: np.ndarray | None = None,
        given_children: np.ndarray | None = None,
    ) -> Combined:
        """Pool what the two models say, each row by itself.

        Parameters
        ----------
        parents : ndarray of shape (n, n_parents)
            The upper field's own probabilities.
        children : ndarray of shape (n, n_children)
            The lower field's.
        given_parents, given_children : ndarray of shape (n,), optional
            Place of the label that a person set, :data:`NONE` or :data:`UNKNOWN`; see :meth:`places`. Then
            the other field is what it can be beside this label.
        """
        above, of_child = self.pool(parents, children)
        rows = np.arange(len(above))
        decided = above.argmax(axis=1)
        if given_children is not None:
            above = self._beside(above, of_child, given_children)
            decided = above.argmax(axis=1)
        if given_parents is not None:
            decided = np.where(given_parents == NONE, decided, given_parents)
        withheld = ~((decided >= 0) & _layout(self).has_children[decided])
        below = self.marginal(above, of_child, children)
        under = self.spread(np.eye(len(self.parents))[decided], of_child)
        if given_parents is not None:
            fixed = (given_parents >= 0) & ~withheld
            below[fixed] = under[fixed]
        below = _towards(below, np.where(withheld[:, None], below, under), rows)
        return Combined(above, below, withheld)

    def pool(self, parents: np.ndarray, children: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return P(c), of shape (n, n_parents), and r(s|c) of each pair, of shape (n, n_pairs)."""
        by = self.exponents
        own = np.log(np.maximum(children, FLOOR))
        # np.take keeps rows in one piece, so that a row's sums do not depend on the rows around it.
        pairs = by.child * np.take(own, self.below, axis=1) + by.share * np.log(self.share)
        layout = _layout(self)
        firsts, counts = layout.firsts, layout.counts
        highest = np.maximum.reduceat(pairs, firsts, axis=1)
        sums = np.add.reduceat(np.exp(pairs - np.repeat(highest, counts, axis=1)), firsts, axis=1)
        evidence = highest + np.log(sums)
        of_child = np.exp(pairs - np.repeat(evidence, counts, axis=1))
        said = np.full((len(parents), len(self.parents)), by.blank)
        seen = self.above[firsts]
        filled = self.filled[seen]
        with np.errstate(divide="ignore"):
            both = np.stack(
                [evidence + np.log(filled), np.broadcast_to(by.blank + np.log(1 - filled), evidence.shape)]
            )
        said[:, seen] = logsumexp(both, axis=0)
        logits = by.parent * np.log(np.maximum(parents, FLOOR)) + by.below * said
        return np.exp(log_softmax(logits, axis=1)), of_child

    def lies_under(self, child: int, parent: int) -> bool:
        """Return whether a child is known under a parent; both as places."""
        return bool(((self.below == child) & (self.above == parent)).any())

    def places(self, field: str, values: Sequence[str | None]) -> np.ndarray:
        """Return the place of each value that a person set, :data:`NONE` or :data:`UNKNOWN`."""
        labels = self.parents if field == self.parent else self.children
        known = {label: place for place, label in enumerate(labels)}
        return np.array([known.get(value, UNKNOWN) if value else NONE for value in values], np.int64)

    def marginal(self, above: np.ndarray, of_child: np.ndarray, children: np.ndarray) -> np.ndarray:
        """Return P(s), of shape (n, n_children)."""
        parts = (children, self.exponents.alone), (self.spread(above, of_child), 1 - self.exponents.alone)
        logits = sum(weight * np.log(np.maximum(part, FLOOR)) for part, weight in parts)
        return np.asarray(np.exp(log_softmax(logits, axis=1)))

    def spread(self, above: np.ndarray, of_child: np.ndarray) -> np.ndarray:
        """Return the children's probabilities, of shape (n, n_children), when their parents have these."""
        joint = np.take(above, self.above, axis=1) * of_child
        by_child = _layout(self)
        spread = np.zeros((len(above), len(self.children)))
        ordered = np.take(joint, by_child.order, axis=1)
        spread[:, by_child.seen] = np.add.reduceat(ordered, by_child.seen_from, axis=1)
        total = spread.sum(axis=1, keepdims=True)
        return np.where(total > 0, spread / np.where(total > 0, total, 1.0), 1.0 / len(self.children))

    def _beside(self, above: np.ndarray, of_child: np.ndarray, given: np.ndarray) -> np.ndarray:
        """Return the parents' probabilities where a person set the child; as they are where nobody did."""
        if (given < 0).all():
            return above
        known = np.zeros_like(above)
        for place, (parent, child) in enumerate(zip(self.above, self.below, strict=True)):
            rows = given == child
            known[rows, parent] = above[rows, parent] * of_child[rows, place]
        total = known.sum(axis=1, keepdims=True)
        return np.where(total > 0, known / np.where(total > 0, total, 1.0), above)


@dataclass(frozen=True, slots=True, eq=False)
class _Layout:
    """How a hierarchy's pairs lie: where each parent's begin, how many it has, and their order by child."""

    firsts: np.ndarray
    counts: np.ndarray
    has_children: np.ndarray
    order: np.ndarray
    seen: np.ndarray
    seen_from: np.ndarray


@lru_cache(maxsize=64)
def _layout(hierarchy: Hierarchy) -> _Layout:
    """Work a hierarchy's layout out; remembered, since every ticket asks for the same."""
    above, below = np.asarray(hierarchy.above), np.asarray(hierarchy.below)
    _, firsts, counts = np.unique(above, return_index=True, return_counts=True)
    order = np.argsort(below, kind="stable")
    seen, seen_from = np.unique(below[order], return_index=True)
    has_children = np.isin(np.arange(len(hierarchy.parents)), above)
    return _Layout(firsts, counts, has_children, order, seen, seen_from)


def combine_fields(
    hierarchies: Sequence[Hierarchy], probabilities: Mapping[str, np.ndarray], tickets: Sequence[Ticket]
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Pool the fields of some tickets.

    Parameters
    ----------
    hierarchies : sequence of Hierarchy
        May be empty.
    probabilities : Mapping of str to ndarray of shape (n, n_labels)
        By field, of each model alone.
    tickets : sequence of Ticket
        The n tickets, with the values that people set.

    Returns
    -------
    probabilities : dict of str to ndarray of shape (n, n_labels)
        By field.
    withheld : dict of str to ndarray of shape (n,), bool
        By lower field; see :class:`Combined`.
    """
    pooled, withheld = dict(probabilities), {}
    for one in hierarchies:
        given = [
            one.places(name, [ticket.values.get(name) for ticket in tickets])
            for name in (one.parent, one.child)
        ]
        found = one.combine(pooled[one.parent], pooled[one.child], *given)
        pooled[one.parent], pooled[one.child] = found.parents, found.children
        withheld[one.child] = found.withheld
    return pooled, withheld


def joined_with(field: str, hierarchies: Sequence[Hierarchy]) -> list[str]:
    """Return the fields that a field is answered together with: those above it and those below."""
    pairs = [(one.parent, one.child) for one in hierarchies]
    return [other for pair in pairs if field in pair for other in pair if other != field]


def _towards(children: np.ndarray, under: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Move each row as little as needed for its likeliest label to be one under the decided parent.

    The marginals' two maxima need not fit together: a parent's probability may be shared by many children.
    ``under`` holds what the children are if the decided parent is right; the rows are mixed with it.
    """
    best = np.where(under > 0, children, -1.0).argmax(axis=1)
    strangers = np.where(under > 0, 0.0, children).max(axis=1)
    lead = strangers - children[rows, best]
    needed = np.where(lead >= 0, lead / (lead + under[rows, best] + FLOOR), 0.0)
    share = np.where(lead >= 0, np.minimum(1.0, needed + 1e-6), 0.0)[:, None]
    mixed = (1 - share) * children + share * under
    wrong = np.where(under > 0, 0.0, mixed).max(axis=1) >= np.where(under > 0, mixed, 0.0).max(axis=1)
    return np.where((wrong & (strangers > 0))[:, None], under, mixed)
