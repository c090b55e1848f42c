"""Reading a whole table, or single columns of it, in one call.

:func:`iter_tickets`, :func:`read_columns` and :func:`read_table` stay within bounded memory; the
others hold the table.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from training.history.columns import TABLES
from training.history.mapping import Mapping
from training.history.records import Record, identity_of
from training.history.summary import RowSummary
from training.history.table import Table, read_table
from training.history.volume import Volume
from triage.agent import Agent
from triage.agent_rows import AgentRow, merge_rows
from triage.duplicate import DuplicateLink
from triage.knowledge import Article, ArticleLink
from triage.ticket import PastTicket

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "AgentsRead",
    "ArticlesRead",
    "HistoryRead",
    "LinksRead",
    "VolumesRead",
    "iter_tickets",
    "read_agents",
    "read_articles",
    "read_columns",
    "read_duplicates",
    "read_history",
    "read_links",
    "read_table",
    "read_volumes",
]

_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class HistoryRead:
    """Past tickets in the order of filing (those without a time last), and what reading came to."""

    tickets: list[PastTicket]
    summary: RowSummary


@dataclass(frozen=True, slots=True)
class ArticlesRead:
    """Articles in the file's order, and what reading came to."""

    articles: list[Article]
    summary: RowSummary


@dataclass(frozen=True, slots=True)
class LinksRead:
    """Links in the file's order, and what reading came to."""

    links: list[ArticleLink]
    summary: RowSummary


@dataclass(frozen=True, slots=True)
class AgentsRead:
    """Agents in the file's order, and what reading came to."""

    agents: list[Agent]
    summary: RowSummary


@dataclass(frozen=True, slots=True)
class VolumesRead:
    """Volumes in the file's order, and what reading came to."""

    volumes: list[Volume]
    summary: RowSummary


def read_history(path: Path | str, **options: Any) -> HistoryRead:
    """Read a history whole; of several rows with one id the last one stays.

    Parameters
    ----------
    path : Path or str
        The file.
    **options
        ``mapping``, ``zone``, ``rejects``, ``chunk_rows`` and ``without_spam`` of :func:`read_table`.

    Raises
    ------
    HistoryError
        If the file cannot be read as a history at all.
    """
    tickets, summary = _whole(read_table(path, "history", **options))
    past = cast(list[PastTicket], tickets)
    past.sort(key=lambda ticket: ticket.ticket.created_at or _LAST)
    return HistoryRead(past, summary)


def iter_tickets(path: Path | str, **options: Any) -> Iterator[list[PastTicket]]:
    """Iterate over a history's chunks in the file's order; rows with a repeated id all come.

    Takes the options of :func:`read_history` and raises the same.
    """
    for chunk in read_table(path, "history", **options):
        yield cast(list[PastTicket], chunk)


def read_articles(path: Path | str, **options: Any) -> ArticlesRead:
    """Read an article table whole; takes the options of :func:`read_history`."""
    records, summary = _whole(read_table(path, "articles", **options))
    return ArticlesRead(cast(list[Article], records), summary)


def read_links(path: Path | str, **options: Any) -> LinksRead:
    """Read a table of article links whole; takes the options of :func:`read_history`."""
    records, summary = _whole(read_table(path, "links", **options))
    return LinksRead(cast(list[ArticleLink], records), summary)


def read_duplicates(path: Path | str, **options: Any) -> list[DuplicateLink]:
    """Read a table of tickets that people called duplicates of others; takes the options of `read_history`.

    Its columns are ``ticket_id``, ``duplicate_of`` and, optionally, ``created_at``.
    """
    records, _ = _whole(read_table(path, "duplicates", **options))
    return cast(list[DuplicateLink], records)


def read_agents(path: Path | str, **options: Any) -> AgentsRead:
    """Read an agent table whole; several rows of one agent add absences.

    Takes the options of :func:`read_history`.
    """
    records, summary = _whole(read_table(path, "agents", **options))
    return AgentsRead([one.agent for one in merge_rows(cast(list[AgentRow], records))], summary)


def read_volumes(path: Path | str, **options: Any) -> VolumesRead:
    """Read a volume table whole; takes the options of :func:`read_history`."""
    records, summary = _whole(read_table(path, "volumes", **options))
    return VolumesRead(cast(list[Volume], records), summary)


def read_columns(
    path: Path | str,
    columns: Sequence[str],
    *,
    mapping: Mapping | Path | None = None,
    zone: str = "UTC",
) -> Iterator["pd.DataFrame"]:
    """Iterate over a few columns of a history as data frames, without making tickets.

    Parameters
    ----------
    path : Path or str
        The file.
    columns : sequence of str
        Our names, such as ``created_at`` and ``category``; all must be in the file.
    mapping, zone
        As for :func:`read_table`.

    Yields
    ------
    DataFrame
        One column for each name: times with zone UTC, missing values None or NaT.

    Raises
    ------
    HistoryError
        If the file cannot be read or has no such column.
    """
    import pandas as pd

    table = Table(path, "history", mapping=mapping, zone=zone, wanted=list(columns))
    moments = {
        name for name in columns if name in TABLES["history"] and TABLES["history"][name].type == "moment"
    }
    for rows in table.typed_rows():
        yield pd.DataFrame(
            {
                name: pd.to_datetime(pd.Series(values, dtype=object), utc=True)
                if name in moments
                else pd.Series(values, dtype=object)
                for name in columns
                for values in [[_value(row, name) for row in rows]]
            }
        )


def _value(row: dict[str, Any], name: str) -> Any:
    return row.get("custom", {}).get(name[6:]) if name.startswith("field.") else row.get(name)


def _whole(table: Table) -> tuple[list[Record], RowSummary]:
    last: dict[str, Record] = {}
    for chunk in table:
        for record in chunk:
            last[identity_of(record)] = record
    return list(last.values()), table.summary
