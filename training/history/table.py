"""A table read in chunks: file, mapping, conversion, rejects and summary put together.

Memory is bounded by the chunk, not by the file (eight bytes a row remember identities).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from training.history.columns import ALWAYS, Kind
from training.history.dialects import find_dialect
from training.history.mapping import Mapping, built_in_mapping, load_mapping
from training.history.moments import DateOrder, Evidence, date_format, which_first
from training.history.plan import make_plan
from training.history.records import Record, identity_of, make_record
from training.history.rejects import Rejects, raw_row
from training.history.rows import RowConverter
from training.history.seen import Seen
from training.history.source import open_source
from training.history.summary import RowSummary
from triage.errors import ConfigurationError, HistoryError

__all__ = ["CHUNK_ROWS", "Table", "read_table"]

CHUNK_ROWS = 20_000
"""Rows held at a time: about 40 MB of ordinary tickets."""


class Table:
    """A table of any kind; iterating gives lists of records, again and again from the beginning.

    Records come in the file's order; of two with one identity the later replaces the earlier, and both come.

    Parameters
    ----------
    path, kind, mapping, zone, rejects, chunk_rows, without_spam
        See :func:`read_table`.
    wanted : sequence of str or None, default=None
        Our columns to read, nothing else being required; only for :meth:`typed_rows`.

    Attributes
    ----------
    summary : RowSummary
        Of the running or last iteration.
    lines : list of int
        Where in the file each row of the chunk that was given last stands.
    """

    def __init__(
        self,
        path: Path | str,
        kind: Kind = "history",
        *,
        mapping: Mapping | Path | None = None,
        zone: str = "UTC",
        rejects: Path | None = None,
        chunk_rows: int = CHUNK_ROWS,
        wanted: list[str] | None = None,
        without_spam: bool = False,
    ) -> None:
        if chunk_rows < 1:
            raise HistoryError(f"Got chunk_rows={chunk_rows}; expected 1 or more.")
        self.path = Path(path)
        self.kind: Kind = kind
        self.mapping = (
            mapping if isinstance(mapping, Mapping) else load_mapping(mapping) if mapping else Mapping()
        )
        self.chunk_rows = chunk_rows
        self._source = open_source(self.path, self.mapping)
        dialect = find_dialect(self._source.header) if kind == "history" else None
        try:
            self._plan = make_plan(kind, self._source.header, self.mapping, wanted)
        except HistoryError:
            if dialect is None or dialect == self.mapping.name:
                raise
            if self.mapping.name is not None:
                raise HistoryError(
                    f"Got {self.path.name} as an export of {self.mapping.name}, but its header is that of "
                    f"{dialect}; import it as that, or name its columns in a mapping file."
                ) from None
            if mapping is not None:
                raise
            self.mapping = built_in_mapping(dialect)
            self._plan = make_plan(kind, self._source.header, self.mapping, wanted)
        self.zone = self.mapping.zone or zone
        self._zone = _zone(self.zone)
        self._orders, self._pattern = date_format(self.mapping.date_format)
        self._rejects = None if rejects is None else Path(rejects)
        if self._rejects is not None and self._rejects.resolve() == self.path.resolve():
            raise HistoryError(f"Got {rejects} both as the table and as the rejects file; name another.")
        undated = kind == "history" and "created_at" in self.mapping.without
        filed = ("created_at",) if kind == "history" and not undated else ()
        required = (*ALWAYS[kind], *filed)
        self._required = frozenset(required if wanted is None else set(required) & set(wanted))
        self._without_spam = without_spam
        self.lines: list[int] = []
        self.summary = self._new_summary()

    def __iter__(self) -> Iterator[list[Record]]:
        """Iterate over the chunks as lists of records, never an empty list."""
        seen = Seen()
        for chunk in self._chunks(as_records=True):
            records = cast(list[Record], chunk)
            self.summary.replaced += seen.count_repeats([identity_of(record) for record in records])
            if records:
                yield records

    def typed_rows(self) -> Iterator[list[dict[str, Any]]]:
        """Iterate over the chunks as dicts of typed values by our column name."""
        for chunk in self._chunks(as_records=False):
            if chunk:
                yield cast(list[dict[str, Any]], chunk)

    @property
    def progress(self) -> float:
        """Share of the file that the running iteration has read, 0 to 1."""
        return self._source.progress

    def _chunks(self, *, as_records: bool) -> Iterator[list[Any]]:
        """Give one list for every ``chunk_rows`` rows of the file, however many of them are usable."""
        summary = self.summary = self._new_summary()
        source, rejects = self._source, Rejects(self._rejects)
        converter = RowConverter(
            self._plan,
            summary,
            zone=self._zone,
            pattern=self._pattern,
            required=self._required,
            decide_order=self._decide_order,
        )
        chunk: list[Any] = []
        lines: list[int] = []
        rows = source.rows(self._plan.needed, self.chunk_rows)
        try:
            for raw in rows:
                summary.read += 1
                try:
                    if raw.problem:
                        raise HistoryError(raw.problem)
                    row = converter.convert(summary.read, raw.values)
                    if row is None or self._is_spam(row):
                        summary.filtered += 1
                    else:
                        chunk.append(make_record(self.kind, row, summary) if as_records else row)
                        lines.append(raw.line)
                        summary.accepted += 1
                except _Fatal as fatal:
                    raise HistoryError(str(fatal)) from None
                except HistoryError as refusal:
                    reason = str(refusal)
                    summary.refuse(raw.line, reason)
                    rejects.write(raw.line, reason, raw_row(source.header, raw.values))
                if summary.read % self.chunk_rows == 0:
                    summary.counts["repaired"] = source.repaired
                    self.lines = lines
                    yield chunk
                    chunk, lines = [], []
            summary.counts["repaired"] = source.repaired
            self._check_not_empty()
            self.lines = lines
            if chunk:
                yield chunk
        finally:
            rejects.close()

    def _is_spam(self, row: dict[str, Any]) -> bool:
        if is_spam := self._without_spam and row.get("is_spam") is True:
            self.summary.see_spam(row["ticket_id"])
        return is_spam

    def _check_not_empty(self) -> None:
        summary = self.summary
        if summary.accepted:
            return
        name = self.path.name
        if not summary.read:
            raise HistoryError(f"Got {name}, which has a header but no rows; expected at least one.")
        if summary.counts["spam"]:
            raise HistoryError(
                f"Got {name}, of whose {summary.read:,} rows {summary.counts['spam']:,} are marked as spam "
                'and no other can be used; to keep them say ignore = ["is_spam"] in a mapping file.'
            )
        if summary.filtered == summary.read:
            raise HistoryError(f"Got {name}, of whose {summary.read:,} rows the mapping's filter keeps none.")
        reasons = "; ".join(f"{reason} ({count:,})" for reason, count in summary.reasons.most_common(3))
        raise HistoryError(
            f"Got {name}, of whose {summary.read:,} rows none can be used: {reasons}. "
            "A mapping file may be needed, or another encoding or delimiter in it."
        )

    def _decide_order(self, column: str) -> DateOrder:
        """Decide over the whole column (else over the file's other columns) what comes first."""
        if not self._orders:
            self._orders = self._weigh_dates(column)
        order = self._orders.get(column) or self._orders.get("*")
        if order is None:
            raise _Fatal(which_first(column, "may be day-first or month-first"))
        self.summary.date_formats[column] = order.value
        return order

    def _weigh_dates(self, asking: str) -> dict[str, DateOrder]:
        columns = {c.name: c.positions for c in self._plan.columns if c.column.type == "moment"}
        found = {name: Evidence() for name in columns}
        source = open_source(self.path, self.mapping)
        needed = sorted({position for positions in columns.values() for position in positions})
        for raw in source.rows(needed, self.chunk_rows):
            if raw.problem:
                continue
            for name, positions in columns.items():
                for position in positions:
                    found[name].add(raw.values[position])
        if found[asking].is_contradictory:
            raise _Fatal(which_first(asking, "are day-first in some rows and month-first in others"))
        orders = {name: evidence.order for name, evidence in found.items()}
        decided = {name: order for name, order in orders.items() if order is not None}
        sure = {orders[name] for name, e in found.items() if e.day_first or e.month_first}
        if asking not in decided and len(sure) == 1 and (only := sure.pop()) is not None:
            decided["*"] = only
        return decided

    def _new_summary(self) -> RowSummary:
        source = self._source
        return RowSummary(
            kind=self.kind,
            format=source.format,
            zone=self.zone,
            encoding=source.encoding,
            delimiter=source.delimiter,
            mapping=self.mapping.name,
            columns=tuple(column.name for column in self._plan.columns),
            unread=self._plan.unread,
            export_caps=self.mapping.export_caps,
            is_textless="text" in self.mapping.without
            and not {"subject", "body"}.intersection(column.name for column in self._plan.columns),
        )


def read_table(
    path: Path | str,
    kind: Kind = "history",
    *,
    mapping: Mapping | Path | None = None,
    zone: str = "UTC",
    rejects: Path | None = None,
    chunk_rows: int = CHUNK_ROWS,
    without_spam: bool = False,
) -> Table:
    """Open a table of a CSV, JSON-lines or Parquet file for reading in chunks.

    Parameters
    ----------
    path : Path or str
        The file.
    kind : str, default="history"
        ``history``, ``articles``, ``links``, ``agents`` or ``volumes``.
    mapping : Mapping, Path or None, default=None
        How other columns and values become ours; without one, a helpdesk's own export is recognised.
    zone : str, default="UTC"
        IANA name of the zone of times that carry none; a mapping's own zone goes before it.
    rejects : Path or None, default=None
        Where refused rows go (CSV, or JSON lines for ``.jsonl``).
    chunk_rows : int, default=20_000
        Rows of the file in one chunk.
    without_spam : bool, default=False
        Whether rows that a history's ``is_spam`` marks are left out, counted and named.

    Raises
    ------
    HistoryError
        If the file cannot be read as such a table at all.
    ConfigurationError
        If the mapping or the zone is wrong.
    """
    return Table(
        path,
        kind,
        mapping=mapping,
        zone=zone,
        rejects=rejects,
        chunk_rows=chunk_rows,
        without_spam=without_spam,
    )


class _Fatal(HistoryError):
    """Raised when a row shows that the whole file cannot be read."""


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ConfigurationError(
            f"Got the zone {name!r}; expected an IANA name such as UTC or Europe/Berlin."
        ) from None
