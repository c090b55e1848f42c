"""Which ids of articles and macros can be used, through whatever door they come.

Each is part of an address (``/v1/knowledge/KB-12``). Any sign may stand in it, ``/`` too, percent-encoded or
as it is; only a line break may not, and no id may be an address of its own or dots alone.
"""

from triage.dot_ids import dots_problem

__all__ = ["SEARCH", "article_id_problem", "macro_id_problem"]

SEARCH = "search"


def article_id_problem(article_id: str) -> str | None:
    """Return why an article cannot have this id; None if it can.

    Examples
    --------
    >>> article_id_problem("IT/KB-12") is None
    True
    >>> article_id_problem("search")
    "Got an article named 'search', which is an address of its own; name it otherwise."
    """
    if article_id == SEARCH:
        return f"Got an article named {SEARCH!r}, which is an address of its own; name it otherwise."
    return _line_break(article_id, "an article")


def macro_id_problem(macro_id: str) -> str | None:
    """Return why a macro cannot have this id; None if it can."""
    return _line_break(macro_id, "a macro")


def _line_break(name: str, what: str) -> str | None:
    if "\n" in name or "\r" in name:
        return f"Got {what} with a line break in its id; expected an id on one line."
    return dots_problem(name)
