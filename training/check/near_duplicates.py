"""Texts that are almost the same: templates and machines whose messages differ by a number or a name.

MinHash over runs of three words, numbers masked, all in numpy: a library that keeps a signature object a text
took longer for 50,000 tickets than the rest of the check (ADR 0015). Judges writing, not meaning.
"""

import re
import zlib
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

__all__ = ["similar_groups"]

BANDS, ROWS = 10, 3
"""Thirty hashes in bands of three: texts with 80 % of their runs in common meet in a band with 99.9 %, those
with 40 % with 48 %; who meets is compared in full."""

ALIKE = 0.8
"""Share of runs in common (Jaccard) from which two texts are almost the same."""

RUN = 3
MOST_WORDS = 200
"""Words read of one text: templates begin alike."""

FEWEST_WORDS = 6
"""Shorter texts are alike by chance."""

PRIME = np.uint64((1 << 61) - 1)

_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+")


def similar_groups(texts: Sequence[str]) -> list[list[int]]:
    """Return groups of places whose texts are almost the same, largest first.

    Parameters
    ----------
    texts : sequence of str
        Cleaned; capitals, numbers and punctuation do not count.

    Returns
    -------
    list of list of int
        Each in ascending order, of two places or more; a place is in one group at most.
    """
    masked = [_NUMBER.sub("0", text.casefold()) for text in texts]
    words = [_WORD.findall(text)[:MOST_WORDS] for text in masked]
    copies: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, own in enumerate(words):
        if len(own) >= FEWEST_WORDS:
            copies[tuple(own)].append(place)
    kinds = list(copies)
    runs = [_runs(kind) for kind in kinds]
    parent = list(range(len(kinds)))
    for bucket in _buckets(runs):
        first = bucket[0]
        for other in bucket[1:]:
            a, b = _root(parent, first), _root(parent, other)
            if a != b and _jaccard(runs[first], runs[other]) >= ALIKE:
                parent[max(a, b)] = min(a, b)
    groups: dict[int, list[int]] = defaultdict(list)
    for number, kind in enumerate(kinds):
        groups[_root(parent, number)] += copies[kind]
    return sorted(
        (sorted(places) for places in groups.values() if len(places) > 1),
        key=lambda places: (-len(places), places[0]),
    )


def _runs(words: Sequence[str]) -> np.ndarray:
    """Return the sorted, different hashes of a text's runs of three words."""
    codes = np.array([zlib.crc32(word.encode("utf-8", "replace")) for word in words], dtype=np.uint64)
    mixed = codes[:-2] * np.uint64(0x9E3779B1) ^ codes[1:-1] * np.uint64(0x85EBCA77) ^ codes[2:]
    return np.unique(mixed % np.uint64(1 << 32))


def _buckets(runs: Sequence[np.ndarray]) -> list[list[int]]:
    """Return the places that share a band of their signatures."""
    if not runs:
        return []
    random = np.random.default_rng(0)
    starts = np.cumsum([0, *(len(one) for one in runs[:-1])])
    flat = np.concatenate(runs)
    found: dict[bytes, list[int]] = defaultdict(list)
    for band in range(BANDS):
        hashes = []
        for _ in range(ROWS):
            factor, shift = (np.uint64(random.integers(1, 1 << 29)) for _ in range(2))
            hashes.append(np.minimum.reduceat((flat * factor + shift) % PRIME % np.uint64(1 << 32), starts))
        for place, signature in enumerate(np.stack(hashes, axis=1)):
            found[bytes([band]) + signature.tobytes()].append(place)
    return [places for places in found.values() if len(places) > 1]


def _jaccard(one: np.ndarray, other: np.ndarray) -> float:
    common = len(np.intersect1d(one, other, assume_unique=True))
    return common / (len(one) + len(other) - common)


def _root(parent: list[int], place: int) -> int:
    while parent[place] != place:
        parent[place] = parent[parent[place]]
        place = parent[place]
    return place
