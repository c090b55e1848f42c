"""What a replay came to, against what people decided in the end; from its files, a batch at a time."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from training.knowledge.metrics import RetrievalMetrics, measure_rankings
from triage.decision import Action
from triage.knowledge import ArticleLink
from triage.ticket import PastTicket

__all__ = ["FieldReport", "report_fields", "report_suggestions"]


@dataclass(slots=True)
class FieldReport:
    """How one field went.

    Parameters
    ----------
    actions : Counter of str
        Tickets by action.
    judged : int
        Tickets of which the model said something and people gave a label in the end.
    right : int
        Of these, whose likeliest label was that one.
    listed : int
        Of these, whose label is among the likeliest that were listed.
    applied_judged, applied_right : int
        The same of tickets to which the value was applied.
    """

    actions: Counter[str] = field(default_factory=Counter)
    judged: int = 0
    right: int = 0
    listed: int = 0
    applied_judged: int = 0
    applied_right: int = 0

    def to_document(self) -> dict[str, Any]:
        """Return the JSON form."""
        counts = {name: self.actions.get(name, 0) for name in map(str, Action)}
        figures = ("judged", "right", "listed", "applied_judged", "applied_right")
        return counts | {name: getattr(self, name) for name in figures}


def report_fields(
    predictions: Path,
    fields: Sequence[str],
    tickets: Sequence[PastTicket],
) -> dict[str, FieldReport]:
    """Hold predictions against the labels that people gave in the end.

    Parameters
    ----------
    predictions : Path
        ``PREDICTIONS.parquet``.
    fields : sequence of str
        Which it has.
    tickets : sequence of PastTicket
        At least those in it, under today's names.
    """
    import pyarrow.parquet as pq

    labels = {past.ticket.ticket_id: past.labels for past in tickets}
    reports = {name: FieldReport() for name in fields}
    columns = [f"{name}{kind}" for name in fields for kind in ("", "_action", "_top")]
    with pq.ParquetFile(predictions) as file:
        for batch in file.iter_batches(columns=["ticket_id", *columns]):
            rows = batch.to_pydict()
            for name, one in reports.items():
                said = zip(
                    rows["ticket_id"],
                    rows[name],
                    rows[f"{name}_action"],
                    rows[f"{name}_top"],
                    strict=True,
                )
                for ticket_id, value, action, top in said:
                    if action is None:
                        continue
                    one.actions[action] += 1
                    truth = labels[ticket_id].get(name)
                    if truth and top:
                        applied = action == Action.APPLY
                        one.judged += 1
                        one.right += top[0] == truth
                        one.listed += truth in top
                        one.applied_judged += applied
                        one.applied_right += applied and value == truth
    return reports


def report_suggestions(suggestions: Path, links: Sequence[ArticleLink]) -> RetrievalMetrics | None:
    """Hold suggestions against the articles that people used in the end; None where they used none."""
    import pyarrow.parquet as pq

    used: dict[str, set[str]] = {}
    for link in links:
        used.setdefault(link.ticket_id, set()).add(link.article_id)
    rankings, articles = [], []
    with pq.ParquetFile(suggestions) as file:
        for batch in file.iter_batches(columns=["ticket_id", "article_ids"]):
            for row in batch.to_pylist():
                if row["ticket_id"] in used:
                    rankings.append(row["article_ids"])
                    articles.append(used[row["ticket_id"]])
    return measure_rankings(rankings, articles) if rankings else None
