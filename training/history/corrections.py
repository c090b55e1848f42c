"""Labels corrected by people after a check: read from the file of ``triage check --findings`` and put in.

Changes the labels in memory only; the history's own file stays as the helpdesk wrote it.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from training.history.spreadsheet import unguarded
from triage.errors import InputError
from triage.ticket import FIELDS, PastTicket

__all__ = ["LEAVE_OUT", "Corrections", "correct_labels", "read_corrections"]

LEAVE_OUT = "-"
"""In the column ``correct``: the ticket's label of this field is not to be learnt from."""

Corrections = dict[tuple[str, str], str]
"""By ticket id and field: the right label, or a minus sign."""


def read_corrections(path: Path) -> Corrections:
    """Read the lines whose column ``correct`` is filled.

    Parameters
    ----------
    path : Path
        CSV with the columns ``ticket_id``, ``field`` and ``correct``; others are not read.

    Raises
    ------
    InputError
        If the file cannot be read, a column is missing, a field is unknown, or one label is corrected twice
        in different ways.
    """
    found: Corrections = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            missing = {"ticket_id", "field", "correct"} - set(rows.fieldnames or ())
            if missing:
                raise InputError(
                    f"Got {path.name} without the column {', '.join(sorted(missing))}; expected the file of "
                    "`triage check --findings` with its column 'correct' filled."
                )
            for row in rows:
                right = unguarded(row["correct"] or "").strip()
                if not right:
                    continue
                ticket_id, field = unguarded(row["ticket_id"]).strip(), row["field"].strip()
                if field not in FIELDS:
                    raise InputError(
                        f"Got field {field!r} in line {rows.line_num} of {path.name}; expected one of "
                        f"{', '.join(FIELDS)}. Leave 'correct' empty where a finding is about no field."
                    )
                if found.setdefault((ticket_id, field), right) != right:
                    raise InputError(
                        f"Got {found[ticket_id, field]!r} and {right!r} as {field} of ticket {ticket_id} in "
                        f"{path.name}; expected one of them. Empty 'correct' in one of the lines."
                    )
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"Cannot read {path} ({type(error).__name__}); expected a CSV file in UTF-8. "
            "Save it as 'CSV UTF-8'."
        ) from error
    return found


def correct_labels(tickets: Sequence[PastTicket], corrections: Corrections) -> list[PastTicket]:
    """Return the tickets with corrected labels; a label that is left out is as if it had never been given.

    Parameters
    ----------
    tickets : sequence of PastTicket
        Of a history.
    corrections : dict
        See :func:`read_corrections`.

    Raises
    ------
    InputError
        If a corrected ticket is not in the history: then it is another history's file.
    """
    missing = {ticket_id for ticket_id, _ in corrections} - {past.ticket.ticket_id for past in tickets}
    if missing:
        raise InputError(
            f"Got corrections of {len(missing):,} tickets that the history lacks, such as {min(missing)}; "
            "expected the file of a check of this history. Look whether a spreadsheet changed the ids."
        )
    by_ticket: dict[str, dict[str, str]] = {}
    for (ticket_id, field), right in corrections.items():
        by_ticket.setdefault(ticket_id, {})[field] = right
    return [
        replace(past, labels=_corrected(past.labels, by_ticket[past.ticket.ticket_id]))
        if past.ticket.ticket_id in by_ticket
        else past
        for past in tickets
    ]


def _corrected(labels: Mapping[str, str], right: Mapping[str, str]) -> dict[str, str]:
    return {field: label for field, label in {**labels, **right}.items() if right.get(field) != LEAVE_OUT}
