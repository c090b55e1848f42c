"""Labels with few tickets, and labels that fell silent."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from training.check.finding import PEOPLE, Finding, Weight, counted, different
from training.retired import retired_labels

__all__ = [
    "THIN",
    "Labelled",
    "commonest",
    "find_no_labels",
    "find_silent_labels",
    "find_thin_labels",
    "named",
]

THIN = 20
"""Tickets below which a label is learnt from a handful (the ladder's first rung)."""

QUARTER = timedelta(days=91)

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
            f"{len(thin):,} of {len(counts):,} labels have fewer than {THIN} tickets: {named(thin, counts)}."
            f" They are {len(concerned) / len(rows):.1%} of tickets.{once}",
            "Nothing: who has few tickets yet is suggested at best."
            if field in PEOPLE
            else "Merge labels that belong together, or accept that these are suggested at best.",
            len(concerned),
            different(row.ticket_id for row in concerned),
        )
    ]


def find_no_labels(tickets: int) -> list[Finding]:
    """Say what can be done with a history in which no ticket has a label of any field.

    Parameters
    ----------
    tickets : int
        How many there are.
    """
    return [
        Finding(
            "no_labels",
            "problem",
            None,
            f"{counted(tickets, 'ticket')} without a label of any field: there is nothing to learn from.",
            "Export the final values (a mapping file names columns that are called otherwise). Without any, "
            "describe two labels or more of a field under [descriptions.category] in the file of train "
            "--config: then it goes by what these say, and suggests.",
            tickets,
        )
    ]


def find_silent_labels(field: str, rows: Sequence[Labelled], *, told: Collection[str] = ()) -> list[Finding]:
    """Find labels without a ticket in the last quarter, told apart by whether that can be chance.

    Parameters
    ----------
    field : str
        Its name.
    rows : sequence of Labelled
        In time order; those without a time are left out.
    told : collection of str, optional
        Labels of whose end another finding tells.
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
    silent -= set(told)
    retired = retired_labels([row.label for row in timed]) & silent
    counts = Counter(row.label for row in timed)

    def finding(code: str, weight: Weight, labels: set[str], why: str, remedy: str) -> list[Finding]:
        if not labels:
            return []
        text = f"{counted(len(labels), 'label')} without a ticket in the last quarter, {why}: "
        text += f"{named(labels, counts)}."
        rows = different(last_row[label].ticket_id for label in commonest(labels, counts))
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
            "which may be chance",
            "Nothing, unless you know that they were given up.",
        ),
    ]


def commonest(labels: Collection[str], counts: Mapping[str, int]) -> list[str]:
    """Return labels, those with most tickets first."""
    return sorted(labels, key=lambda label: (-counts[label], label))


def named(labels: Collection[str], counts: Mapping[str, int]) -> str:
    """Return the commonest labels with their counts, for a sentence."""
    order = commonest(labels, counts)
    more = f" and {len(order) - NAMED:,} more" if len(order) > NAMED else ""
    return ", ".join(f"{label!r} ({counts[label]:,})" for label in order[:NAMED]) + more
