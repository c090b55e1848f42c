"""Decides tables of tickets chunk by chunk, and gives the decisions the columns that others build on.

The decisions are those of :mod:`triage.engine`, as over HTTP; nothing is stored but the result. Which
processes decide which chunk is :mod:`training.score_engines`; what a kill leaves behind is
:mod:`training.score_run`.
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from training.result_place import expect_place
from triage.bundle import FULL, SIGNATURE, Bundle
from triage.decision import Decision
from triage.engine import triage_tickets
from triage.policy import Policy
from triage.ticket import Ticket

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "ScoreJob",
    "prediction_schema",
    "prediction_table",
    "replaced_at_the_end",
    "score_chunks",
]


@dataclass(frozen=True, slots=True)
class ScoreJob:
    """How chunks are to be decided; a process is sent it with each of them.

    Parameters
    ----------
    bundle : Path
        A bundle's folder.
    key : bytes
        The signing key.
    policy : Policy
        By which to decide.
    threads : int, default=1
        Encoder threads of a process.
    tier : str, default="full"
        One of :data:`triage.bundle.TIERS`.
    """

    bundle: Path
    key: bytes
    policy: Policy
    threads: int = 1
    tier: str = FULL

    def decide(self, chunk: Sequence[Ticket]) -> list[Decision]:
        """Decide one chunk, without keeping what the model said of each ticket."""
        signature = self.bundle / SIGNATURE
        sealed = signature.read_bytes() if signature.is_file() else b""
        loaded = _load(self.bundle, self.key, self.threads, sealed)
        decisions = triage_tickets(chunk, loaded.tier(self.tier), loaded.version, self.policy)
        return [
            Decision(one.decision_id, one.ticket_id, one.model_version, one.created_at, one.fields)
            for one in decisions
        ]


def score_chunks(chunks: Iterable[Sequence[Ticket]], job: ScoreJob) -> Iterator[list[Decision]]:
    """Decide chunks of tickets in this process, in order; one list a chunk."""
    for chunk in chunks:
        yield job.decide(chunk)


@lru_cache(maxsize=1)
def _load(bundle: Path, key: bytes, threads: int, _signature: bytes) -> Bundle:
    """Load a bundle once a process, anew when another one was sealed in its place."""
    return Bundle.load(bundle, key, threads=threads)


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
    expect_place("--out", path)
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    draft.touch()
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
