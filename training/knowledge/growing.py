"""A memory of links that grows through the past, so that each ticket meets what was known at its filing."""

import numpy as np

from features.link_memory import LinkMemory
from features.link_recall import Link

__all__ = ["GrowingMemory"]


class GrowingMemory:
    """Goes through the links of a whole memory in the order in which they became known.

    Parameters
    ----------
    whole : LinkMemory
        All links.
    """

    def __init__(self, whole: LinkMemory) -> None:
        self._whole = whole
        self._order = np.argsort(whole.known_at, kind="stable")
        self._names = list(whole.article_numbers)
        self._done = 0
        self._memory = LinkMemory.empty(whole.vectors.dimension, whole.totals.space)

    def until(self, moment: float) -> LinkMemory:
        """Return the memory as it was at a moment, no earlier than the one asked for before.

        Parameters
        ----------
        moment : float
            POSIX time.
        """
        end = int(np.searchsorted(self._whole.known_at[self._order], moment, side="right"))
        places = self._order[self._done : end]
        if len(places):
            links = [self._link(int(place)) for place in places]
            rows = self._whole.tickets[places]
            vectors = dict(zip((one.ticket_id for one in links), self._whole.vectors.take(rows), strict=True))
            self._memory = self._memory.remember(links, vectors)
            self._done = end
        return self._memory

    def _link(self, place: int) -> Link:
        whole = self._whole
        return Link(
            whole.ticket_ids[whole.tickets[place]],
            self._names[whole.articles[place]],
            float(whole.known_at[place]),
            bool(whole.dismissed[place]),
        )
