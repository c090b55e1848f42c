"""The whole check in the order in which it is read: the history, each field, all that was found.

Trains nothing that is kept. Every value is a JSON type, for the terminal, the file and the page alike.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from tokenizers import Tokenizer

from features.cleaning import clean_text
from training.check.alike_labels import find_alike_labels
from training.check.columns import column_values, filled_shares, find_late_columns, find_spaces
from training.check.estimate import Sample
from training.check.field_facts import field_facts
from training.check.finding import PEOPLE, Finding, counted, examples
from training.check.gaps import find_gaps
from training.check.label_life import Labelled, find_silent_labels, find_thin_labels
from training.check.priority_matrix import find_matrix_breaks
from training.check.taxonomy_changes import find_breaks, taxonomy_changes
from training.check.texts import find_conflicts, find_empty_texts, find_repeated_texts
from training.history.read import HistoryRead
from training.splits import has_order
from triage.errors import ConfigurationError, TrainingError
from triage.ticket import FIELDS, PastTicket

__all__ = ["check_history"]

SPARSE = 0.8
"""Share of tickets with a label below which the rest is worth a question."""

FEWEST_SINCE = 500
"""Labelled tickets since a grave change of the taxonomy from which the estimate looks at these alone."""

ORDER = ("problem", "look", "note")

Progress = Callable[[str, float], None]


def check_history(
    read: HistoryRead,
    tokenizer: Tokenizer,
    *,
    targets: Sequence[str] = (),
    progress: Progress = lambda stage, share: None,
) -> dict[str, Any]:
    """Look a history over.

    Parameters
    ----------
    read : HistoryRead
        The history as :func:`training.history.read_history` gives it.
    tokenizer : tokenizers.Tokenizer
        The sentence encoder's.
    targets : sequence of str, optional
        Fields to look at; by default all that have a label.
    progress : callable, optional
        Told each stage and the share done.

    Returns
    -------
    dict
        ``tickets, first, last, ordered, reading, filled`` (share of values present, by column), ``fields``
        (by field ``labelled``, ``since`` and those of :func:`training.check.field_facts.field_facts`) and
        ``findings``, heaviest first.

    Raises
    ------
    ConfigurationError
        If a target is no field.
    TrainingError
        If no ticket has a label of any field asked for.
    """
    tickets = read.tickets
    for name in targets:
        if name not in FIELDS:
            raise ConfigurationError(f"Got target {name!r}; expected one of {', '.join(FIELDS)}.")
    wanted = [name for name in targets or FIELDS if any(past.labels.get(name) for past in tickets)]
    if not wanted:
        raise TrainingError(
            f"Got {len(tickets):,} tickets without a label of {', '.join(targets or FIELDS)}; expected final "
            "values in at least one of these columns. A mapping file names columns that are called otherwise."
        )
    ordered = has_order(tickets)
    history = sorted(tickets, key=_filing_time) if ordered else list(tickets)
    progress("reading texts", 0.0)
    texts = [clean_text(past.ticket) for past in history]
    columns = column_values(history)
    findings = [
        *find_spaces(read.summary),
        *find_empty_texts(history, texts),
        *find_repeated_texts(history, texts),
        *find_late_columns(history, columns),
        *find_gaps(history if ordered else ()),
        *find_matrix_breaks(history, wanted),
    ]
    progress("sampling", 0.2)
    sample = Sample.of(history, texts, columns, tokenizer, range(len(history)))
    fields = {}
    for place, name in enumerate(wanted):
        progress(f"looking at {name}", 0.3 + 0.7 * place / len(wanted))
        rows = [row for row, past in enumerate(history) if past.labels.get(name)]
        labelled = [
            Labelled(one.ticket.ticket_id, one.labels[name], one.ticket.created_at)
            for one in (history[row] for row in rows)
        ]
        changes = taxonomy_changes(labelled) if ordered and name not in PEOPLE else []
        findings += _label_findings(name, labelled, history, texts, ordered) + find_breaks(name, changes)
        since = max((change.ended for change in changes if change.is_grave), default=None)
        later = [row for row in rows if since and _filed_since(history[row], since)]
        if len(later) < FEWEST_SINCE:
            since, own = None, sample
        else:
            own = Sample.of(history, texts, columns, tokenizer, later)
        fields[name], leaks = field_facts(name, [one.label for one in labelled], own, ordered)
        fields[name] |= {
            "labelled": round(len(rows) / len(history), 6),
            "since": since.isoformat() if since else None,
        }
        findings += leaks
    times = [past.ticket.created_at for past in history if past.ticket.created_at is not None]
    return {
        "tickets": len(history),
        "first": min(times).isoformat() if times else None,
        "last": max(times).isoformat() if times else None,
        "ordered": ordered,
        "reading": read.summary.as_dict(),
        "filled": filled_shares(history, columns),
        "fields": fields,
        "findings": [
            asdict(one) | {"rows": list(one.rows)}
            for one in sorted(findings, key=lambda one: (ORDER.index(one.weight), -one.tickets))
        ],
    }


def _filing_time(past: PastTicket) -> tuple[bool, float, str]:
    at = past.ticket.created_at
    return at is None, at.timestamp() if at else 0.0, past.ticket.ticket_id


def _filed_since(past: PastTicket, since: datetime) -> bool:
    at = past.ticket.created_at
    return at is not None and at >= since


def _label_findings(
    name: str,
    labelled: Sequence[Labelled],
    history: Sequence[PastTicket],
    texts: Sequence[str],
    ordered: bool,
) -> list[Finding]:
    rows: dict[str, list[str]] = {}
    for one in labelled:
        rows.setdefault(one.label, []).append(one.ticket_id)
    findings = [*find_alike_labels(name, rows), *find_thin_labels(name, labelled)]
    if ordered:
        findings += [*find_silent_labels(name, labelled)]
    missing = [past.ticket.ticket_id for past in history if not past.labels.get(name)]
    if len(labelled) < SPARSE * len(history):
        findings.append(
            Finding(
                "missing_labels",
                "look",
                name,
                f"{counted(len(missing), 'ticket')} ({len(missing) / len(history):.0%}) without {name}: "
                "nothing to learn about it.",
                f"See that the export holds the final {name}; if some never get one, nothing is wrong.",
                len(missing),
                examples(missing),
            )
        )
    return findings + find_conflicts(name, history, texts)
