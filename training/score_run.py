"""A long scoring run that survives being killed: each chunk's decisions are kept as they come.

Beside ``--out`` stands a hidden folder with one Parquet file a finished chunk. A file appears under its name
in one step, whole and on disk, so the names are the ledger of what is done: a run that goes on after a kill
skips these chunks, and none is lost or comes twice. At the end they become one file and the folder goes.
Decides nothing.
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from training.score import ScoreJob, prediction_schema, replaced_at_the_end
from training.work_memory import PROGRAM
from triage.bundle import SIGNATURE
from triage.errors import ConfigurationError, ConflictError
from triage.program_hash import program_hash

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Counted", "ScoreRun", "run_identity"]

TOGETHER = 20
"""Chunks that become one row group of the result."""

SUFFIX = ".part"


@dataclass(frozen=True, slots=True)
class Counted:
    """Rows of a result and, by field, how often each action was decided."""

    tickets: int
    actions: Mapping[str, Mapping[str, int]]


class ScoreRun:
    """The finished chunks of one run; made by :meth:`begun`.

    Parameters
    ----------
    out : Path
        Where the result shall stand.
    folder : Path
        Of the finished chunks.

    Attributes
    ----------
    resumed : int
        Chunks that an earlier run had finished.
    """

    def __init__(self, out: Path, folder: Path) -> None:
        self._out = out
        self._folder = folder
        self._done = {int(path.stem) for path in folder.glob(f"*{SUFFIX}")}
        self.resumed = len(self._done)

    @classmethod
    @contextmanager
    def begun(cls, out: Path, identity: Mapping[str, Any]) -> Iterator["ScoreRun"]:
        """Begin a run, or go on with one of the same identity.

        When it is left early, finished chunks stay for the next time; without any, nothing does.

        Parameters
        ----------
        out : Path
            Where the result shall stand.
        identity : Mapping of str to object
            Everything that decisions depend on, as JSON types. Chunks of another identity are thrown away.

        Raises
        ------
        ConfigurationError
            If there cannot be a file.
        ConflictError
            If another process writes the same result at this moment.
        """
        folder = out.with_name(f".{out.name}.parts")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = os.open(folder, os.O_RDONLY)
        except OSError as error:
            raise ConfigurationError(
                f"Got --out {out}, which cannot be written ({error.strerror}). Name another --out."
            ) from None
        try:
            try:
                # The system lets go of it when this process ends, however it ends.
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise ConflictError(
                    f"Got --out {out}, which another process is writing at this moment; expected one that "
                    "nobody writes. Wait for it, or name another --out."
                ) from None
            _keep_own(folder, identity)
            run = cls(out, folder)
            try:
                yield run
            finally:
                if not run._done:
                    shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(lock)

    def has(self, number: int) -> bool:
        """Return whether a chunk is finished."""
        return number in self._done

    def put(self, number: int, part: bytes) -> None:
        """Keep a chunk's decisions, a Parquet file: on disk and whole, or not at all."""
        _write(self._folder / f"{number:08d}{SUFFIX}", part)
        self._done.add(number)

    def finish(self, count: int, fields: Sequence[str], *, unique: bool) -> Counted:
        """Put the first ``count`` chunks together as the result, in order, and clear up.

        Parameters
        ----------
        count : int
            Chunks of the table; all are finished.
        fields : sequence of str
            Whose columns it has.
        unique : bool
            Of several rows with one ticket id, keep only the last.
        """
        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        parts = [self._folder / f"{number:08d}{SUFFIX}" for number in range(count)]
        kept = _last_of_each(parts) if unique else None
        tickets, actions = 0, {name: Counter[str]() for name in fields}
        with replaced_at_the_end(self._out) as draft:
            with pq.ParquetWriter(draft, prediction_schema(fields)) as writer:
                at = 0
                for begin in range(0, count, TOGETHER):
                    table = _read(parts[begin : begin + TOGETHER])
                    if kept is not None:
                        rows = kept[at : at + table.num_rows]
                        at += table.num_rows
                        table = table.filter(rows)
                    writer.write_table(table)
                    tickets += table.num_rows
                    for name, counts in actions.items():
                        for one in pc.value_counts(table[f"{name}_action"].drop_null()).to_pylist():
                            counts[one["values"]] += one["counts"]
            _sync(draft)
        _sync(self._out.parent)
        self._done = set()  # The result holds them all: the folder may go.
        return Counted(tickets, {name: dict(counts) for name, counts in actions.items()})


def run_identity(
    job: ScoreJob, tickets: Path, *, mapping: Path | None, zone: str, chunk_rows: int
) -> dict[str, Any]:
    """Return everything that a run's decisions depend on: whose parts they may be joined with.

    Parameters
    ----------
    job : ScoreJob
        How chunks are decided.
    tickets : Path
        The table; read once for its hash.
    mapping, zone, chunk_rows
        How it is read.
    """
    return {
        "tickets": _file_hash(tickets),
        "mapping": None if mapping is None else _file_hash(mapping),
        "zone": zone,
        "chunk_rows": chunk_rows,
        "bundle": _file_hash(job.bundle / SIGNATURE),
        "policy": job.policy.to_document(),
        "tier": job.tier,
        "program": program_hash(*PROGRAM),
    }


def _file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()


def _keep_own(folder: Path, identity: Mapping[str, Any]) -> None:
    """Throw away what a run of another identity left, and whatever is not a whole part."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    wanted = json.dumps(identity, sort_keys=True).encode()
    named = folder / "run.json"
    is_own = named.is_file() and named.read_bytes() == wanted
    for path in folder.iterdir():
        if path == named:
            continue
        if is_own and path.suffix == SUFFIX:
            with suppress(pa.ArrowException, OSError):
                pq.read_metadata(path)
                continue
        path.unlink()
    if not is_own:
        _write(named, wanted)


def _write(path: Path, content: bytes) -> None:
    draft = path.with_name(f"{path.name}.draft")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read(parts: Sequence[Path], columns: Sequence[str] | None = None) -> "pa.Table":
    import pyarrow as pa
    import pyarrow.parquet as pq

    return pa.concat_tables([pq.read_table(path, columns=columns) for path in parts])


def _last_of_each(parts: Sequence[Path]) -> np.ndarray:
    """Return which rows are the last with their ticket id; holds the ids once and some bytes a row."""
    ids = _read(parts, ["ticket_id"])["ticket_id"].combine_chunks().dictionary_encode()
    codes = ids.indices.to_numpy()
    last = np.zeros(len(ids.dictionary), np.int64)
    last[codes] = np.arange(len(codes))  # Of equal places the last assignment stays.
    kept = np.zeros(len(codes), bool)
    kept[last] = True
    return kept
