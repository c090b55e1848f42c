"""Which columns are kept encrypted, and the rows of them on their way in and out of the store.

A secret that must be read again always is; texts and names of tickets where ``$TRIAGE_ENCRYPT`` says
``texts`` (ADR 0048). What lies in the clear is read as it is, so both may stand side by side.
"""

import json
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any

from sqlalchemy import JSON, Column, Table

from triage.encryption_keys import Keyring
from triage.errors import ConfigurationError
from triage.sealing import Place, looks_sealed, open_sealed, seal
from triage.store.helping_tables import knowledge_reports, replies
from triage.store.schema import idempotency_keys, tickets
from triage.store.sla_tables import webhook_endpoints

__all__ = ["SEALED", "Extent", "SealedTable", "Sealer"]


class Extent(Enum):
    """How much is encrypted."""

    SECRETS = "secrets"
    """What opens other systems."""
    TEXTS = "texts"
    """What people wrote and who they are, too."""


@dataclass(frozen=True)
class SealedTable:
    """Columns of a table that are encrypted from an extent on."""

    table: Table
    columns: tuple[str, ...]
    extent: Extent

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The primary key, which a value is bound to; the workspace is bound by itself."""
        return tuple(column.name for column in self.table.primary_key)

    @cached_property
    def told(self) -> tuple[Column[Any], ...]:
        """What :meth:`Sealer.opened` needs of a row."""
        names = dict.fromkeys(("workspace", *self.keys, *self.columns))
        return tuple(self.table.c[name] for name in names)

    @cached_property
    def documents(self) -> frozenset[str]:
        """Those of the columns that hold JSON."""
        return frozenset(name for name in self.columns if isinstance(self.table.c[name].type, JSON))


SEALED = {
    one.table.name: one
    for one in (
        SealedTable(webhook_endpoints, ("url",), Extent.SECRETS),
        SealedTable(
            tickets,
            ("subject", "body", "resolution", "custom", "requester", "organization"),
            Extent.TEXTS,
        ),
        SealedTable(replies, ("body",), Extent.TEXTS),
        SealedTable(idempotency_keys, ("response",), Extent.TEXTS),
        SealedTable(knowledge_reports, ("document",), Extent.TEXTS),
    )
}
"""By name of the table."""


class Sealer:
    """Encrypts and opens what a store keeps.

    Parameters
    ----------
    keyring : Keyring
        The keys.
    extent : Extent, default=Extent.SECRETS
        How much is encrypted of what is written from now on; everything that is encrypted is opened.
    """

    def __init__(self, keyring: Keyring, extent: Extent = Extent.SECRETS) -> None:
        self.keyring = keyring
        self.extent = extent

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> "Sealer":
        """Return the sealer that ``$TRIAGE_ENCRYPT`` and the keys of the environment say.

        Raises
        ------
        ConfigurationError
            If there is another word than ``secrets`` or ``texts``, or a key cannot be used.
        """
        given = (os.environ if environ is None else environ).get("TRIAGE_ENCRYPT", Extent.SECRETS.value)
        try:
            extent = Extent(given)
        except ValueError:
            raise ConfigurationError(
                f"Got {given!r} in $TRIAGE_ENCRYPT; expected 'secrets' or 'texts'."
            ) from None
        return cls(Keyring(environ), extent)

    def seals(self, one: SealedTable) -> bool:
        """Tell whether a table's columns are encrypted when they are written."""
        return one.extent is Extent.SECRETS or self.extent is Extent.TEXTS

    def sealed(self, table: Table, row: Mapping[str, Any], also: Collection[str] = ()) -> dict[str, Any]:
        """Return a row as it is to be stored; it needs its primary key and workspace.

        What is empty stays so. A text that looks like an envelope is sealed whatever the extent: it would
        be taken for one.

        Parameters
        ----------
        table : Table
            One of ``SEALED``.
        row : Mapping
            In the clear; columns may be missing.
        also : collection of str, default=()
            Columns that are sealed whatever the extent.
        """
        one, ready = SEALED[table.name], dict(row)
        seals_all = self.seals(one)
        for name in one.columns:
            value = row.get(name)
            if value and (seals_all or name in also or looks_sealed(value)):
                text = json.dumps(value) if name in one.documents else value
                ready[name] = seal(self.keyring, text, _place(one, name, row))
        return ready

    def opened(self, table: Table, row: Mapping[Any, Any]) -> Mapping[Any, Any]:
        """Return a row as it was given to :meth:`sealed`; it needs its primary key and workspace.

        Raises
        ------
        SealError
            If a value cannot be opened.
        """
        one = SEALED[table.name]
        shut = [name for name in one.columns if name in row and looks_sealed(row[name])]
        if not shut:
            return row
        ready = dict(row)
        for name in shut:
            text = open_sealed(self.keyring, row[name], _place(one, name, row))
            ready[name] = json.loads(text) if name in one.documents else text
        return ready


def _place(one: SealedTable, column: str, row: Mapping[Any, Any]) -> Place:
    key = tuple(str(row[name]) for name in one.keys)
    return Place(row["workspace"], one.table.name, column, key)
