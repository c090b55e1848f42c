"""A ticket's own text with the words marked that spoke for or against a label."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from triage.prediction import Contribution

__all__ = ["Mark", "mark_words", "strength"]

WORD = re.compile(r"\w+|[^\w\s]+")
LONGEST = 4_000
"""Characters shown; more would help nobody."""

WEAK, STRONG = 0.34, 0.67


@dataclass(frozen=True, slots=True)
class Mark:
    """A piece of text; ``look`` is a CSS class such as ``for-3``, empty for an unmarked piece."""

    text: str
    look: str


def mark_words(text: str, contributions: Sequence[Contribution]) -> list[Mark]:
    """Cut a text into marked and unmarked pieces; put together they are its first 4,000 characters."""
    looks = {one.name: strength(one, contributions) for one in contributions if one.kind == "word"}
    pieces: list[Mark] = []
    end = 0
    shown = text[:LONGEST]
    for found in WORD.finditer(shown):
        look = looks.get(found.group().lower(), "")
        if look:
            if found.start() > end:
                pieces.append(Mark(shown[end : found.start()], ""))
            pieces.append(Mark(found.group(), look))
            end = found.end()
    if end < len(shown):
        pieces.append(Mark(shown[end:], ""))
    return pieces


def strength(one: Contribution, among: Sequence[Contribution]) -> str:
    """Say how strongly a contribution speaks, beside the strongest one: ``for-1`` to ``against-3``."""
    most = max((abs(other.weight) for other in among if other.kind in ("word", "field")), default=0.0)
    share = abs(one.weight) / most if most else 0.0
    step = 3 if share >= STRONG else 2 if share >= WEAK else 1
    return f"{'for' if one.weight >= 0 else 'against'}-{step}"
