"""What the texts are like: empty ones, the same text again and again, one text under several labels."""

from collections import Counter
from collections.abc import Sequence

from training.check.finding import Finding, counted, different
from training.check.near_duplicates import similar_groups
from triage.ticket import PastTicket

__all__ = ["find_conflicts", "find_empty_texts", "find_near_duplicates", "find_repeated_texts"]

OFTEN = 5
"""Tickets of one text from which it looks like a template or a machine."""

CONFLICT = 0.01
"""Share of a field's tickets in the minority of their own text from which it is more than a slip."""


def find_empty_texts(tickets: Sequence[PastTicket], texts: Sequence[str]) -> list[Finding]:
    """Find tickets of which nothing is left to read after cleaning."""
    empty = [past.ticket.ticket_id for past, text in zip(tickets, texts, strict=True) if not text]
    if not empty:
        return []
    share = len(empty) / len(tickets)
    return [
        Finding(
            "empty_text",
            "problem" if share > 0.2 else "look",
            None,
            f"{counted(len(empty), 'ticket')} ({share:.1%}) without text: neither subject nor body, or "
            "nothing but markup, quotes and signature.",
            "See that the export holds subject and description. Such tickets rest on form fields alone.",
            len(empty),
            different(empty),
        )
    ]


def find_repeated_texts(tickets: Sequence[PastTicket], texts: Sequence[str]) -> list[Finding]:
    """Find texts that come again and again."""
    groups = _groups(texts)
    often = [rows for rows in groups if len(rows) >= OFTEN]
    if not often:
        return []
    count = sum(map(len, often))
    largest = max(often, key=len)
    return [
        Finding(
            "repeated_text",
            "look" if count > 0.05 * len(tickets) else "note",
            None,
            f"{counted(len(often), 'text')} found {OFTEN} times or more, word for word: {count:,} tickets "
            f"({count / len(tickets):.1%}); the commonest {len(largest):,} times.",
            "Machines and templates are easy to predict and flatter every figure. If a rule can file them, "
            "leave them out of the history with a mapping's [filter].",
            count,
            _by_group(tickets, sorted(often, key=len, reverse=True)),
        )
    ]


def find_near_duplicates(tickets: Sequence[PastTicket], texts: Sequence[str]) -> list[Finding]:
    """Find texts that come again and again with other numbers or a few other words."""
    folded = [text.casefold() for text in texts]
    often = [rows for rows in similar_groups(texts) if len(rows) >= OFTEN]
    often = [rows for rows in often if len({folded[row] for row in rows}) > 1]
    if not often:
        return []
    count = sum(map(len, often))
    return [
        Finding(
            "templated_text",
            "look" if count > 0.05 * len(tickets) else "note",
            None,
            f"{counted(len(often), 'template')} found: texts that are alike but for numbers or a few words, "
            f"{OFTEN} times or more: {count:,} tickets ({count / len(tickets):.1%}); the commonest "
            f"{len(often[0]):,} times.",
            "Machines and templates are easy to predict and flatter every figure. If a rule can file them, "
            "leave them out of the history with a mapping's [filter].",
            count,
            _by_group(tickets, often),
        )
    ]


def find_conflicts(field: str, tickets: Sequence[PastTicket], texts: Sequence[str]) -> list[Finding]:
    """Find tickets whose label differs from that of most tickets of the very same text."""
    labelled = [row for row, past in enumerate(tickets) if past.labels.get(field)]
    minority: list[tuple[int, int]] = []
    most: dict[int, str] = {}
    for places in _groups([texts[row] for row in labelled]):
        rows = [labelled[place] for place in places]
        commonest = Counter(tickets[row].labels[field] for row in rows).most_common(1)[0][0]
        minority += [(len(rows), row) for row in rows if tickets[row].labels[field] != commonest]
        most |= dict.fromkeys(rows, commonest)
    if not minority:
        return []
    share = len(minority) / len(labelled)
    ordered = [row for _, row in sorted(minority, key=lambda one: (-one[0], one[1]))]
    return [
        Finding(
            "conflicting_labels",
            "look" if share > CONFLICT else "note",
            field,
            f"{counted(len(minority), 'ticket')} ({share:.1%}) with another label than most tickets of the "
            "same text: no model can get both right.",
            "Agree on one label; then merge the labels, or correct the tickets in the file of --findings and "
            "train with --corrections.",
            len(minority),
            tuple(tickets[row].ticket.ticket_id for row in ordered),
            tuple(most[row] for row in ordered),
        )
    ]


def _by_group(tickets: Sequence[PastTicket], groups: Sequence[Sequence[int]]) -> tuple[str, ...]:
    """Return all ids of the groups, the first of each group before the others."""
    firsts = [tickets[rows[0]].ticket.ticket_id for rows in groups]
    return different([*firsts, *(tickets[row].ticket.ticket_id for rows in groups for row in rows)])


def _groups(texts: Sequence[str]) -> list[list[int]]:
    """Return the places of texts that occur more than once, capitals aside; empty texts left out."""
    groups: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        if text:
            groups.setdefault(text.casefold(), []).append(place)
    return [places for places in groups.values() if len(places) > 1]
