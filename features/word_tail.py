"""The words of documents that came since a :class:`features.bm25.WordIndex` was last packed."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

__all__ = ["Tail"]


@dataclass(frozen=True, slots=True, eq=False)
class Tail:
    """Words of the documents added since packing: lists that the tails of one line share, and that only grow.

    Each sees what was there when it was made, so that readers need no lock.

    Parameters
    ----------
    size : int
        Documents that this one sees.
    documents : list of Mapping of str to int
        Word counts.
    postings : dict of str to (list of int, list of int)
        By word: ascending places among ``documents``, and counts.
    """

    size: int = 0
    documents: list[Mapping[str, int]] = field(default_factory=list)
    postings: dict[str, tuple[list[int], list[int]]] = field(default_factory=dict)

    def __len__(self) -> int:
        return self.size

    def grown(self, document: Mapping[str, int]) -> "Tail":
        """Return a tail with one document more."""
        if len(self.documents) > self.size:  # Another has grown from this one already.
            alone = Tail()
            for one in self.documents[: self.size]:
                alone = alone.grown(one)
            return alone.grown(document)
        for word, count in document.items():
            places, counts = self.postings.setdefault(word, ([], []))
            counts.append(count)  # First: whoever sees the place finds the count.
            places.append(self.size)
        self.documents.append(document)
        return replace(self, size=self.size + 1)

    def among(self, words: Sequence[str]) -> dict[int, tuple[list[int], list[int]]]:
        """Return the places of the documents that have a word, with their counts, by the word's place."""
        found = {}
        for at, word in enumerate(words):
            places, counts = self.postings.get(word, ((), ()))
            end = bisect_left(places, self.size)
            if end:
                found[at] = (list(places[:end]), list(counts[:end]))
        return found
