"""What trees read of a ticket: its form as codes, when it was filed, how much it says, what its text says.

Reads only what was known at filing time. The time of filing is in UTC: which hours are busy is learnt, so
that the zone does not matter.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from features.cleaning import clean_text
from features.structured import filled_in
from triage.ticket import Ticket

__all__ = ["TicketColumns"]

NUMBERS = 4
"""Columns that are no codes: hour, weekday, length of the text, what the text says."""


class TicketColumns:
    """Tickets to a matrix of codes and numbers.

    Parameters
    ----------
    min_tickets : int, default=2
        Values of a form that fewer tickets have are taken as missing.
    max_codes : int, default=254
        Of each name, the most frequent values have a code; what grows the trees knows 255 at most.

    Attributes
    ----------
    codes_ : dict of str to dict of str to int
        By name and value of the form.
    """

    def __init__(self, *, min_tickets: int = 2, max_codes: int = 254) -> None:
        self.min_tickets = min_tickets
        self.max_codes = max_codes

    def fit(self, tickets: Sequence[Ticket]) -> "TicketColumns":
        """Learn which values have a code."""
        counts: dict[str, Counter[str]] = {}
        for ticket in tickets:
            for name, value in filled_in(ticket):
                counts.setdefault(name, Counter())[value] += 1
        self.codes_: dict[str, dict[str, int]] = {}
        for name in sorted(counts):
            ranked = sorted(counts[name].items(), key=lambda pair: (-pair[1], pair[0]))
            kept = [value for value, count in ranked if count >= self.min_tickets][: self.max_codes]
            if len(kept) > 1:
                self.codes_[name] = {value: code for code, value in enumerate(kept)}
        return self

    @property
    def is_category(self) -> list[bool]:
        """Which columns are codes."""
        return [True] * len(self.codes_) + [False] * NUMBERS

    def transform(self, tickets: Sequence[Ticket], said: np.ndarray | None = None) -> np.ndarray:
        """Return the columns of tickets.

        Parameters
        ----------
        tickets : sequence of Ticket
            Each row depends on its ticket alone.
        said : ndarray of shape (n,), optional
            What the text of each says of what is predicted, as a number; without it nothing.

        Returns
        -------
        ndarray of shape (n, n_columns), float64
            NaN where a value is missing or has no code.
        """
        matrix = np.full((len(tickets), len(self.codes_) + NUMBERS), np.nan)
        place = {name: column for column, name in enumerate(self.codes_)}
        for row, ticket in enumerate(tickets):
            for name, value in filled_in(ticket):
                if name in place and value in self.codes_[name]:
                    matrix[row, place[name]] = self.codes_[name][value]
            if ticket.created_at is not None:
                seconds = ticket.created_at.timestamp()
                matrix[row, -4] = seconds % 86_400 / 3_600
                matrix[row, -3] = (seconds // 86_400 + 3) % 7  # 1970 began on a Thursday
            matrix[row, -2] = np.log1p(len(clean_text(ticket)))
        matrix[:, -1] = 0.0 if said is None else said
        return matrix
