"""The whole check in the order in which it is read: the history, each field, all that was found.

Trains nothing that is kept. Every value is a JSON type, for the terminal, the file and the page alike.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import datetime
from typing import Any

import joblib
from threadpoolctl import threadpool_limits
from tokenizers import Tokenizer

from features.cleaning import clean_text
from features.encoder import Encoder
from training.check.alike_labels import find_alike_labels
from training.check.columns import (
    column_values,
    filled_shares,
    find_late_columns,
    find_leaks,
    find_spaces,
    find_spam,
)
from training.check.field_facts import field_facts
from training.check.filed_later import find_filed_later
from training.check.finding import PEOPLE, Finding, counted, different
from training.check.gaps import find_gaps
from training.check.label_life import Labelled, find_no_labels, find_silent_labels, find_thin_labels
from training.check.priority_matrix import explained_by_matrix, find_matrix_breaks
from training.check.sample import READ_CHARS, Sample
from training.check.taxonomy_changes import TaxonomyChange, find_breaks, taxonomy_changes
from training.check.texts import find_conflicts, find_empty_texts, find_near_duplicates, find_repeated_texts
from training.future import filed_by_now
from training.history.read import HistoryRead
from training.splits import has_order
from triage.errors import ConfigurationError, TrainingError
from triage.ticket import FIELDS, PastTicket

__all__ = ["MOST_ROWS", "capped", "check_history"]

MOST_ROWS = 1_000
"""Ticket ids of one finding in JSON; ``tickets`` counts all, the file of ``--findings`` names them."""

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
    encoder: Encoder | None = None,
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
    encoder : Encoder, optional
        Reads a part of the sample for meaning; without it estimates rest on words and form fields.
    targets : sequence of str, optional
        Fields to look at; by default all that have a label.
    progress : callable, optional
        Told each stage and the share done.

    Returns
    -------
    dict
        ``tickets, first, last, ordered, reading, filled`` (share of values present, by column), ``fields``
        (by field ``labelled``, ``since`` and those of :func:`training.check.field_facts.field_facts`) and
        ``findings``, heaviest first, with the ids of all their tickets (see :func:`capped`).

    Raises
    ------
    ConfigurationError
        If a target is no field.
    TrainingError
        If targets are asked for and no ticket has a label of any. A history without any label is looked over
        all the same, and a finding says what can be done with it.
    """
    filed = filed_by_now(read.tickets)
    tickets = filed.tickets
    for name in targets:
        if name not in FIELDS:
            raise ConfigurationError(f"Got target {name!r}; expected one of {', '.join(FIELDS)}.")
    wanted = [name for name in targets or FIELDS if any(past.labels.get(name) for past in tickets)]
    if targets and not wanted:
        raise TrainingError(
            f"Got {len(tickets):,} tickets without a label of {', '.join(targets)}; expected final values in "
            "at least one of these columns. A mapping file names columns that are called otherwise; without "
            "--targets the rest is looked over."
        )
    ordered = has_order(tickets)
    history = sorted(tickets, key=_filing_time) if ordered else list(tickets)
    progress("reading texts", 0.0)
    texts = [clean_text(past.ticket) for past in history]
    columns = column_values(history)
    labelled = {name: _labelled(name, history) for name in wanted}
    changes = {
        name: taxonomy_changes(rows) if ordered and name not in PEOPLE else []
        for name, rows in labelled.items()
    }
    since = {name: _since(name, changes[name], history) for name in wanted}

    def look_over() -> list[Finding]:
        findings = [
            *find_spaces(read.summary),
            *find_spam(read.summary),
            *([] if read.summary.is_textless else find_empty_texts(history, texts)),
            *find_filed_later(filed),
            *([] if wanted else find_no_labels(len(history))),
            *find_repeated_texts(history, texts),
            *find_near_duplicates(history, texts),
            *find_late_columns(history, columns),
            *find_gaps(history if ordered else ()),
            *find_matrix_breaks(history, wanted),
        ]
        for name in wanted:
            findings += _label_findings(name, labelled[name], history, texts, ordered, changes[name])
            findings += find_breaks(name, changes[name])
        return findings

    def look(name: str) -> tuple[dict[str, Any], list[Finding]]:
        start = since[name]
        total = sum(start is None or _is_since(row.filed, start) for row in labelled[name])
        facts, found = field_facts(
            name,
            [row.label for row in labelled[name]],
            samples[start],
            ordered,
            total,
            explained=explained_by_matrix(history) if name == "priority" else (),
        )
        facts["labelled"] = round(len(labelled[name]) / len(history), 6)
        facts["since"] = start.isoformat() if start else None
        return facts, found

    fields = {}
    with threadpool_limits(limits=1, user_api="blas"), ThreadPoolExecutor(joblib.cpu_count()) as pool:
        # The encoder and the fits leave Python's lock to what is written in Python.
        looked_over = pool.submit(look_over)
        # Fields without a grave change share a sample, and all samples the time for reading.
        starts = list(dict.fromkeys(since.values()))
        samples = {}
        for place, start in enumerate(starts):
            progress("sampling and reading for meaning", 0.2 + 0.3 * place / len(starts))
            places = range(len(history)) if start is None else _places_since(history, start)
            samples[start] = Sample.of(
                history, texts, columns, tokenizer, places, encoder, READ_CHARS // len(starts)
            )
        progress("looking at fields", 0.5)
        found_by_field = pool.map(look, wanted)
        findings = looked_over.result()
        for place, (name, (facts, found)) in enumerate(zip(wanted, found_by_field, strict=True)):
            progress(f"looked at {name}", 0.5 + 0.5 * (place + 1) / len(wanted))
            fields[name] = facts
            findings += found
    leaks = {name: facts["leaks"] for name, facts in fields.items()}
    findings += find_leaks(leaks, history, columns, reads_text=not read.summary.is_textless)
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
            asdict(one) | {"rows": list(one.rows), "likely": list(one.likely)}
            for one in sorted(findings, key=lambda one: (ORDER.index(one.weight), -one.tickets))
        ],
    }


def capped(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a check with at most 1,000 ticket ids a finding, the telling ones, for JSON."""
    findings = [
        one | {"rows": one["rows"][:MOST_ROWS], "likely": one["likely"][:MOST_ROWS]}
        for one in document["findings"]
    ]
    return {**document, "findings": findings}


def _filing_time(past: PastTicket) -> tuple[bool, float, str]:
    at = past.ticket.created_at
    return at is None, at.timestamp() if at else 0.0, past.ticket.ticket_id


def _is_since(at: datetime | None, since: datetime) -> bool:
    return at is not None and at >= since


def _places_since(history: Sequence[PastTicket], since: datetime) -> list[int]:
    return [row for row, past in enumerate(history) if _is_since(past.ticket.created_at, since)]


def _since(name: str, changes: Sequence[TaxonomyChange], history: Sequence[PastTicket]) -> datetime | None:
    """Return the end of the last grave change of a field's labels, where enough tickets came since."""
    since = max((change.ended for change in changes if change.is_grave), default=None)
    if since is None:
        return None
    later = sum(bool(history[row].labels.get(name)) for row in _places_since(history, since))
    return since if later >= FEWEST_SINCE else None


def _labelled(name: str, history: Sequence[PastTicket]) -> list[Labelled]:
    return [
        Labelled(past.ticket.ticket_id, past.labels[name], past.ticket.created_at)
        for past in history
        if past.labels.get(name)
    ]


def _label_findings(
    name: str,
    labelled: Sequence[Labelled],
    history: Sequence[PastTicket],
    texts: Sequence[str],
    ordered: bool,
    changes: Sequence[TaxonomyChange],
) -> list[Finding]:
    rows: dict[str, list[str]] = {}
    for one in labelled:
        rows.setdefault(one.label, []).append(one.ticket_id)
    findings = [*find_alike_labels(name, rows), *find_thin_labels(name, labelled)]
    if ordered:
        gone = {row.label for change in changes for row in change.went}
        findings += find_silent_labels(name, labelled, told=gone)
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
                different(missing),
            )
        )
    return findings + find_conflicts(name, history, texts)
