"""Typed values become the heart's records: past tickets, articles, links, agents, and volumes."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from training.history.summary import RowSummary
from training.history.volume import Volume
from triage.agent import Agent
from triage.agent_names import agent_name_problem
from triage.agent_rows import HIGHEST_LEVEL, AgentRow, split_levels
from triage.dot_ids import dots_problem
from triage.duplicate import DuplicateLink
from triage.errors import HistoryError, InputError
from triage.helping.reply import Macro, Reply
from triage.knowledge import Article, ArticleLink
from triage.knowledge_ids import article_id_problem, macro_id_problem
from triage.language import language_keys
from triage.priority import PRIORITIES
from triage.ticket import FIELDS, PastTicket, Ticket

__all__ = ["Record", "identity_of", "make_record"]

Record = PastTicket | Article | ArticleLink | DuplicateLink | AgentRow | Volume | Reply | Macro
"""A row of any table, typed."""

_FILED = (
    "ticket_id",
    "subject",
    "body",
    "created_at",
    "requester",
    "organization",
    "channel",
    "product",
    "language",
    "tags",
    "custom",
)
_LATER = (
    "status",
    "resolution",
    "assigned_at",
    "first_response_at",
    "resolved_at",
    "closed_at",
    "reopened",
    "reassignments",
    "made_sla",
    "source_values",
)
AHEAD = timedelta(days=1)
"""How far ahead a time may lie: clocks and zones differ by less."""
_TIMES = ("assigned_at", "first_response_at", "resolved_at", "closed_at")


def make_record(kind: str, row: Mapping[str, Any], summary: RowSummary) -> Record:
    """Make the record of one row.

    Parameters
    ----------
    kind : str
        Which table.
    row : Mapping of str to object
        Typed values by our name, from :class:`training.history.rows.RowConverter`.
    summary : RowSummary
        Where oddities are counted.

    Raises
    ------
    HistoryError
        If an article has neither title nor body, a reply or macro no body, a link or reply a time more than
        a day ahead, an absence ends before it begins, a skill's level is out of range, or an id cannot be
        used.
    """
    return _MAKERS[kind](row, summary)


def identity_of(record: Record) -> str:
    """Return what makes a record the same as a later one of the same table."""
    if isinstance(record, PastTicket):
        return record.ticket.ticket_id
    if isinstance(record, Article):
        return record.article_id
    if isinstance(record, ArticleLink):
        return f"{record.ticket_id}\x00{record.article_id}"
    if isinstance(record, DuplicateLink):
        return f"{record.ticket_id}\x00{record.other}"
    if isinstance(record, Reply):
        return f"{record.ticket_id}\x00{record.reply_id}"
    if isinstance(record, Macro):
        return record.macro_id
    if isinstance(record, AgentRow):
        # Another row of the same agent adds its absence, and a blank cell leaves what another row tells
        # (triage.agent_rows.merge_rows).
        agent = record.agent
        return f"{agent.agent}\x00{agent.absent_from}\x00{agent.absent_to}\x00{record.tells_active}"
    return f"{record.series}\x00{record.start.isoformat()}"


def _ticket(row: Mapping[str, Any], summary: RowSummary) -> PastTicket:
    _refuse(dots_problem(row["ticket_id"]))
    ticket = Ticket(**{name: row[name] for name in _FILED if name in row})
    labels = {name: row[name] for name in FIELDS if name in row}
    for name, value in labels.items():
        summary.see_label(name, value)
    if "priority" in labels and labels["priority"] not in PRIORITIES:
        summary.unknown_priorities[labels["priority"]] += 1
    if not summary.is_textless and not ticket.subject and not ticket.body:
        summary.counts["empty_text"] += 1
    filed = ticket.created_at
    if filed is not None and any(name in row and row[name] < filed for name in _TIMES):
        summary.counts["answered_before_filed"] += 1
    return PastTicket(ticket, labels, **{name: row[name] for name in _LATER if name in row})


def _article(row: Mapping[str, Any], summary: RowSummary) -> Article:
    if "title" not in row and "body" not in row:
        raise HistoryError("title and body are missing")
    _refuse(article_id_problem(row["article_id"]))
    if _lies_ahead(row.get("updated_at")):
        summary.counts["updated_ahead"] += 1
    return Article(**{"title": "", "body": "", **row})


def _link(row: Mapping[str, Any], summary: RowSummary) -> ArticleLink:
    _refuse_ahead(row.get("created_at"))
    return ArticleLink(**row)


def _duplicate(row: Mapping[str, Any], summary: RowSummary) -> DuplicateLink:
    return DuplicateLink(row["ticket_id"], row["duplicate_of"], row.get("created_at"))


def _agent(row: Mapping[str, Any], summary: RowSummary) -> AgentRow:
    _refuse(agent_name_problem(row["agent"]))
    start, end = row.get("absent_from"), row.get("absent_to")
    if start is not None and end is not None and end < start:
        raise HistoryError("absent_to lies before absent_from")
    try:
        skills, levels = split_levels(row.get("skills", ()))
    except InputError:
        raise HistoryError(
            f"skills has a level that is not a whole number from 1 to {HIGHEST_LEVEL}"
        ) from None
    spoken = language_keys(row.get("languages", ()))
    agent = Agent(**{**row, "skills": skills, "skill_levels": levels, "languages": spoken})
    return AgentRow(agent, tells_active="active" in row)


def _reply(row: Mapping[str, Any], summary: RowSummary) -> Reply:
    if "body" not in row:
        raise HistoryError("body is missing")
    _refuse_ahead(row.get("created_at"))
    return Reply(**row)


def _macro(row: Mapping[str, Any], summary: RowSummary) -> Macro:
    if "body" not in row:
        raise HistoryError("body is missing")
    _refuse(macro_id_problem(row["macro_id"]))
    return Macro(**{"title": row["macro_id"], **row})


def _refuse(problem: str | None) -> None:
    if problem is not None:
        raise HistoryError(problem)


def _refuse_ahead(moment: datetime | None) -> None:
    # It would count before it happened, and make all others look old.
    if _lies_ahead(moment):
        raise HistoryError("created_at lies more than a day ahead")


def _lies_ahead(moment: datetime | None) -> bool:
    return moment is not None and moment > datetime.now(UTC) + AHEAD


def _volume(row: Mapping[str, Any], summary: RowSummary) -> Volume:
    return Volume(**row)


_MAKERS: dict[str, Callable[[Mapping[str, Any], RowSummary], Record]] = {
    "history": _ticket,
    "articles": _article,
    "links": _link,
    "duplicates": _duplicate,
    "agents": _agent,
    "volumes": _volume,
    "replies": _reply,
    "macros": _macro,
}
