"""How SQL tells what of a column is encrypted, and with which key; it cannot see more."""

from typing import Any

from sqlalchemy import JSON, ColumnElement, Text, and_, cast, func, not_, or_

from triage.sealing import ID_CHARS, MARK, PREFIX

__all__ = ["is_clear", "is_sealed", "key_id", "needs_sealing"]


def is_sealed(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """Say whether a value is an envelope."""
    return _text(column).startswith(MARK)


def is_clear(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """Say whether there is a value, and it lies in the clear."""
    if isinstance(column.type, JSON):
        written = cast(column, Text)
        return and_(written.not_in(["{}", "[]", "null", '""']), not_(is_sealed(column)))
    return and_(column != "", not_(is_sealed(column)))


def key_id(column: ColumnElement[Any]) -> ColumnElement[str]:
    """Return the id of the key that an envelope names."""
    return func.substr(_text(column), len(PREFIX) + 1, ID_CHARS)


def needs_sealing(column: ColumnElement[Any], newest: str, *, clear_too: bool) -> ColumnElement[bool]:
    """Say whether a value is sealed with another key than the newest, or lies in the clear and should not."""
    older = and_(is_sealed(column), not_(_text(column).startswith(f"{PREFIX}{newest}$")))
    return or_(older, is_clear(column)) if clear_too else older


def _text(column: ColumnElement[Any]) -> ColumnElement[str]:
    # An envelope in a column of JSON is a JSON text: it begins with a quotation mark.
    return func.substr(cast(column, Text), 2) if isinstance(column.type, JSON) else column
