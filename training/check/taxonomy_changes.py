"""Months in which the taxonomy changed: labels that carry much of the load began or ended together."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from training.check.finding import Finding, different
from training.check.label_life import Labelled, named
from training.retired import retired_labels

__all__ = ["TaxonomyChange", "find_breaks", "taxonomy_changes"]

BREAK = 0.1
"""Share of tickets under labels that begin or end in a month from which it counts as a change."""

GRAVE = 0.25
"""Share from which what was learnt before says little about what comes after."""

WINDOW = 3
"""Months before and after by which a change is seen."""

FEWEST = 30


@dataclass(frozen=True, slots=True)
class TaxonomyChange:
    """Neighbouring months in which labels came and went.

    Parameters
    ----------
    first, last : int
        The months, counted from year 0.
    share : float
        Largest share of the tickets of three months that the labels carry.
    came, went : tuple of Labelled
        Tickets around these months that have the labels.
    """

    first: int
    last: int
    share: float
    came: tuple[Labelled, ...]
    went: tuple[Labelled, ...]

    @property
    def is_grave(self) -> bool:
        """Whether the tickets before say little about those after."""
        return self.share > GRAVE

    @property
    def ended(self) -> datetime:
        """The first moment of the month after."""
        return datetime((self.last + 1) // 12, (self.last + 1) % 12 + 1, 1, tzinfo=UTC)


def taxonomy_changes(rows: Sequence[Labelled]) -> list[TaxonomyChange]:
    """Find the changes of one field's labels.

    Parameters
    ----------
    rows : sequence of Labelled
        In time order; those without a time are left out.
    """
    timed = [(12 * row.filed.year + row.filed.month - 1, row) for row in rows if row.filed is not None]
    months: dict[int, list[Labelled]] = {}
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    for month, row in timed:
        months.setdefault(month, []).append(row)
        first.setdefault(row.label, month)
        last[row.label] = month
    labels = [row.label for _, row in timed]
    # Absent before or after for longer than chance explains, not just rare.
    begun, ended = retired_labels(labels[::-1]), retired_labels(labels)
    changes: list[TaxonomyChange] = []
    for month in range(min(months, default=0) + 1, max(months, default=0) + 1):
        before = [row for one in range(month - WINDOW, month) for row in months.get(one, ())]
        after = [row for one in range(month, month + WINDOW) for row in months.get(one, ())]
        if min(len(before), len(after)) < FEWEST:
            continue
        # A label counts in the month in which it begins, and in the one after its last.
        came = tuple(row for row in after if row.label in begun and first[row.label] == month)
        went = tuple(row for row in before if row.label in ended and last[row.label] == month - 1)
        share = max(len(came) / len(after), len(went) / len(before))
        if share < BREAK:
            continue
        change = TaxonomyChange(month, month, share, came, went)
        if changes and changes[-1].last == month - 1:
            changes[-1] = _joined(changes[-1], change)
        else:
            changes.append(change)
    return changes


def find_breaks(field: str, changes: Sequence[TaxonomyChange]) -> list[Finding]:
    """Return the changes of a field as findings."""
    return [
        Finding(
            "taxonomy_break",
            "problem" if change.is_grave else "look",
            field,
            f"The labels changed {_when(change)}: {_what(change)}. Up to {change.share:.0%} of the tickets "
            f"of {WINDOW} months carry these.",
            f"Map the old labels onto the new ones (merged.{field} in triage.toml), since what is gone is "
            "not learnt otherwise, or train on the history from then on.",
            len(change.came) + len(change.went),
            different(row.ticket_id for row in (*change.came, *change.went)),
        )
        for change in changes
    ]


def _joined(one: TaxonomyChange, other: TaxonomyChange) -> TaxonomyChange:
    share = max(one.share, other.share)
    return TaxonomyChange(one.first, other.last, share, one.came + other.came, one.went + other.went)


def _when(change: TaxonomyChange) -> str:
    first, last = (f"{month // 12}-{month % 12 + 1:02}" for month in (change.first, change.last))
    return f"in {first}" if first == last else f"from {first} to {last}"


def _what(change: TaxonomyChange) -> str:
    counts = [
        ("new", Counter(row.label for row in change.came)),
        ("gone", Counter(row.label for row in change.went)),
    ]
    return "; ".join(f"{what} {named(labels, labels)}" for what, labels in counts if labels)
