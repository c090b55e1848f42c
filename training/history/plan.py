"""Which column of a file becomes which of ours: headers and a mapping bound together, once a file."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from training.history.columns import CUSTOM_PREFIX, TABLES, Column, column_of, missing_columns
from training.history.mapping import Mapping
from triage.errors import ConfigurationError, HistoryError

__all__ = ["Plan", "PlannedColumn", "make_plan"]


@dataclass(frozen=True, slots=True)
class PlannedColumn:
    """How one of our columns is filled.

    Parameters
    ----------
    name : str
        Our name.
    column : Column
        Its type and longest value.
    positions : tuple of int
        Positions in the file's header; empty for a constant.
    constant : str or None, default=None
        The value of every row.
    separator : str or None, default=None
        What joins several columns into one text; None takes the first that has a value.
    values : dict of str to str or None, default=None
        From their value, in small letters, to ours.
    """

    name: str
    column: Column
    positions: tuple[int, ...]
    constant: str | None = None
    separator: str | None = None
    values: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """How the rows of one file become ours.

    Parameters
    ----------
    columns : tuple of PlannedColumn
        What is filled, and from where.
    filters : tuple of (int, frozenset of str)
        Positions, and the values that a row may have there.
    row_ids : str or None
        What a made identity begins with.
    unread : tuple of str
        The file's columns that nothing reads.
    """

    columns: tuple[PlannedColumn, ...]
    filters: tuple[tuple[int, frozenset[str]], ...]
    row_ids: str | None
    unread: tuple[str, ...]

    @property
    def needed(self) -> list[int]:
        """Positions that must be read, ascending."""
        positions = {position for column in self.columns for position in column.positions}
        return sorted(positions | {position for position, _ in self.filters})


def make_plan(kind: str, header: list[str], mapping: Mapping, wanted: Iterable[str] | None = None) -> Plan:
    """Bind a file's header and a mapping together.

    Headers are compared exactly first, then in small letters with ``_`` for everything between words,
    so ``Created At`` is ``created_at`` without a mapping.

    Parameters
    ----------
    kind : str
        Which table.
    header : list of str
        The file's names by position.
    mapping : Mapping
        What becomes what.
    wanted : iterable of str or None, default=None
        Our columns to read; None reads all that are there and insists on the required ones.

    Raises
    ------
    ConfigurationError
        If the mapping names a column that the table does not have.
    HistoryError
        If a column that the mapping names, that is required or that is wanted is not in the file.
    """
    finder = _Finder(header)
    planned: dict[str, PlannedColumn] = {}
    for ours, alternatives in mapping.columns.items():
        positions = finder.first(alternatives)
        if positions:
            planned[ours] = PlannedColumn(ours, _known(kind, ours), positions)
        elif mapping.name is None:
            raise _absent(ours, alternatives, header)
    for ours, join in mapping.text.items():
        positions = tuple(p for theirs in join.columns for p in finder.first((theirs,)))
        if positions:
            planned[ours] = PlannedColumn(ours, _known(kind, ours), positions, separator=join.separator)
        elif mapping.name is None:
            raise _absent(ours, join.columns, header)
    for ours, constant in mapping.constants.items():
        if ours in planned:
            raise ConfigurationError(
                f"Got {ours!r} both as a column and as a constant in the mapping; keep one."
            )
        planned[ours] = PlannedColumn(ours, _known(kind, ours), (), constant=constant)
    filters = []
    for theirs, allowed in mapping.filter.items():
        positions = finder.first((theirs,))
        if not positions:
            raise _absent("filter", (theirs,), header)
        filters.append((positions[0], frozenset(allowed)))
    taken = {p for column in planned.values() for p in column.positions}
    if not mapping.only_listed:
        for name, positions in _ours_by_name(kind, finder, set(mapping.ignore)).items():
            if name not in planned and not taken.intersection(positions):
                planned[name] = PlannedColumn(name, _known(kind, name), positions)
                taken.update(positions)
    for ours in mapping.values:
        _known(kind, ours)
    columns = [_with_values(column, mapping) for column in planned.values()]
    if wanted is None:
        _insist(kind, set(planned), mapping, header)
    else:
        names = list(wanted)
        absent = [name for name in names if name not in planned]
        if absent:
            raise HistoryError(
                f"Got {_a(kind)} table with no column {absent[0]!r}; its columns are {_some(header)}. Name "
                f'theirs in a mapping file ([columns] {absent[0]} = "THEIR NAME") and give it with --mapping.'
            )
        columns = [column for column in columns if column.name in names]
    taken.update(position for position, _ in filters)
    unread = tuple(dict.fromkeys(name for p, name in enumerate(header) if p not in taken and name))
    return Plan(tuple(columns), tuple(filters), mapping.row_ids, unread)


class _Finder:
    """Finds header positions by name, exactly first, then loosely."""

    def __init__(self, header: list[str]) -> None:
        self.exact: dict[str, tuple[int, ...]] = {}
        self.loose: dict[str, tuple[int, ...]] = {}
        for position, name in enumerate(header):
            self.exact[name] = (*self.exact.get(name, ()), position)
            self.loose[fold(name)] = (*self.loose.get(fold(name), ()), position)

    def first(self, alternatives: Iterable[str]) -> tuple[int, ...]:
        for name in alternatives:
            if positions := self.exact.get(name) or self.loose.get(fold(name)):
                return positions
        return ()


def fold(name: str) -> str:
    """Return a header in small letters, ``_`` for everything between words."""
    if name.startswith(CUSTOM_PREFIX):
        return name
    return re.sub(r"[\W_]+", "_", name.casefold()).strip("_")


def _ours_by_name(kind: str, finder: _Finder, ignored: set[str]) -> dict[str, tuple[int, ...]]:
    found = {}
    for name in TABLES[kind]:
        if name not in ignored and (positions := finder.first((name,))):
            found[name] = positions
    for name, positions in finder.exact.items():
        if name not in ignored and name.startswith(CUSTOM_PREFIX) and column_of(kind, name) is not None:
            found[name] = positions
    ignored_positions = {p for name in ignored for p in finder.first((name,))}
    return {name: p for name, p in found.items() if not ignored_positions.intersection(p)}


def _known(kind: str, ours: str) -> Column:
    column = column_of(kind, ours)
    if column is None:
        custom = f" and {CUSTOM_PREFIX}<name>" if kind == "history" else ""
        raise ConfigurationError(
            f"Got {ours!r} in a mapping of {_a(kind)} table; expected one of {', '.join(TABLES[kind])}"
            f"{custom}."
        )
    return column


def _with_values(column: PlannedColumn, mapping: Mapping) -> PlannedColumn:
    table = mapping.values.get(column.name)
    if table is None:
        return column
    values = {theirs.strip().casefold(): ours.strip() for theirs, ours in table.items()}
    return PlannedColumn(
        column.name, column.column, column.positions, column.constant, column.separator, values
    )


def _insist(kind: str, planned: set[str], mapping: Mapping, header: list[str]) -> None:
    present = set(planned)
    if mapping.row_ids is not None:
        present |= {"ticket_id", "article_id"}
    if "created_at" in mapping.without:
        present.add("created_at")
    if "text" in mapping.without:
        present.add("subject")
    missing = missing_columns(kind, present)
    if not missing:
        return
    named = " and ".join(" or ".join(group) for group in missing)
    hints = {
        ("ticket_id",): 'or row_ids = "t-" to number the rows',
        ("created_at",): 'or without = ["created_at"] if there are no times',
        ("subject", "body"): 'or without = ["text"] if there is no text',
    }
    hint = ", ".join(hints[group] for group in missing if group in hints and kind == "history")
    raise HistoryError(
        f"Got {_a(kind)} table without {named}; its columns are {_some(header)}. Name theirs in a mapping "
        f'file ([columns] {missing[0][0]} = "THEIR NAME"){", " + hint if hint else ""}.'
    )


def _a(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def _absent(ours: str, theirs: Iterable[str], header: list[str]) -> HistoryError:
    names = " or ".join(repr(name) for name in theirs)
    return HistoryError(f"Got no column {names} (for {ours}); the file's columns are {_some(header)}.")


def _some(header: list[str]) -> str:
    shown = ", ".join(name[:60] for name in header[:30])
    return shown + (f" and {len(header) - 30} more" if len(header) > 30 else "")
