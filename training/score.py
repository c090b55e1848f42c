"""Decides whole tables of tickets: chunk by chunk, on this machine or on a Dask cluster, by the same code.

The decisions are those of :mod:`triage.engine`, as over HTTP; nothing is stored but the result.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from triage.bundle import SIGNATURE, Bundle
from triage.decision import Decision
from triage.engine import triage_tickets
from triage.errors import ConfigurationError
from triage.policy import Policy
from triage.ticket import Ticket

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "ENGINES",
    "count_actions",
    "keep_last",
    "prediction_schema",
    "prediction_table",
    "replaced_at_the_end",
    "score_chunks",
]

ENGINES = ("local", "dask")
WINDOW = 16
"""Chunks that wait on the cluster at once: bounds memory."""


def score_chunks(
    chunks: Iterable[Sequence[Ticket]],
    bundle: Path,
    key: bytes,
    *,
    policy: Policy,
    threads: int,
    engine: str = "local",
    scheduler: str | None = None,
) -> Iterator[list[Decision]]:
    """Decide chunks of tickets, in order.

    Parameters
    ----------
    chunks : iterable of sequences of Ticket
        Any number; a few are held at a time.
    bundle : Path
        A bundle's folder; with ``dask`` every worker must see it under the same path.
    key : bytes
        The signing key.
    policy : Policy
        By which to decide.
    threads : int
        Encoder threads of a process.
    engine : str, default="local"
        ``local``: this process; ``dask``: a cluster.
    scheduler : str, optional
        Address of the cluster's scheduler; by default a cluster is started on this machine.

    Yields
    ------
    list of Decision
        One list a chunk.
    """
    if engine == "local":
        for chunk in chunks:
            yield _decide(chunk, bundle, key, policy, threads)
        return
    with _client(scheduler) as client:
        source = iter(chunks)
        while window := list(islice(source, WINDOW)):
            futures = [client.submit(_decide, chunk, bundle, key, policy, 1, pure=False) for chunk in window]
            for future in futures:
                yield future.result()


def _client(scheduler: str | None) -> Any:
    """Connect to a cluster, or start one on this machine without a dashboard."""
    try:
        distributed: Any = import_module("distributed")
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"Got --engine dask without the package {error.name!r}; expected the extra `dask`. "
            "Install it: pip install 'triage[dask]'."
        ) from None
    if scheduler is not None:
        return distributed.Client(scheduler)
    return distributed.Client(distributed.LocalCluster(threads_per_worker=1, dashboard_address=None))


@lru_cache(maxsize=1)
def _load(bundle: Path, key: bytes, threads: int, _signature: bytes) -> Bundle:
    """Load a bundle once a process, anew when another one was sealed in its place."""
    return Bundle.load(bundle, key, threads=threads)


def _decide(
    chunk: Sequence[Ticket], bundle: Path, key: bytes, policy: Policy, threads: int
) -> list[Decision]:
    signature = bundle / SIGNATURE
    loaded = _load(bundle, key, threads, signature.read_bytes() if signature.is_file() else b"")
    decisions = triage_tickets(chunk, loaded.model, loaded.version, policy)
    return [
        Decision(one.decision_id, one.ticket_id, one.model_version, one.created_at, one.fields)
        for one in decisions
    ]


def prediction_schema(fields: Sequence[str]) -> "pa.Schema":
    """Return the columns of ``PREDICTIONS.parquet`` (design contract)."""
    import pyarrow as pa

    columns = [("ticket_id", pa.string()), ("model_version", pa.string())]
    for name in fields:
        columns += [
            (name, pa.string()),
            (f"{name}_confidence", pa.float64()),
            (f"{name}_threshold", pa.float64()),
            (f"{name}_action", pa.string()),
            (f"{name}_reason", pa.string()),
            (f"{name}_top", pa.list_(pa.string())),
            (f"{name}_top_confidence", pa.list_(pa.float64())),
        ]
    return pa.schema(columns)


def prediction_table(decisions: Sequence[Decision], fields: Sequence[str]) -> "pa.Table":
    """Return decisions as rows of ``PREDICTIONS.parquet``."""
    import pyarrow as pa

    columns: dict[str, list[Any]] = {
        "ticket_id": [one.ticket_id for one in decisions],
        "model_version": [one.model_version for one in decisions],
    }
    for name in fields:
        of_field = [one.fields.get(name) for one in decisions]
        columns |= {
            name: [one and one.value for one in of_field],
            f"{name}_confidence": [one and one.confidence for one in of_field],
            f"{name}_threshold": [one and one.threshold for one in of_field],
            f"{name}_action": [one and one.action.value for one in of_field],
            f"{name}_reason": [one and one.reason for one in of_field],
            f"{name}_top": [one and [label for label, _ in one.top] for one in of_field],
            f"{name}_top_confidence": [one and [value for _, value in one.top] for one in of_field],
        }
    return pa.table(columns, schema=prediction_schema(fields))


@contextmanager
def replaced_at_the_end(path: Path) -> Iterator[Path]:
    """Give a draft beside a file that takes its place when all went well, and is removed otherwise.

    Raises
    ------
    ConfigurationError
        If there cannot be a file.
    """
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.touch()
    except OSError as error:
        raise ConfigurationError(
            f"Got --out {path}, which cannot be written ({error.strerror}). Name another --out."
        ) from None
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def count_actions(path: Path, fields: Sequence[str]) -> tuple[int, dict[str, dict[str, int]]]:
    """Return the rows of a predictions file and, by field, how often each action was decided."""
    import pyarrow.parquet as pq

    table = pq.read_table(path, columns=["ticket_id", *(f"{name}_action" for name in fields)])
    counted = {name: Counter(table[f"{name}_action"].drop_null().to_pylist()) for name in fields}
    return table.num_rows, {name: dict(counts) for name, counts in counted.items()}


def keep_last(path: Path) -> None:
    """Rewrite a predictions file so that of several rows with one id only the last stays."""
    import pyarrow.parquet as pq

    ids = pq.read_table(path, columns=["ticket_id"])["ticket_id"].to_pylist()
    last = {ticket_id: row for row, ticket_id in enumerate(ids)}
    draft = path.with_name(f"{path.name}.unique")
    at = 0
    with pq.ParquetFile(path) as source, pq.ParquetWriter(draft, source.schema_arrow) as writer:
        for batch in source.iter_batches():
            kept = [last[one] == row for row, one in enumerate(batch["ticket_id"].to_pylist(), start=at)]
            at += len(kept)
            writer.write_batch(batch.filter(kept))
    draft.replace(path)
