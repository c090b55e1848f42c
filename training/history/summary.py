"""What reading a table came to: counts, and notes for people. Holds no ticket text."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from triage.counted import counted

__all__ = ["RowSummary"]

MANY = "\x00many"
MAX_VALUES_NAMED = 5
MAX_ROWS_NAMED = 1_000
MAX_REFUSED_NAMED = 5


@dataclass(slots=True)
class RowSummary:
    """Counts of one reading of one table.

    Parameters
    ----------
    kind : str
        ``history``, ``articles``, ``links``, ``agents`` or ``volumes``.
    format : str
        ``csv``, ``jsonl`` or ``parquet``.
    zone : str
        Zone of times that carry none.
    encoding, delimiter : str or None
        As found out or given; None where the format has none.
    mapping : str or None
        Name of the built-in mapping that was used.
    columns, unread : tuple of str
        Our columns that were read; the file's columns that were not.
    date_formats : dict of str to str
        By column, the order that its dates in numbers were read in.
    read, accepted, rejected, filtered, replaced : int
        Rows read; usable; refused; left out by the mapping's filter or as spam; and those of the usable ones
        that a later row of the same identity replaces.
    reasons : Counter of str
        Refused rows by reason.
    first_refused : list of (int, str)
        Line and reason of the first five.
    counts : Counter of str
        Smaller events, see :attr:`notes`.
    stripped_rows : list of str
        Identities of the first 1,000 rows with spaces around a label.
    spam_rows : list of str
        Identities of the first 1,000 rows that were left out as spam.
    loose_rows : list of (int, str)
        Line and what lacks of the first 1,000 links that name what is not in the store.
    is_textless : bool
        Whether no text was read and the mapping says that this is meant.
    """

    kind: str
    format: str = ""
    zone: str = "UTC"
    encoding: str | None = None
    delimiter: str | None = None
    mapping: str | None = None
    columns: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    date_formats: dict[str, str] = field(default_factory=dict)
    read: int = 0
    accepted: int = 0
    rejected: int = 0
    filtered: int = 0
    replaced: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    first_refused: list[tuple[int, str]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    unknown_priorities: Counter[str] = field(default_factory=Counter)
    only_label: dict[str, str] = field(default_factory=dict)
    export_caps: tuple[int, ...] = ()
    stripped_rows: list[str] = field(default_factory=list)
    spam_rows: list[str] = field(default_factory=list)
    loose_rows: list[tuple[int, str]] = field(default_factory=list)
    is_textless: bool = False

    def refuse(self, line: int, reason: str) -> None:
        """Count a refused row."""
        self.rejected += 1
        self.reasons[reason] += 1
        if len(self.first_refused) < MAX_REFUSED_NAMED:
            self.first_refused.append((line, reason))

    def see_label(self, name: str, value: str) -> None:
        """Remember whether a field has one value only."""
        seen = self.only_label.setdefault(name, value)
        if seen != value and seen != MANY:
            self.only_label[name] = MANY

    def see_stripped(self, identity: str) -> None:
        """Remember the first rows with spaces around a label."""
        if len(self.stripped_rows) < MAX_ROWS_NAMED:
            self.stripped_rows.append(identity)

    def see_spam(self, identity: str) -> None:
        """Count a row that is left out as spam, and remember the first of them."""
        self.counts["spam"] += 1
        if len(self.spam_rows) < MAX_ROWS_NAMED:
            self.spam_rows.append(identity)

    def see_loose(self, line: int, lacks: str) -> None:
        """Remember the first links whose ticket or article is not in the store."""
        if len(self.loose_rows) < MAX_ROWS_NAMED:
            self.loose_rows.append((line, lacks))

    @property
    def spam_notes(self) -> list[str]:
        """What is told of rows that were left out as spam; empty where there were none."""
        return self._counted_notes("spam")

    def _counted_notes(self, *keys: str) -> list[str]:
        return [
            (one if self.counts[key] == 1 else more).format(self.counts[key], self.zone)
            for key, one, more in _NOTES
            if self.counts[key] and (key in keys or not keys)
        ]

    @property
    def notes(self) -> list[str]:
        """What a person should know about this reading, in sentences."""
        notes = self._counted_notes()
        if self.mapping:
            notes.insert(0, f"read as an export of {self.mapping} (built-in mapping)")
        for key, count in sorted(self.counts.items()):
            if key.startswith("unreadable "):
                notes.append(f"{counted(count, 'value')} of {key[11:]} could not be read: taken as missing")
        if self.loose_rows:
            first = "; ".join(
                f"line {line:,}: {lacks}" for line, lacks in self.loose_rows[:MAX_REFUSED_NAMED]
            )
            notes.append(f"the first of these links: {first}")
        for column, order in self.date_formats.items():
            notes.append(f"dates in {column} are {order}")
        if self.unknown_priorities:
            named = ", ".join(
                f"{value[:40]!r} ({count})"
                for value, count in self.unknown_priorities.most_common(MAX_VALUES_NAMED)
            )
            notes.append(
                f"priority has values outside low, normal, high, urgent, kept as they are: {named}; "
                "a mapping's [values.priority] brings them onto the scale"
            )
        for name, value in self.only_label.items():
            if value != MANY:
                notes.append(f"{name} has one single value, {value[:40]!r}: nothing to learn there")
        if self.read in self.export_caps:
            notes.append(f"exactly {self.read:,} rows: the export may have been cut at its limit")
        if self.unread:
            notes.append(f"columns not read: {', '.join(self.unread)}")
        return notes

    def as_dict(self) -> dict[str, Any]:
        """Return everything as JSON types, notes included."""
        return {
            "kind": self.kind,
            "format": self.format,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "mapping": self.mapping,
            "zone": self.zone,
            "columns": list(self.columns),
            "read": self.read,
            "accepted": self.accepted,
            "rejected": self.rejected,
            "filtered": self.filtered,
            "replaced": self.replaced,
            "spam": self.counts["spam"],
            "reasons": dict(sorted(self.reasons.items())),
            "first_refused": [{"line": line, "reason": reason} for line, reason in self.first_refused],
            "loose_links": [{"line": line, "reason": lacks} for line, lacks in self.loose_rows],
            "notes": self.notes,
        }


_NOTES: tuple[tuple[str, str, str], ...] = (
    ("naive", "1 time without a zone taken as {1}", "{0:,} times without a zone taken as {1}"),
    (
        "repaired",
        "1 line held bytes outside the encoding: replaced",
        "{0:,} lines held bytes outside the encoding: replaced",
    ),
    (
        "cleaned",
        "1 value held NUL or lone surrogates: removed or replaced",
        "{0:,} values held NUL or lone surrogates: removed or replaced",
    ),
    ("cut", "1 value was too long: cut", "{0:,} values were too long: cut"),
    ("stripped", "1 label had spaces around it: stripped", "{0:,} labels had spaces around them: stripped"),
    ("empty_text", "1 ticket has neither subject nor body", "{0:,} tickets have neither subject nor body"),
    (
        "erased",
        "1 row is of a ticket that was erased: left out",
        "{0:,} rows are of tickets that were erased: left out",
    ),
    (
        "future",
        "1 ticket is filed after today: kept, but not learnt from until created_at is corrected",
        "{0:,} tickets are filed after today: kept, but not learnt from until created_at is corrected",
    ),
    (
        "answered_before_filed",
        "1 ticket has a later time that lies before its filing",
        "{0:,} tickets have a later time that lies before their filing",
    ),
    (
        "updated_ahead",
        "1 article was updated more than a day ahead: its updated_at is wrong",
        "{0:,} articles were updated more than a day ahead: their updated_at is wrong",
    ),
    (
        "spam",
        "1 row is marked as spam (is_spam): left out",
        "{0:,} rows are marked as spam (is_spam): left out",
    ),
    (
        "loose_ticket",
        "1 link is of a ticket that is not in the store: kept, and it counts once the ticket is imported",
        "{0:,} links are of tickets that are not in the store: kept, and they count once these are imported",
    ),
    (
        "loose_article",
        "1 link is to an article that is not in the store: kept, and it counts once the article is imported",
        "{0:,} links are to articles that are not in the store: kept, and they count once these are imported",
    ),
)
"""By what is counted: the sentence for one, and for more."""
