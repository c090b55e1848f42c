"""What the columns are like: missing values, columns filled after triage, columns that leak the answer."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

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
    "find_spam",
    "leaks_of",
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


def find_spam(summary: RowSummary) -> list[Finding]:
    """Name the rows that were left out because they are marked as spam."""
    count = summary.counts["spam"]
    if not count:
        return []
    return [
        Finding(
            "marked_as_spam",
            "note",
            None,
            f"{counted(count, 'row')} marked as spam (is_spam): left out here, as import and training do.",
            "Nothing, if they are spam. Correct is_spam where one is none, or keep them all with "
            'ignore = ["is_spam"] in a mapping file.',
            count,
            different(summary.spam_rows),
        )
    ]


def find_late_columns(
    tickets: Sequence[PastTicket], columns: Mapping[str, Sequence[str | None]]
) -> list[Finding]:
    """Find custom fields whose names say that they are filled after triage, in one finding."""
    late = [name for name in columns if name.startswith("field.") and _sounds_late(name)]
    if not late:
        return []
    rows = _with_a_value(tickets, [columns[name] for name in late])
    one = len(late) == 1
    names = f"{'its name' if one else 'their names'} {_listed(late)} {'is' if one else 'are'}"
    return [
        Finding(
            "late_column",
            "look",
            None,
            f"By {names} filled while or after a ticket is worked on: a new ticket does not have such a "
            "value, and what is learnt from it is lost in service.",
            _leave_out(late),
            len(rows),
            different(rows),
        )
    ]


def leaks_of(
    classes: np.ndarray,
    columns: Mapping[str, Sequence[str | None]],
    fold: Fold,
    base_accuracy: float,
) -> list[dict[str, Any]]:
    """Return the columns whose value alone tells a field's label better than texts can, the surest first.

    Parameters
    ----------
    classes : ndarray of shape (n,)
        Labels of the tickets that have one, as integers.
    columns : Mapping of str to sequence
        Values of the same tickets, see :func:`column_values`.
    fold : Fold
        Rows to learn from and rows to judge on.
    base_accuracy : float
        What the texts, or always the commonest label, reach on later tickets.

    Returns
    -------
    list of dict
        ``column``, ``accuracy``, and ``otherwise``: the accuracy without it.
    """
    found = []
    for name, values in columns.items():
        accuracy = value_accuracy(values, classes, fold)
        if accuracy >= LEAST and 1 - accuracy <= LEFT * (1 - base_accuracy):
            found.append(
                {"column": name, "accuracy": round(accuracy, 6), "otherwise": round(base_accuracy, 6)}
            )
    return sorted(found, key=lambda one: -one["accuracy"])


def find_leaks(
    leaks: Mapping[str, Sequence[Mapping[str, Any]]],
    tickets: Sequence[PastTicket],
    columns: Mapping[str, Sequence[str | None]],
    *,
    reads_text: bool = True,
) -> list[Finding]:
    """Return one finding that names all columns that give a field away.

    Parameters
    ----------
    leaks : Mapping of str to sequence of Mapping
        By field, see :func:`leaks_of`.
    tickets : sequence of PastTicket
        The history.
    columns : Mapping of str to sequence
        Values of all its tickets.
    reads_text : bool, default=True
        Whether the history has texts to go by.
    """
    told = {field: found for field, found in leaks.items() if found}
    if not told:
        return []
    named = list(dict.fromkeys(one["column"] for found in told.values() for one in found))
    rows = _with_a_value(tickets, [columns[name] for name in named])
    fields = "; ".join(
        f"{field} by "
        + ", ".join(f"{one['column']} ({one['accuracy']:.1%})" for one in found)
        + f" against {found[0]['otherwise']:.1%}"
        for field, found in told.items()
    )
    one = len(named) == 1
    # The text of a made-up or templated history can be right every time as well.
    is_more = all(one["accuracy"] > one["otherwise"] for found in told.values() for one in found)
    than = "more later tickets than" if is_more else "at least as many later tickets as"
    tells = "whose value alone tells" if one else "whose values alone tell"
    otherwise = "the text (or the commonest label)" if reads_text else "always the commonest label"
    return [
        Finding(
            "leaking_column",
            "look",
            next(iter(told)) if len(told) == 1 else None,
            f"{counted(len(named), 'column')} {tells} a field, in {than} {otherwise} would: {fields}.",
            f"If {'it is' if one else 'they are'} filled when a ticket is filed, all is well. If later: "
            f"{_leave_out(named)}",
            len(rows),
            different(rows),
        )
    ]


def value_accuracy(values: Sequence[str | None], classes: np.ndarray, fold: Fold) -> float:
    """Return how often the commonest label of a value is right on judged rows."""
    by_value: dict[str | None, Counter[int]] = {}
    for row in fold.learn:
        by_value.setdefault(values[row], Counter())[int(classes[row])] += 1
    default = int(np.bincount(classes[fold.learn]).argmax())
    best = {value: counts.most_common(1)[0][0] for value, counts in by_value.items()}
    hits = [best.get(values[row], default) == classes[row] for row in fold.judge]
    return float(np.mean(hits)) if hits else 0.0


def _sounds_late(name: str) -> bool:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.removeprefix("field."))
    return bool(LATE.search(re.sub(r"[\W_]+", " ", words).casefold()))


def _with_a_value(tickets: Sequence[PastTicket], columns: Sequence[Sequence[str | None]]) -> list[str]:
    """Return the ids of the tickets that have a value in any of some columns."""
    return [past.ticket.ticket_id for past, *values in zip(tickets, *columns, strict=True) if any(values)]


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _leave_out(names: Sequence[str]) -> str:
    it, value = ("it", "its value") if len(names) == 1 else ("them", "their values")
    return f"leave {it} out with ignore = {list(names)!r} in a mapping file, or export {value} at filing."
