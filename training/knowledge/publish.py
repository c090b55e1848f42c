"""Suggestions for a whole table of tickets, as the ``SUGGESTIONS.parquet`` that others build on."""

import os
import uuid
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from triage.errors import InputError
from triage.knowledge import Suggestion
from triage.ports import Suggester
from triage.ticket import PastTicket

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["SuggestionRow", "suggest_for", "suggestion_table", "write_suggestions"]


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    """The articles suggested for one ticket, best first."""

    ticket_id: str
    article_ids: tuple[str, ...]
    scores: tuple[float, ...]

    @classmethod
    def of(cls, ticket_id: str, suggestions: Sequence[Suggestion]) -> "SuggestionRow":
        """Keep of suggestions what the table holds."""
        return cls(
            ticket_id,
            tuple(suggestion.article_id for suggestion in suggestions),
            tuple(suggestion.score for suggestion in suggestions),
        )


def suggest_for(
    chunks: Iterable[Sequence[PastTicket]],
    suggester: Suggester,
    limit: int,
    *,
    progress: Callable[[int], None] = lambda count: None,
) -> list[SuggestionRow]:
    """Suggest articles for every ticket, each with what was known when it was filed.

    Parameters
    ----------
    chunks : iterable of sequences of PastTicket
        As :func:`training.history.iter_tickets` gives them; of two with one id the later counts.
    suggester : Suggester
        From a bundle.
    limit : int
        At most so many articles a ticket.
    progress : callable, optional
        Called with the number of tickets done since the last call.

    Raises
    ------
    InputError
        If ``limit`` is below 1.
    """
    if limit < 1:
        raise InputError(f"Got limit={limit}; expected 1 or more.")
    rows: dict[str, SuggestionRow] = {}
    for chunk in chunks:
        for past in chunk:
            ticket_id = past.ticket.ticket_id
            rows[ticket_id] = SuggestionRow.of(ticket_id, suggester.suggest(past.ticket, limit))
            progress(1)
    return list(rows.values())


def suggestion_table(rows: Sequence[SuggestionRow]) -> "pa.Table":
    """Return the columns ``ticket_id``, ``article_ids`` and ``scores`` (lists, best first)."""
    import pyarrow as pa

    schema = pa.schema(
        [
            ("ticket_id", pa.string()),
            ("article_ids", pa.list_(pa.string())),
            ("scores", pa.list_(pa.float64())),
        ]
    )
    columns = {
        "ticket_id": [row.ticket_id for row in rows],
        "article_ids": [row.article_ids for row in rows],
        "scores": [row.scores for row in rows],
    }
    return pa.table(columns, schema=schema)


def write_suggestions(rows: Sequence[SuggestionRow], out: Path) -> None:
    """Write the table as Parquet; a file of that name is replaced in one step.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    import pyarrow.parquet as pq

    draft = out.with_name(f".{out.name}.{uuid.uuid4().hex}")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(suggestion_table(rows), draft)
        os.replace(draft, out)
    except OSError as error:
        with suppress(OSError):  # what could not be written may not be removable either
            draft.unlink()
        raise InputError(
            f"Cannot write {out} ({error.strerror}); expected a place that can be written. "
            "Name another --out."
        ) from error
