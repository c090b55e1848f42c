"""One ticket as a model has read it: what explaining its answer looks at, so that nothing is read twice."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp

from features.cleaning import clean_text
from features.shares import Shares
from features.views import Views
from triage.ticket import Ticket

__all__ = ["Reader", "Reading"]

Reader = tuple[str, Callable[[Ticket, "sp.csr_matrix"], Shares]]
"""Kind of contribution, and what names the parts of a ticket's row of a block."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One ticket as a model has read it.

    Parameters
    ----------
    ticket : Ticket
        Itself.
    views : dict of str to matrix
        Of one or more tickets.
    row : int
        Its row in them.
    readers : Mapping of str to Reader
        By block; a block without one is explained as a whole.
    places, cosines : ndarray of shape (k,)
        Its nearest past tickets, nearest first.
    past_ids : sequence of str
        Ids of the past tickets, by place.
    said : Mapping of str to Mapping of str to ndarray of shape (n_tickets, n_labels)
        What the members of each field's pool said: :meth:`features.field_model.FieldModel.said`.
    pooled : Mapping of str to ndarray of shape (n_tickets, n_labels)
        What that amounts to, calibrated: :meth:`features.field_model.FieldModel.pooled`.
    """

    ticket: Ticket
    views: Views
    row: int
    readers: Mapping[str, Reader]
    places: np.ndarray
    cosines: np.ndarray
    past_ids: Sequence[str]
    said: Mapping[str, Mapping[str, np.ndarray]]
    pooled: Mapping[str, np.ndarray]
    _rows: dict[str, "sp.csr_matrix | np.ndarray"] = field(default_factory=dict, init=False)
    _shares: dict[str, Shares] = field(default_factory=dict, init=False)

    @property
    def has_text(self) -> bool:
        """Whether there is text to read."""
        return bool(clean_text(self.ticket))

    def row_of(self, block: str) -> "sp.csr_matrix | np.ndarray | None":
        """Return the ticket's row of a block; None where the tickets have no such block."""
        if block not in self._rows and block in self.views:
            view = self.views[block]
            # Cutting the only row out of a sparse matrix costs more than reading it.
            is_whole = view.shape[0] == 1 and not isinstance(view, np.ndarray)
            self._rows[block] = view if is_whole else view[self.row]
        return self._rows.get(block)

    def shares(self, block: str, row: "sp.csr_matrix") -> Shares:
        """Return how a block's row is shared by named parts; read once for all fields."""
        if block not in self._shares:
            self._shares[block] = self.readers[block][1](self.ticket, row)
        return self._shares[block]
