"""The whole check in the order in which it is read: the history, each field, all that was found.

Trains nothing that is kept. Every value is a JSON type, for the terminal, the file and the page alike.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from features.cleaning import clean_text
from training.check.alike_labels import find_alike_labels
from training.check.columns import column_values, filled_shares, find_late_columns, find_leaks, find_spaces
from training.check.estimate import SampleViews, estimate_field, judging_folds, sample_rows
from training.check.finding import Finding, counted, examples
from training.check.gaps import find_gaps
from training.check.label_life import (
    THIN,
    Labelled,
    find_breaks,
    find_silent_labels,
    find_thin_labels,
)
from training.check.texts import find_conflicts, find_empty_texts, find_repeated_texts
from training.history.read import HistoryRead
from training.retired import retired_labels
from training.splits import has_order
from triage.errors import ConfigurationError, TrainingError
from triage.ticket import FIELDS, PastTicket

__all__ = ["check_history"]

SPARSE = 0.8
"""Share of tickets with a label below which the rest is worth a question."""

FEWEST = 50
"""Labelled tickets below which nothing is estimated."""

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
        (by field ``labelled, labels, thin, majority, estimate``: as
        :class:`training.check.estimate.Estimate`, or None) and ``findings``, heaviest first.

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
    ]
    progress("sampling", 0.2)
    rows = sample_rows(len(history))
    sample = [history[row] for row in rows]
    views = SampleViews.of(sample, [texts[row] for row in rows], tokenizer)
    sampled = {name: [values[row] for row in rows] for name, values in columns.items()}
    fields = {}
    for place, name in enumerate(wanted):
        progress(f"looking at {name}", 0.3 + 0.7 * place / len(wanted))
        findings += _label_findings(name, history, texts, ordered)
        fields[name], leaks = _predictability(name, history, sample, views, sampled, ordered)
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


def _label_findings(
    name: str, history: Sequence[PastTicket], texts: Sequence[str], ordered: bool
) -> list[Finding]:
    labelled = [
        Labelled(past.ticket.ticket_id, past.labels[name], past.ticket.created_at)
        for past in history
        if past.labels.get(name)
    ]
    rows: dict[str, list[str]] = {}
    for one in labelled:
        rows.setdefault(one.label, []).append(one.ticket_id)
    findings = [*find_alike_labels(name, rows), *find_thin_labels(name, labelled)]
    if ordered:
        findings += [*find_silent_labels(name, labelled), *find_breaks(name, labelled)]
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


def _predictability(
    name: str,
    history: Sequence[PastTicket],
    sample: Sequence[PastTicket],
    views: SampleViews,
    columns: Mapping[str, Sequence[str | None]],
    ordered: bool,
) -> tuple[dict[str, Any], list[Finding]]:
    values = [past.labels[name] for past in history if past.labels.get(name)]
    names, counts = np.unique(np.asarray(values, dtype=str), return_counts=True)
    facts: dict[str, Any] = {
        "labelled": round(len(values) / len(history), 6),
        "labels": len(names),
        "thin": int((counts < THIN).sum()),
        "majority": round(float(counts.max() / len(values)), 6),
        "estimate": None,
    }
    # What is in use no more is not learnt, so it is not told apart here either.
    dead = retired_labels(values) if ordered else set()
    learnt = [label if (label := past.labels.get(name)) not in dead else None for past in sample]
    rows = np.array([row for row, label in enumerate(learnt) if label], dtype=int)
    classes = np.searchsorted(names, [sample[row].labels[name] for row in rows])
    if len(rows) < FEWEST or len(np.unique(classes)) < 2:
        return facts, []
    _, classes = np.unique(classes, return_inverse=True)
    parts = judging_folds(classes, ordered)
    estimate = estimate_field(classes, views, rows, parts)
    if estimate is None:
        return facts, []
    facts["estimate"] = {key: round(value, 6) for key, value in asdict(estimate).items()}
    mine = {key: [column[row] for row in rows] for key, column in columns.items()}
    labelled = [sample[row] for row in rows]
    findings = find_leaks(
        name, labelled, classes, mine, parts[-1], max(estimate.text_accuracy, estimate.majority)
    )
    if estimate.accuracy - estimate.error <= estimate.majority:
        findings.append(
            Finding(
                "hardly_learnable",
                "problem",
                name,
                f"Text and form fields hardly tell {name}: {estimate.accuracy:.1%} of later tickets, always "
                f"the commonest label {estimate.majority:.1%}.",
                "Expect suggestions at most. Look whether people agree on its values, and whether what they "
                "go by is in the export.",
            )
        )
    return facts, findings
