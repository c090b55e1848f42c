"""The file of ``--findings``: every row of every finding, one a line, for spreadsheets and corrections."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from training.history.spreadsheet import guarded
from triage.ticket import PastTicket

__all__ = ["COLUMNS", "write_findings"]

COLUMNS = ("finding", "weight", "field", "ticket_id", "given", "likely", "correct", "remedy")


def write_findings(path: Path, document: Mapping[str, Any], tickets: Sequence[PastTicket]) -> int:
    """Write one line for each ticket of each finding; ``correct`` is left for a person to fill.

    What a spreadsheet would run as a formula is written as text (:mod:`training.history.spreadsheet`).

    Parameters
    ----------
    path : Path
        A CSV file.
    document : Mapping
        Of :func:`training.check.report.check_history`.
    tickets : sequence of PastTicket
        Of the history, for the labels that they have.

    Returns
    -------
    int
        Lines written.
    """
    labels = {past.ticket.ticket_id: past.labels for past in tickets}
    count = 0
    # The mark at the front lets a spreadsheet see that the file is UTF-8.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for one in document["findings"]:
            field = one["field"] or ""
            likely = one["likely"] or [""] * len(one["rows"])
            for ticket_id, expected in zip(one["rows"], likely, strict=True):
                given = labels.get(ticket_id, {}).get(field, "")
                cells = [one["code"], one["weight"], field, ticket_id, given, expected, "", one["remedy"]]
                rows.writerow(map(guarded, cells))
                count += 1
    return count
