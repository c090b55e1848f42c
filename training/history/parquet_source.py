"""Rows of a Parquet file, batch by batch, only the columns that are needed."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from training.history.source import RawRow
from triage.errors import HistoryError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["ParquetSource"]

BUFFER_BYTES = 1 << 20


class ParquetSource:
    """A Parquet file; see :class:`training.history.source.Source`.

    Parameters
    ----------
    path : Path
        The file.

    Raises
    ------
    HistoryError
        If the file is broken or has no columns.
    """

    format = "parquet"
    encoding = None
    delimiter = None
    repaired = 0

    def __init__(self, path: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._path = path
        self.progress = 0.0
        try:
            with pq.ParquetFile(path) as file:
                self.header: list[str] = list(file.schema_arrow.names)
                self._rows = file.metadata.num_rows
        except (pa.ArrowException, OSError):
            raise HistoryError(
                f"Got {path.name}, a broken Parquet file (was its writing or copying cut short?); "
                "expected a whole one."
            ) from None
        if not self.header:
            raise HistoryError(f"Got {path.name}, a Parquet file without columns.")

    def rows(self, needed: Sequence[int], chunk_rows: int) -> Iterator[RawRow]:
        """Iterate over the rows from the beginning; values of columns not needed are None."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        names = [self.header[index] for index in needed]
        number = 0
        try:
            # Buffered, so that a file of one huge row group is not held whole.
            with pq.ParquetFile(self._path, pre_buffer=False, buffer_size=BUFFER_BYTES) as file:
                for batch in file.iter_batches(batch_size=chunk_rows, columns=names):
                    columns: list[list[Any]] = [[None] * batch.num_rows] * len(self.header)
                    for index, name in zip(needed, names, strict=True):
                        columns[index] = _values(batch.column(batch.schema.get_field_index(name)))
                    for values in zip(*columns, strict=True):
                        number += 1
                        yield RawRow(number, list(values))
                    self.progress = number / max(1, self._rows)
        except (pa.ArrowException, OSError) as error:
            raise HistoryError(
                f"Got {self._path.name}, a Parquet file that breaks off after row {number} "
                f"({type(error).__name__}); expected a whole one."
            ) from None


def _values(column: "pa.Array") -> list[Any]:
    import pyarrow as pa

    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)  # Python keeps no more.
    elif pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    try:
        values: list[Any] = column.to_pylist()
    except UnicodeDecodeError:
        pieces = column.cast(pa.large_binary()).to_pylist()
        values = [None if piece is None else piece.decode("utf-8", "replace") for piece in pieces]
    return values
