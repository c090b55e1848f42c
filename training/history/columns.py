"""The columns of each table that we read: name, type and longest value. Reads no file."""

from dataclasses import dataclass
from typing import Literal

from triage.errors import HistoryError
from triage.ticket import FIELDS

__all__ = [
    "ALWAYS",
    "CUSTOM_PREFIX",
    "MAX_TEXT_CHARS",
    "TABLES",
    "Column",
    "Kind",
    "column_of",
    "missing_columns",
]

Kind = Literal["history", "articles", "links", "duplicates", "agents", "volumes", "replies", "macros"]
Type = Literal["id", "label", "short", "text", "moment", "integer", "number", "flag", "list"]

ALWAYS = {
    "history": ("ticket_id",),
    "articles": ("article_id",),
    "links": ("ticket_id", "article_id"),
    "duplicates": ("ticket_id", "duplicate_of"),
    "agents": ("agent",),
    "volumes": ("series", "start", "count"),
    "replies": ("ticket_id", "reply_id"),
    "macros": ("macro_id",),
}
"""By kind of table, the columns that each row needs."""

CUSTOM_PREFIX = "field."
"""Columns that begin so are custom fields; the rest of the name is the field's."""

MAX_TEXT_CHARS = 100_000
"""A longer body, resolution or article is cut here, and counted: about thirty printed pages, three
times what ServiceNow's own export keeps (32,000 characters)."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name : str
        Our name of it.
    type : str
        ``id`` (refused when empty or too long), ``label`` and ``short`` (one line of text), ``text``,
        ``moment``, ``integer``, ``number``, ``flag`` (yes or no) or ``list``.
    max_chars : int, default=400
        Longest value: a longer ``id`` or ``label`` refuses its row, other texts are cut.
    refuses : bool, default=False
        Whether a ``flag`` that is neither yes nor no, or a ``moment`` that cannot be read, refuses its row;
        else it counts as not told.
    includes_day : bool, default=False
        Whether a ``moment`` that is a day without a time is the end of that day; else it is its beginning.
    """

    name: str
    type: Type
    max_chars: int = 400
    refuses: bool = False
    includes_day: bool = False


def _table(*columns: Column) -> dict[str, Column]:
    return {column.name: column for column in columns}


# Lengths follow the store's columns (triage/store/schema.py), so that what is read can be stored.
TABLES: dict[str, dict[str, Column]] = {
    "history": _table(
        Column("ticket_id", "id", 200),
        Column("created_at", "moment"),
        Column("subject", "text", 2_000),
        Column("body", "text", MAX_TEXT_CHARS),
        *[Column(name, "label") for name in FIELDS],
        Column("requester", "short", 320),
        Column("organization", "short", 320),
        Column("channel", "short", 100),
        Column("product", "short", 200),
        Column("language", "short", 35),
        Column("tags", "list", 2_000),
        Column("status", "short", 100),
        *[
            Column(name, "moment")
            for name in ("assigned_at", "first_response_at", "resolved_at", "closed_at")
        ],
        Column("reopened", "integer"),
        Column("reassignments", "integer"),
        Column("made_sla", "flag"),
        Column("is_spam", "flag"),
        Column("resolution", "text", MAX_TEXT_CHARS),
    ),
    "articles": _table(
        Column("article_id", "id", 200),
        Column("title", "text", 2_000),
        Column("body", "text", MAX_TEXT_CHARS),
        Column("summary", "text", 10_000),
        Column("url", "short", 2_000),
        Column("updated_at", "moment"),
        Column("products", "list", 2_000),
        Column("topics", "list", 2_000),
        # What cannot be read as yes must not make an article public.
        Column("public", "flag", refuses=True),
    ),
    "replies": _table(
        Column("ticket_id", "id", 200),
        Column("reply_id", "id", 200),
        Column("body", "text", MAX_TEXT_CHARS),
        Column("created_at", "moment"),
        Column("agent", "short", 320),
        Column("by_requester", "flag", refuses=True),
        Column("is_solution", "flag", refuses=True),
        Column("helpful", "integer"),
        Column("unhelpful", "integer"),
    ),
    "macros": _table(
        Column("macro_id", "id", 200),
        Column("title", "text", 2_000),
        Column("body", "text", MAX_TEXT_CHARS),
    ),
    "links": _table(
        Column("ticket_id", "id", 200),
        Column("article_id", "id", 200),
        Column("created_at", "moment"),
        Column("agent", "short", 320),
    ),
    "duplicates": _table(
        Column("ticket_id", "id", 200),
        Column("duplicate_of", "id", 200),
        Column("created_at", "moment"),
    ),
    "agents": _table(
        Column("agent", "id", 320),
        Column("team", "short", 200),
        Column("skills", "list", 2_000),
        Column("capacity", "number"),
        Column("shift", "short", 400),
        # Somebody who is away must not be given tickets because a date was written otherwise.
        Column("absent_from", "moment", refuses=True),
        Column("absent_to", "moment", refuses=True, includes_day=True),
        Column("seniority", "short", 100),
        Column("languages", "list", 400),
        Column("zone", "short", 64),
        Column("teams", "list", 2_000),
        Column("active", "flag", refuses=True),
    ),
    "volumes": _table(
        Column("series", "id", 400),
        Column("start", "moment"),
        Column("count", "number"),
        Column("handle_seconds", "number"),
    ),
}

# What a table cannot do without; of several names in one group, one is enough.
_REQUIRED: dict[str, tuple[tuple[str, ...], ...]] = {
    "history": (("ticket_id",), ("created_at",), ("subject", "body")),
    "articles": (("article_id",), ("title", "body")),
    "links": (("ticket_id",), ("article_id",)),
    "duplicates": (("ticket_id",), ("duplicate_of",)),
    "agents": (("agent",),),
    "volumes": (("series",), ("start",), ("count",)),
    "replies": (("ticket_id",), ("reply_id",), ("body",)),
    "macros": (("macro_id",), ("body",)),
}

CUSTOM = Column(CUSTOM_PREFIX, "short", 2_000)


def column_of(kind: str, name: str) -> Column | None:
    """Return the column of a table by our name, None when the table has no such column."""
    if kind == "history" and name.startswith(CUSTOM_PREFIX) and len(name) > len(CUSTOM_PREFIX):
        return CUSTOM
    return TABLES[kind].get(name)


def missing_columns(kind: str, present: set[str]) -> list[tuple[str, ...]]:
    """Return the groups of required names of which none is present.

    Raises
    ------
    HistoryError
        If the kind of table is unknown.
    """
    if kind not in TABLES:
        raise HistoryError(f"Got the kind of table {kind!r}; expected one of {', '.join(TABLES)}.")
    return [group for group in _REQUIRED[kind] if not present.intersection(group)]
