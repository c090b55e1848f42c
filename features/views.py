"""The numbers of some tickets, made once for all fields: words, meaning and fields."""

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp

from features.cleaning import clean_text
from features.encoder import Encoder
from features.structured import StructuredView
from features.words import WordView
from triage.ticket import Ticket

__all__ = ["MEANING_SCALE", "Views", "make_views"]

Views = dict[str, "sp.csr_matrix | np.ndarray"]
"""By block name: matrices with a row a ticket."""

MEANING_SCALE = np.float32(2.0)
"""Unit vectors are stretched so that one penalty suits words and meaning (docs/log.md)."""


def make_views(
    tickets: Sequence[Ticket],
    words: WordView,
    fields: StructuredView,
    encoder: Encoder,
    texts: Sequence[str] | None = None,
) -> Views:
    """Return the blocks of some tickets.

    Parameters
    ----------
    tickets : sequence of Ticket
        In any number; each row depends on its ticket alone.
    words, fields
        Fitted views.
    encoder : Encoder
        Of the model's bundle.
    texts : sequence of str, optional
        The tickets' texts, cleaned, where they are at hand already.

    Returns
    -------
    dict of str to matrix
        ``words`` and ``fields`` as float32 CSR, ``meaning`` as float32 array scaled by
        :data:`MEANING_SCALE`; ``fields`` only where the history has fields.
    """
    if texts is None:
        texts = [clean_text(ticket) for ticket in tickets]
    views: Views = {"words": words.transform(texts), "meaning": encoder.encode(texts) * MEANING_SCALE}
    if fields.n_features:
        views["fields"] = fields.transform(tickets)
    return views
