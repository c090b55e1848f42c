"""How labels come and go: thin ones, ones that fell silent, and months in which the taxonomy changed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from training.check.finding import PEOPLE, Finding, Weight, counted, examples
from training.retired import retired_labels

__all__ = ["Labelled", "find_breaks", "find_silent_labels", "find_thin_labels"]

THIN = 20
"""Tickets below which a label is learnt from a handful (the ladder's first rung)."""

QUARTER = timedelta(days=91)

BREAK = 0.1
"""Share of tickets under labels that begin or end in a month from which it counts as a break."""

GRAVE = 0.25

WINDOW = 3
"""Months before and after that a break is seen by."""

FEWEST = 30

NAMED = 8


@dataclass(frozen=True, slots=True)
class Labelled:
    """One ticket that has a label of the field looked at."""

    ticket_id: str
    label: str
    filed: datetime | None


def find_thin_labels(field: str, rows: Sequence[Labelled]) -> list[Finding]:
    """Find labels with few tickets, in one finding."""
    counts = Counter(row.label for row in rows)
    thin = {label for label, count in counts.items() if count < THIN}
    if not thin:
        return []
    concerned = [row for row in rows if row.label in thin]
    single = sum(counts[label] == 1 for label in thin)
    once = f" {counted(single, 'label')} of one ticket: not learnt at all." if single else ""
    return [
        Finding(
            "thin_labels",
            "look" if len(concerned) > 0.05 * len(rows) else "note",
            field,
            f"{len(thin):,} of {len(counts):,} labels have fewer than {THIN} tickets: {_named(thin, counts)}."
            f" They are {len(concerned) / len(rows):.1%} of tickets.{once}",
            "Nothing: who has few tickets yet is suggested at best."
            if field in PEOPLE
            else "Merge labels that belong together, or accept that these are suggested at best.",
            len(concerned),
            examples(row.ticket_id for row in concerned),
        )
    ]


def find_silent_labels(field: str, rows: Sequence[Labelled]) -> list[Finding]:
    """Find labels without a ticket in the last quarter, told apart by whether that can be chance.

    Parameters
    ----------
    field : str
        Its name.
    rows : sequence of Labelled
        In time order; those without a time are left out.
    """
    timed = [row for row in rows if row.filed is not None]
    if not timed:
        return []
    filed = [row.filed for row in timed if row.filed is not None]
    if filed[-1] - filed[0] < 2 * QUARTER:
        return []
    since = filed[-1] - QUARTER
    last_row = {row.label: row for row in timed}
    silent = {label for label, row in last_row.items() if row.filed is not None and row.filed < since}
    retired = retired_labels([row.label for row in timed]) & silent
    counts = Counter(row.label for row in timed)

    def finding(code: str, weight: Weight, labels: set[str], why: str, remedy: str) -> list[Finding]:
        if not labels:
            return []
        named = _named(labels, counts)
        text = f"{counted(len(labels), 'label')} had no ticket in the last quarter, {why}: {named}."
        rows = examples(last_row[label].ticket_id for label in _commonest(labels, counts))
        return [Finding(code, weight, field, text, remedy, sum(counts[label] for label in labels), rows)]

    return [
        *finding(
            "dead_labels",
            "look",
            retired,
            "too long for chance: in use no more, and not learnt",
            "Nothing, if these people have left; training with --agents learns those who are there."
            if field in PEOPLE
            else "If they were renamed or merged, say into what, so that their tickets still teach: "
            f'merged.{field}."old" = "new" in triage.toml.',
        ),
        *finding(
            "quiet_labels",
            "note",
            silent - retired,
            "but too rare for that to mean anything",
            "Nothing, unless you know that they were given up.",
        ),
    ]


def find_breaks(field: str, rows: Sequence[Labelled]) -> list[Finding]:
    """Find months in which labels that carry much of the load began or ended, neighbouring months together.

    Parameters
    ----------
    field : str
        Its name.
    rows : sequence of Labelled
        In time order; those without a time are left out.

    Returns
    -------
    list of Finding
        Empty for a field whose labels are people: their coming and going is no change of the taxonomy.
    """
    if field in PEOPLE:
        return []
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
    changes: list[_Change] = []
    for month in range(min(months, default=0) + 1, max(months, default=0) + 1):
        before = [row for one in range(month - WINDOW, month) for row in months.get(one, ())]
        after = [row for one in range(month, month + WINDOW) for row in months.get(one, ())]
        if min(len(before), len(after)) < FEWEST:
            continue
        # A label counts in the month in which it begins, and in the one after its last.
        came = tuple(row for row in after if row.label in begun and first[row.label] == month)
        went = tuple(row for row in before if row.label in ended and last[row.label] == month - 1)
        share = max(len(came) / len(after), len(went) / len(before))
        if share >= BREAK and changes and changes[-1].until == month - 1:
            changes[-1] = changes[-1].with_next(_Change(month, month, share, came, went))
        elif share >= BREAK:
            changes.append(_Change(month, month, share, came, went))
    return [_break(field, change) for change in changes]


@dataclass(frozen=True, slots=True)
class _Change:
    """Months (counted from year 0) in which labels came and went, with the tickets around that have them."""

    since: int
    until: int
    share: float
    came: tuple[Labelled, ...]
    went: tuple[Labelled, ...]

    def with_next(self, change: "_Change") -> "_Change":
        """Return both as one."""
        share = max(self.share, change.share)
        return _Change(self.since, change.until, share, self.came + change.came, self.went + change.went)


def _break(field: str, change: _Change) -> Finding:
    came, went = (Counter(row.label for row in rows) for rows in (change.came, change.went))
    parts = [f"{what} {_named(counts, counts)}" for what, counts in (("new", came), ("gone", went)) if counts]
    since, until = (f"{month // 12}-{month % 12 + 1:02}" for month in (change.since, change.until))
    when = f"in {since}" if since == until else f"from {since} to {until}"
    return Finding(
        "taxonomy_break",
        "problem" if change.share > GRAVE else "look",
        field,
        f"The labels changed {when}: {'; '.join(parts)}. Up to {change.share:.0%} of the tickets of "
        f"{WINDOW} months carry these.",
        f"Map the old labels onto the new ones (merged.{field} in triage.toml), or train on the history from "
        "then on.",
        len(change.came) + len(change.went),
        examples(row.ticket_id for row in (*change.came, *change.went)),
    )


def _commonest(labels: "set[str] | Mapping[str, int]", counts: Mapping[str, int]) -> list[str]:
    return sorted(labels, key=lambda label: (-counts[label], label))


def _named(labels: "set[str] | Mapping[str, int]", counts: Mapping[str, int]) -> str:
    order = _commonest(labels, counts)
    more = f" and {len(order) - NAMED:,} more" if len(order) > NAMED else ""
    return ", ".join(f"{label!r} ({counts[label]:,})" for label in order[:NAMED]) + more
