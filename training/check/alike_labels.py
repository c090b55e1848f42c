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

from training.check.finding import PEOPLE, Finding, different

__all__ = ["find_alike_labels"]

ALIKE = 0.87
"""Share of letters in common (``difflib``) from which two labels look alike: one in eight may be astray."""

SHORTEST = 5
"""Letters below which one letter makes another word."""

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
    found = [_same(field, sorted(labels), rows) for labels in groups.values() if len(labels) > 1]
    if field in PEOPLE:
        return found
    commonest = sorted(rows, key=lambda label: (-len(rows[label]), label))[:MOST]
    for one, other in combinations(commonest, 2):
        if _look_alike(_folded(one), _folded(other)):
            found.append(_similar(field, one, other, rows))
    return found


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


def _same(field: str, labels: Sequence[str], rows: Mapping[str, Sequence[str]]) -> Finding:
    keep = max(labels, key=lambda label: len(rows[label]))
    others = [label for label in labels if label != keep]
    named = ", ".join(f"{label!r} ({len(rows[label]):,})" for label in labels)
    return Finding(
        "same_label",
        "problem",
        field,
        f"Labels differ only in capitals, spaces or punctuation: {named}.",
        f"Merge them in triage.toml: {'; '.join(_merge(field, label, keep) for label in others)}",
        sum(len(rows[label]) for label in others),
        different(ticket_id for label in others for ticket_id in rows[label]),
    )


def _similar(field: str, one: str, other: str, rows: Mapping[str, Sequence[str]]) -> Finding:
    keep, rare = sorted((one, other), key=lambda label: -len(rows[label]))
    return Finding(
        "similar_label",
        "look",
        field,
        f"Labels are written almost alike: {keep!r} ({len(rows[keep]):,}), {rare!r} ({len(rows[rare]):,}).",
        f"If they mean the same, merge them in triage.toml: {_merge(field, rare, keep)}",
        len(rows[rare]),
        different(rows[rare]),
    )


def _merge(field: str, label: str, into: str) -> str:
    """Return the line of ``triage.toml`` that merges a label (JSON's strings are TOML's)."""
    return f"merged.{field}.{json.dumps(label, ensure_ascii=False)} = {json.dumps(into, ensure_ascii=False)}"
