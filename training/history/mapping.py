r"""A mapping: how another system's columns and values become ours. Touches no table.

A mapping file is TOML; every key is optional, an unknown one is an error::

    zone = "Europe/Berlin"            # of times that carry none
    date_format = "day-first"         # or "month-first", or a strptime pattern such as "%d.%m.%y %H:%M"
    encoding = "cp1252"               # when the guess is wrong
    delimiter = ";"
    row_ids = "bank-"                 # the file has no ids: make bank-1, bank-2, ...
    without = ["created_at", "text"]  # the file has no times, or no subject and body, and that is meant
    ignore = ["Tags"]                 # their columns that must not be read
    only_listed = true                # read no column but those listed below

    [columns]                         # ours = theirs; of a list, the first that the file has
    ticket_id = ["Issue key", "Issue id"]
    "field.site" = "Site"

    [constants]
    product = "Thunderbird"

    [values.priority]                 # theirs = ours; "" means missing
    "1 - Critical" = "urgent"

    [filter]                          # keep only rows where their column has this value, or one of these
    Project = ["HDFS", "HIVE"]

    [text.body]                       # several of their columns become one text
    columns = ["Description", "Environment"]
    separator = "\n\n"
"""

import tomllib
from collections.abc import Mapping as Mapped
from dataclasses import dataclass, field, fields, replace
from importlib import resources
from pathlib import Path
from typing import Any

from triage.errors import ConfigurationError

__all__ = ["BUILT_IN", "Mapping", "TextJoin", "built_in_mapping", "load_mapping"]

BUILT_IN: tuple[str, ...] = ("freshdesk", "freshservice", "jira", "servicenow", "zendesk")
"""Helpdesks whose own exports we know."""


@dataclass(frozen=True, slots=True)
class TextJoin:
    """Several of their columns that become one text of ours, empty ones left out."""

    columns: tuple[str, ...]
    separator: str = "\n\n"


@dataclass(frozen=True, slots=True)
class Mapping:
    """How another system's columns and values become ours; the module's text shows each key in a file.

    Parameters
    ----------
    columns : Mapping of str to tuple of str
        Our name to their names; the first that the file has is read.
    constants : Mapping of str to str
        Our name to the value that every row gets.
    values : Mapping of str to Mapping of str to str
        Our name to a table from their value to ours.
    filter : Mapping of str to tuple of str
        Their name to the values that a row may have to be read at all.
    text : Mapping of str to TextJoin
        Our name to the columns that are joined.
    date_format, zone, encoding, delimiter : str or None
        What to use instead of finding out.
    row_ids : str or None
        What a made identity begins with; the row's number follows.
    without : tuple of str
        ``created_at`` or ``text``, when the file has none and that is meant.
    ignore : tuple of str
        Their columns that are not read.
    only_listed : bool
        Read no column that is not listed here.
    export_caps : tuple of int
        Row counts at which the exporting system is known to stop.
    name : str or None
        Of a built-in mapping, the helpdesk; such a mapping may name columns that the file has not.
    """

    columns: Mapped[str, tuple[str, ...]] = field(default_factory=dict)
    constants: Mapped[str, str] = field(default_factory=dict)
    values: Mapped[str, Mapped[str, str]] = field(default_factory=dict)
    filter: Mapped[str, tuple[str, ...]] = field(default_factory=dict)
    text: Mapped[str, TextJoin] = field(default_factory=dict)
    date_format: str | None = None
    zone: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    row_ids: str | None = None
    without: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    only_listed: bool = False
    export_caps: tuple[int, ...] = ()
    name: str | None = None


def load_mapping(path: Path) -> Mapping:
    """Read a mapping file.

    Raises
    ------
    ConfigurationError
        If the file cannot be read, is not TOML, has an unknown key or a value of the wrong type.
    """
    try:
        document = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"Got the mapping file {path}, which cannot be read: {error}.") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(
            f"Got the mapping file {path}, which is not TOML ({error}); correct it there."
        ) from None
    return _mapping(document, str(path))


def built_in_mapping(name: str) -> Mapping:
    """Return the mapping for a helpdesk's own export.

    Raises
    ------
    ConfigurationError
        If there is none of that name.
    """
    if name not in BUILT_IN:
        raise ConfigurationError(f"Got the helpdesk {name!r}; expected one of {', '.join(BUILT_IN)}.")
    text = resources.files("training.history").joinpath("mappings", f"{name}.toml").read_text("utf-8")
    return replace(_mapping(tomllib.loads(text), name), name=name)


def _mapping(document: Mapped[str, Any], where: str) -> Mapping:
    known = {item.name for item in fields(Mapping)} - {"name"}
    unknown = sorted(set(document) - known)
    if unknown:
        raise ConfigurationError(
            f"Got the unknown key {unknown[0]!r} in mapping {where}; expected keys among "
            f"{', '.join(sorted(known))}."
        )
    read = _Reader(where)
    return Mapping(
        columns={ours: read.texts(f"columns.{ours}", v) for ours, v in read.table(document, "columns")},
        constants={ours: read.text(f"constants.{ours}", v) for ours, v in read.table(document, "constants")},
        values={
            ours: {
                theirs: read.text(f"values.{ours}.{theirs}", v)
                for theirs, v in read.table(document["values"], ours)
            }
            for ours, _ in read.table(document, "values")
        },
        filter={theirs: read.texts(f"filter.{theirs}", v) for theirs, v in read.table(document, "filter")},
        text={ours: read.join(f"text.{ours}", v) for ours, v in read.table(document, "text")},
        date_format=read.optional(document, "date_format"),
        zone=read.optional(document, "zone"),
        encoding=read.optional(document, "encoding"),
        delimiter=read.optional(document, "delimiter"),
        row_ids=read.optional(document, "row_ids"),
        without=read.choices("without", document.get("without", []), ("created_at", "text")),
        ignore=read.texts("ignore", document.get("ignore", [])),
        only_listed=read.flag("only_listed", document.get("only_listed", False)),
        export_caps=read.counts("export_caps", document.get("export_caps", [])),
    )


class _Reader:
    """Checks the types of a mapping file's values; knows where they stand, for the message."""

    def __init__(self, where: str) -> None:
        self.where = where

    def wrong(self, key: str, expected: str) -> ConfigurationError:
        return ConfigurationError(
            f"Got a value of the wrong type for {key} in mapping {self.where}; expected {expected}."
        )

    def table(self, document: Mapped[str, Any], key: str) -> list[tuple[str, Any]]:
        table = document.get(key, {})
        if not isinstance(table, dict):
            raise self.wrong(key, "a table")
        return list(table.items())

    def text(self, key: str, value: object) -> str:
        if not isinstance(value, str):
            raise self.wrong(key, "a text in quotes")
        return value

    def optional(self, document: Mapped[str, Any], key: str) -> str | None:
        return self.text(key, document[key]) if key in document else None

    def texts(self, key: str, value: object) -> tuple[str, ...]:
        if isinstance(value, str):
            return (value,)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(key, "a text or a list of texts")
        return tuple(value)

    def choices(self, key: str, value: object, allowed: tuple[str, ...]) -> tuple[str, ...]:
        chosen = self.texts(key, value)
        for item in chosen:
            if item not in allowed:
                raise ConfigurationError(
                    f"Got {item!r} in {key} of mapping {self.where}; expected {' or '.join(allowed)}."
                )
        return chosen

    def flag(self, key: str, value: object) -> bool:
        if not isinstance(value, bool):
            raise self.wrong(key, "true or false")
        return value

    def counts(self, key: str, value: object) -> tuple[int, ...]:
        if not isinstance(value, list) or not all(type(item) is int for item in value):
            raise self.wrong(key, "a list of whole numbers")
        return tuple(value)

    def join(self, key: str, value: object) -> TextJoin:
        if (
            not isinstance(value, dict)
            or not set(value) <= {"columns", "separator"}
            or "columns" not in value
        ):
            raise self.wrong(key, "a table with columns and, if wished, separator")
        separator = self.text(f"{key}.separator", value.get("separator", "\n\n"))
        return TextJoin(self.texts(f"{key}.columns", value["columns"]), separator)
