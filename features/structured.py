"""The fields view: what the ticket's form says, as indicators of values and of pairs of values.

Reads only what was known at filing time. Tags are left out: exports hold the tags a ticket had in the
end, and those name the answer too often.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import scipy.sparse as sp

from triage.ticket import Ticket

__all__ = ["StructuredView"]

Term = tuple[Any, ...]


class StructuredView:
    """Tickets to sparse indicator rows.

    Parameters
    ----------
    min_tickets : int, default=2
        Values and pairs seen in fewer tickets are dropped.
    max_terms : int, default=100_000
        The most frequent are kept.
    pairs : bool, default=True
        Add pairs of values of two fields.

    Attributes
    ----------
    terms_ : dict of tuple to int
        Column of each kept value ``(name, value)`` and pair of values.
    """

    def __init__(self, *, min_tickets: int = 2, max_terms: int = 100_000, pairs: bool = True) -> None:
        self.min_tickets = min_tickets
        self.max_terms = max_terms
        self.pairs = pairs

    @property
    def n_features(self) -> int:
        """Number of kept values and pairs; 0 where the history has no such fields."""
        return len(self.terms_)

    def fit(self, tickets: Sequence[Ticket]) -> "StructuredView":
        """Learn which values and pairs are frequent enough."""
        counts: Counter[Term] = Counter()
        for ticket in tickets:
            counts.update(self._terms(ticket))
        # A value that every ticket has tells nothing.
        kept = [term for term, n in counts.items() if self.min_tickets <= n < len(tickets)]
        kept = sorted(kept, key=lambda term: (-counts[term], repr(term)))[: self.max_terms]
        self.terms_ = {term: column for column, term in enumerate(kept)}
        return self

    def transform(self, tickets: Sequence[Ticket]) -> sp.csr_matrix:
        """Return a float32 CSR matrix of shape (n_tickets, n_features) with rows of length 1 or 0."""
        indices: list[int] = []
        ends = [0]
        for ticket in tickets:
            indices += sorted(self.terms_[term] for term in self._terms(ticket) if term in self.terms_)
            ends.append(len(indices))
        sizes = np.diff(ends)
        data = np.repeat(1 / np.sqrt(np.maximum(sizes, 1)), sizes).astype(np.float32)
        return sp.csr_matrix((data, indices, ends), shape=(len(tickets), self.n_features))

    def contributions(self, ticket: Ticket, weights: np.ndarray) -> list[tuple[str, float]]:
        """Share a linear score out to fields; a pair's part is halved between its two.

        Returns
        -------
        list of (``name=value``, contribution)
            Adding up to ``transform([ticket]) @ weights``.
        """
        row = self.transform([ticket])
        score = dict(zip(row.indices, row.data * weights[row.indices], strict=True))
        sums: dict[str, float] = {}
        for term in self._terms(ticket):
            if term in self.terms_:
                parts = term if isinstance(term[0], tuple) else (term,)
                for name, value in parts:
                    key = f"{name}={value}"
                    sums[key] = sums.get(key, 0.0) + float(score[self.terms_[term]]) / len(parts)
        return list(sums.items())

    def _terms(self, ticket: Ticket) -> Iterator[Term]:
        values = [
            (name, value)
            for name, value in (
                ("product", ticket.product),
                ("channel", ticket.channel),
                ("language", ticket.language),
                ("organization", ticket.organization),
                ("requester", ticket.requester),
                *sorted(ticket.custom.items()),
            )
            if value
        ]
        yield from values
        if self.pairs:
            yield from combinations(values, 2)
