"""Where a running replay keeps what is done, so that it goes on there after a kill.

A folder beside the result: ``replay.json`` says what is replayed, ``parts/`` holds decisions and suggestions
of some tickets each, ``models/`` the model that decides now. Files come into being in one step.
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from features.model import FEATURE_VERSION
from training.knowledge.publish import SuggestionRow, suggestion_table
from training.score import prediction_schema, prediction_table
from triage.decision import Decision
from triage.errors import ConfigurationError, ConflictError
from triage.ticket import FIELDS

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["ReplayFolder", "about_files"]

LABEL = "replay.json"


def about_files(*paths: Path | None) -> dict[str, Any]:
    """Return what decisions depend on besides settings: the files' contents, the encoder, the features."""
    files = [None if path is None else hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]
    return {"files": files, "features": FEATURE_VERSION, "encoder": os.environ.get("TRIAGE_ENCODER")}


class ReplayFolder:
    """The folder of one replay.

    Parameters
    ----------
    path : Path
        The folder, made when it is not there. One that holds parts of another replay is emptied.
    about : Mapping
        Everything that the decisions depend on, as JSON types: equal ones, equal decisions.
    """

    def __init__(self, path: Path, about: Mapping[str, Any]) -> None:
        self.path = path
        self._about = json.dumps(about, sort_keys=True)

    @contextmanager
    def opened(self) -> Iterator["ReplayFolder"]:
        """Keep others out; remove the folder when all went well, leave it to go on from otherwise.

        Raises
        ------
        ConfigurationError
            If there cannot be a folder.
        ConflictError
            If another process replays into the same place.
        """
        try:
            self._parts.mkdir(parents=True, exist_ok=True)
            lock = (self.path / "lock").open("ab")
        except OSError as error:
            raise ConfigurationError(
                f"Got --out beside {self.path}, which cannot be written ({error.strerror}). "
                "Name another --out."
            ) from None
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # released by a kill
            except BlockingIOError:
                raise ConflictError(
                    f"Got an --out that another replay is writing ({self.path}). Wait, or name another."
                ) from None
            self._begin()
            try:
                yield self
            except BaseException:
                if not self.models.exists() and not any(self._parts.iterdir()):
                    shutil.rmtree(self.path)  # Nothing to go on from.
                raise
            shutil.rmtree(self.path)

    @property
    def models(self) -> Path:
        """Where models are kept."""
        return self.path / "models"

    @property
    def _parts(self) -> Path:
        return self.path / "parts"

    def has(self, part: str) -> bool:
        """Tell whether a part is done."""
        return self._file(part, "decisions").is_file()

    def write(
        self, part: str, decisions: Sequence[Decision], suggestions: Sequence[SuggestionRow] | None
    ) -> None:
        """Keep a part; names of parts sort as their tickets do."""
        decided = {name for one in decisions for name in one.fields}
        fields = [name for name in FIELDS if name in decided]
        if suggestions is not None:
            self._put(self._file(part, "suggestions"), suggestion_table(suggestions))
        # Last, since this one says that the part is done.
        self._put(self._file(part, "decisions"), prediction_table(decisions, fields))

    def gather(self, out: Path) -> tuple[str, ...]:
        """Write all decisions as ``PREDICTIONS.parquet``; return the fields that any model decided.

        A field is empty where the model of that time had not learnt it.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        files = sorted(self._parts.glob("*.decisions.parquet"))
        columns = {name for file in files for name in pq.read_schema(file).names}
        fields = tuple(name for name in FIELDS if name in columns)
        schema = prediction_schema(fields)
        with pq.ParquetWriter(out, schema) as writer:
            for file in files:
                part = pq.read_table(file)
                writer.write_table(
                    pa.table(
                        {
                            one.name: part[one.name]
                            if one.name in part.column_names
                            else pa.nulls(len(part), one.type)
                            for one in schema
                        },
                        schema=schema,
                    )
                )
        return fields

    def gather_suggestions(self, out: Path) -> None:
        """Write all suggestions as ``SUGGESTIONS.parquet``."""
        import pyarrow.parquet as pq

        with pq.ParquetWriter(out, suggestion_table([]).schema) as writer:
            for file in sorted(self._parts.glob("*.suggestions.parquet")):
                writer.write_table(pq.read_table(file))

    def _begin(self) -> None:
        label = self.path / LABEL
        if not label.is_file() or label.read_text("utf-8", "replace") != self._about:
            label.unlink(missing_ok=True)
            shutil.rmtree(self._parts)
            shutil.rmtree(self.models, ignore_errors=True)
            self._parts.mkdir()
            draft = label.with_suffix(".draft")
            draft.write_text(self._about, encoding="utf-8")
            draft.replace(label)

    def _file(self, part: str, kind: str) -> Path:
        return self._parts / f"{part}.{kind}.parquet"

    def _put(self, path: Path, table: "pa.Table") -> None:
        import pyarrow.parquet as pq

        draft = path.with_suffix(".draft")
        pq.write_table(table, draft)
        os.replace(draft, path)
