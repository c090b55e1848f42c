"""What the columns are like: missing values, columns filled after triage, columns that leak the answer."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from training.check.finding import Finding, counted, different
from training.history import RowSummary
from training.splits import Fold
from triage.ticket import PastTicket

__all__ = [
    "column_values",
    "filled_shares",
    "find_late_columns",
    "find_leaks",
    "find_spaces",
    "value_accuracy",
]

# What helpdesks call fields that are filled while or after a ticket is worked on.
LATE = re.compile(
    r"\b(clos\w*|resol\w*|solv\w*|solution\w*|root cause|fix(ed|es)?|outcome|work ?log\w*|work notes?|"
    r"time spent|satisf\w*|csat|survey|rating|feedback|reopen\w*|reassign\w*|escalat\w*|made sla|breach\w*|"
    r"answer\w*|repl\w*|status|completed|updated|modified)\b"
)

LEAST = 0.8
"""A column that alone is right in four of five deserves a question ..."""

LEFT = 0.5
"""... if it leaves half the errors, at most, that texts leave."""


def column_values(tickets: Sequence[PastTicket]) -> dict[str, list[str | None]]:
    """Return, by column name of the history table, the values that become features, a ticket a place."""
    columns: dict[str, list[str | None]] = {
        name: [getattr(past.ticket, name) for past in tickets]
        for name in ("channel", "product", "language", "organization", "requester")
    }
    custom = sorted({name for past in tickets for name in past.ticket.custom})
    columns |= {f"field.{name}": [past.ticket.custom.get(name) for past in tickets] for name in custom}
    return {name: values for name, values in columns.items() if any(values)}


def filled_shares(
    tickets: Sequence[PastTicket], columns: Mapping[str, Sequence[str | None]]
) -> dict[str, float]:
    """Return, by column, the share of tickets that have a value: texts, times, features."""
    shares = {
        "created_at": sum(past.ticket.created_at is not None for past in tickets),
        "subject": sum(bool(past.ticket.subject.strip()) for past in tickets),
        "body": sum(bool(past.ticket.body.strip()) for past in tickets),
        "assigned_at": sum(past.assigned_at is not None for past in tickets),
        "first_response_at": sum(past.first_response_at is not None for past in tickets),
        "resolved_at": sum(past.resolved_at is not None for past in tickets),
    } | {name: sum(value is not None for value in values) for name, values in columns.items()}
    return {name: round(count / len(tickets), 6) for name, count in shares.items()}


def find_spaces(summary: RowSummary) -> list[Finding]:
    """Find labels that were read with spaces around them."""
    count = summary.counts["stripped"]
    if not count:
        return []
    return [
        Finding(
            "spaces_around_labels",
            "note",
            None,
            f"{counted(count, 'value')} with spaces around the label; they were taken off in reading.",
            "Nothing here; other programs will see two labels. Correct them in the helpdesk.",
            count,
            tuple(summary.stripped_rows),
        )
    ]


def find_late_columns(
    tickets: Sequence[PastTicket], columns: Mapping[str, Sequence[str | None]]
) -> list[Finding]:
    """Find custom fields whose names say that they are filled after triage."""
    found = []
    for name, values in columns.items():
        if not name.startswith("field."):
            continue
        words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.removeprefix("field."))
        if LATE.search(re.sub(r"[\W_]+", " ", words).casefold()):
            rows = [past.ticket.ticket_id for past, value in zip(tickets, values, strict=True) if value]
            found.append(
                Finding(
                    "late_column",
                    "look",
                    None,
                    f"By its name, {name} is filled while or after a ticket is worked on: a new ticket does "
                    "not have it, so what is learnt from it is lost in service.",
                    _leave_out(name),
                    len(rows),
                    different(rows),
                )
            )
    return found


def find_leaks(
    field: str,
    tickets: Sequence[PastTicket],
    classes: np.ndarray,
    columns: Mapping[str, Sequence[str | None]],
    fold: Fold,
    base_accuracy: float,
) -> list[Finding]:
    """Find columns whose value alone tells the label better than texts can.

    Parameters
    ----------
    field : str
        Its name.
    tickets : sequence of PastTicket
        Those that have a label of the field.
    classes : ndarray of shape (n,)
        Their labels as integers.
    columns : Mapping of str to sequence
        Values a ticket, see :func:`column_values`.
    fold : Fold
        Rows to learn from and rows to judge on.
    base_accuracy : float
        What the texts, or always the commonest label, reach on later tickets.
    """
    found = []
    for name, values in columns.items():
        accuracy = value_accuracy(values, classes, fold)
        share = sum(value is not None for value in values) / len(values)
        if accuracy >= LEAST and 1 - accuracy <= LEFT * (1 - base_accuracy):
            rows = [past.ticket.ticket_id for past, value in zip(tickets, values, strict=True) if value]
            found.append(
                Finding(
                    "leaking_column",
                    "look",
                    field,
                    f"The value of {name} alone tells {field} in {accuracy:.1%} of later tickets, the "
                    f"text (or the commonest label) in {base_accuracy:.1%}. {share:.0%} of tickets have it.",
                    f"If it is filled when the ticket is filed, all is well. If later: {_leave_out(name)}",
                    len(rows),
                    different(rows),
                )
            )
    return found


def value_accuracy(values: Sequence[str | None], classes: np.ndarray, fold: Fold) -> float:
    """Return how often the commonest label of a value is right on judged rows."""
    by_value: dict[str | None, Counter[int]] = {}
    for row in fold.learn:
        by_value.setdefault(values[row], Counter())[int(classes[row])] += 1
    default = int(np.bincount(classes[fold.learn]).argmax())
    best = {value: counts.most_common(1)[0][0] for value, counts in by_value.items()}
    hits = [best.get(values[row], default) == classes[row] for row in fold.judge]
    return float(np.mean(hits)) if hits else 0.0


def _leave_out(name: str) -> str:
    return f"leave it out with ignore = [{name!r}] in a mapping file, or export its value at filing."
