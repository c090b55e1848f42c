"""Labels that are one label written twice: other capitals, other punctuation, a letter more or less.

Judges the writing only. Labels that mean the same in other words are not found.
"""

import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from itertools import combinations

from training.check.finding import PEOPLE, Finding, Weight, different

__all__ = ["find_alike_labels"]

ALIKE = 0.87
"""Share of letters in common (``difflib``) from which two labels look alike: one in eight may be astray."""

SHORTEST = 5
"""Letters below which one letter makes another word."""

SAME, SIMILAR = "same_label", "similar_label"
SAID = {
    SAME: "Labels differ only in capitals, spaces or punctuation",
    SIMILAR: "Labels are written almost alike",
}
REMEDY = {
    SAME: "Merge them in triage.toml",
    SIMILAR: "If they mean the same, merge them in triage.toml",
}

NAMED = 20
"""Groups of labels named in the sentence."""

MOST = 500
"""Labels compared with each other, the commonest: the comparisons grow with the square."""


def find_alike_labels(field: str, rows: Mapping[str, Sequence[str]]) -> list[Finding]:
    """Find labels of one field that are probably one.

    Parameters
    ----------
    field : str
        Its name.
    rows : Mapping of str to sequence of str
        By label, the ids of its tickets.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for label in rows:
        groups[_folded(label)].append(label)
    same = [tuple(sorted(labels)) for labels in groups.values() if len(labels) > 1]
    found = _finding(SAME, "problem", field, same, rows)
    if field in PEOPLE:
        return found
    commonest = sorted(rows, key=lambda label: (-len(rows[label]), label))[:MOST]
    alike = [
        (one, other) for one, other in combinations(commonest, 2) if _look_alike(_folded(one), _folded(other))
    ]
    return found + _finding(SIMILAR, "look", field, alike, rows)


def _folded(label: str) -> str:
    """Return a label without case, accents, spaces and punctuation."""
    plain = unicodedata.normalize("NFKD", label.casefold())
    return "".join(letter for letter in plain if letter.isalnum()) or label


def _look_alike(one: str, other: str) -> bool:
    if one == other or min(len(one), len(other)) < SHORTEST:
        return False
    # "Tier 1" and "Tier 2" are meant to differ.
    if re.findall(r"\d+", one) != re.findall(r"\d+", other):
        return False
    if 2 * min(len(one), len(other)) < ALIKE * (len(one) + len(other)):
        return False
    if 2 * sum((Counter(one) & Counter(other)).values()) < ALIKE * (len(one) + len(other)):
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= ALIKE


def _finding(
    code: str,
    weight: Weight,
    field: str,
    groups: Sequence[Sequence[str]],
    rows: Mapping[str, Sequence[str]],
) -> list[Finding]:
    """Return one finding of all groups of labels, those with most tickets to move first."""
    if not groups:
        return []
    kept = {group: max(group, key=lambda label: len(rows[label])) for group in map(tuple, groups)}
    others = {group: [label for label in group if label != keep] for group, keep in kept.items()}
    order = sorted(kept, key=lambda group: (-sum(len(rows[label]) for label in others[group]), group))
    # A label may look like two others; each of its tickets is named once.
    into = {
        ticket_id: kept[group]
        for group in order[::-1]
        for label in others[group]
        for ticket_id in rows[label]
    }
    moved = different(ticket_id for group in order for label in others[group] for ticket_id in rows[label])
    listed = "; ".join(
        ", ".join(f"{label!r} ({len(rows[label]):,})" for label in group) for group in order[:NAMED]
    )
    merges = "; ".join(
        _merge(field, label, kept[group]) for group in order[:NAMED] for label in others[group]
    )
    left = f"; and {len(order) - NAMED:,} more of fewer tickets" if len(order) > NAMED else ""
    return [
        Finding(
            code,
            weight,
            field,
            f"{SAID[code]}: {listed}{left}.",
            f"{REMEDY[code]}: {merges}",
            len(moved),
            moved,
            tuple(into[ticket_id] for ticket_id in moved) if code == SAME else (),
        )
    ]


def _merge(field: str, label: str, into: str) -> str:
    """Return the line of ``triage.toml`` that merges a label (JSON's strings are TOML's)."""
    return f"merged.{field}.{json.dumps(label, ensure_ascii=False)} = {json.dumps(into, ensure_ascii=False)}"
