"""The fields view: what the ticket's form says, as indicators of values.

Reads only what was known at filing time. A form's empty place tells something too: who files by mail, say,
has no site. Tags are left out: exports hold the tags a ticket had in the end, and those name the answer too
often.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import scipy.sparse as sp

from features.shares import Shares
from triage.ticket import Ticket

__all__ = ["PLACES", "StructuredView", "filled_in"]

Term = tuple[str, str]

PLACES = ("product", "channel", "language", "organization", "requester")
"""Places of a form that every ticket has; others are custom."""

EMPTY, EMPTY_WORD = "", "(empty)"
"""Value of a name that the history knows and a ticket does not have, and how people read it."""

RARELY = 0.05
"""Share of a history's tickets below which those without a form have not taught what that means: of a made-up
history's later tickets without forms one pool for all was right of .858 where 1.4 % had none, of .894 at 3 %
and 6 %; a pool of their own of .901 throughout (docs/log.md)."""


class StructuredView:
    """Tickets to sparse indicator rows.

    Parameters
    ----------
    min_tickets : int, default=2
        Values seen in fewer tickets are dropped.
    max_terms : int, default=100_000
        The most frequent are kept.

    Attributes
    ----------
    names_ : tuple of str
        Names that some ticket of the history had, sorted.
    terms_ : dict of (str, str) to int
        Column of each kept ``(name, value)``; the value is empty where a ticket lacks the name.
    formless_ : float
        Share of the history's tickets whose form holds no kept value.
    """

    formless_: float = 1.0

    def __init__(self, *, min_tickets: int = 2, max_terms: int = 100_000) -> None:
        self.min_tickets = min_tickets
        self.max_terms = max_terms

    @property
    def n_features(self) -> int:
        """Number of kept values; 0 where the history has no such fields."""
        return len(self.terms_)

    def fit(self, tickets: Sequence[Ticket]) -> "StructuredView":
        """Learn which values are frequent enough."""
        self.names_ = tuple(sorted({name for ticket in tickets for name, _ in filled_in(ticket)}))
        counts: Counter[Term] = Counter()
        for ticket in tickets:
            counts.update(self._terms(ticket))
        # A value that every ticket has tells nothing.
        kept = [term for term, n in counts.items() if self.min_tickets <= n < len(tickets)]
        kept = sorted(kept, key=lambda term: (-counts[term], term))[: self.max_terms]
        self.terms_ = {term: column for column, term in enumerate(kept)}
        self.formless_ = float(1 - self.knows(tickets).mean()) if tickets else 1.0
        return self

    def transform(self, tickets: Sequence[Ticket]) -> sp.csr_matrix:
        """Return a float32 CSR matrix of zeros and ones, of shape (n_tickets, n_features)."""
        indices: list[int] = []
        ends = [0]
        for ticket in tickets:
            indices += sorted(self.terms_[term] for term in self._terms(ticket) if term in self.terms_)
            ends.append(len(indices))
        return sp.csr_matrix(
            (np.ones(len(indices), np.float32), indices, ends), shape=(len(tickets), self.n_features)
        )

    def shares(self, ticket: Ticket, row: sp.csr_matrix) -> Shares:
        """Return how the fields of a form share its row: each is one feature.

        Parameters
        ----------
        ticket : Ticket
            As filed.
        row : sparse matrix of shape (1, n_features)
            ``transform([ticket])``.

        Returns
        -------
        Shares
            Named ``name=value``, and ``name=(empty)`` where the form's place is empty.
        """
        terms = [term for term in self._terms(ticket) if term in self.terms_]
        feature = np.searchsorted(row.indices, [self.terms_[term] for term in terms])
        names = tuple(f"{name}={value or EMPTY_WORD}" for name, value in terms)
        return Shares(names, np.arange(len(terms)), feature, np.ones(len(terms)))

    def knows(self, tickets: Sequence[Ticket]) -> np.ndarray:
        """Return, for each ticket, whether its form holds a value learnt from, as bools of shape (n,)."""
        return np.array([any(term in self.terms_ for term in filled_in(ticket)) for ticket in tickets], bool)

    def misses(self, tickets: Sequence[Ticket]) -> np.ndarray:
        """Return, for each ticket, whether it lacks the form that the history had, as bools of shape (n,).

        It does where its form holds no value learnt from, though fewer than :data:`RARELY` of the history's
        tickets were like that: what the others taught of a form is then no guide to it.
        """
        return ~self.knows(tickets) if self.expects_form else np.zeros(len(tickets), bool)

    @property
    def expects_form(self) -> bool:
        """Whether the history's tickets had forms so regularly that one without is a case of its own."""
        return self.formless_ < RARELY

    def filled(self, ticket: Ticket) -> Ticket:
        """Return the ticket with the commonest value that was learnt in its form; as it is where none was."""
        name, value = next((term for term in self.terms_ if term[1] != EMPTY), (None, EMPTY))
        if name is None:
            return ticket
        known: dict[str, Any] = {name: value}
        return replace(ticket, **(known if name in PLACES else {"custom": {**ticket.custom, **known}}))

    def _terms(self, ticket: Ticket) -> list[Term]:
        filled = filled_in(ticket)
        there = {name for name, _ in filled}
        return filled + [(name, EMPTY) for name in self.names_ if name not in there]


def filled_in(ticket: Ticket) -> list[Term]:
    """Return the names of a form that a ticket has a value of, with the values."""
    return [
        (name, value)
        for name, value in (
            *((name, getattr(ticket, name)) for name in PLACES),
            *sorted(ticket.custom.items()),
        )
        if value
    ]
