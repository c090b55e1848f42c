"""Keeps embeddings on disk by content hash, so that retraining encodes only new texts.

Two files that only grow: ``vectors.f32`` (one vector after the other) and ``keys.bin`` (for each, the hash
of its text and a checksum). Vectors reach the disk before the keys that name them, so a crash at any point
leaves at worst nameless vectors, which the next writer cuts off. Writers take turns by a file lock (POSIX);
readers need none.

Embeddings are personal data: :mod:`features.forgotten_texts` erases those of single texts.
"""

import fcntl
import hashlib
import os
import shutil
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from features.encoder import Encoder, Progress
from triage.errors import InputError, UnavailableError

__all__ = ["CachedEncoder", "text_key"]

_HASH_BYTES = 16
KEY = np.dtype([("hash", f"V{_HASH_BYTES}"), ("checksum", "<u4")])
# Texts encoded before they are written: what a killed run loses at most.
_WRITE_EVERY = 1024


class CachedEncoder:
    """An encoder that remembers on disk what it has encoded.

    Parameters
    ----------
    encoder : Encoder
        Encodes the texts that are new.
    folder : Path
        Where to keep the vectors; made when first written. Encoders share it, each in a subfolder of its own.

    Attributes
    ----------
    dimension : int
    fingerprint : str
        Those of the encoder.
    """

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self.dimension = encoder.dimension
        self.fingerprint = encoder.fingerprint
        self._encoder = encoder
        self._folder = folder / f"{encoder.fingerprint[:32]}-{encoder.dimension}"
        self._rows: dict[bytes, int] = {}
        self._checksums = np.empty(0, dtype=np.uint32)

    def encode(
        self, texts: Sequence[str], *, batch_size: int = 32, progress: Progress | None = None
    ) -> np.ndarray:
        """Return the (n, dimension) float32 unit vectors of the texts, in order; see :class:`Encoder`.

        Parameters
        ----------
        texts : sequence of str
            Each distinct text is encoded once, in this call and in all later ones.
        batch_size : int, default 32
            Passed on to the encoder.
        progress : callable, optional
            Called with the number of texts done so far; texts found in the cache come first.

        Raises
        ------
        InputError
            If ``texts`` is one string, or as the encoder says.
        UnavailableError
            If the folder cannot be written, such as a full disk.
        """
        if isinstance(texts, str):
            raise InputError("Got one string; expected a sequence of texts. Put it into a list.")
        hashes = [_hash(text) for text in texts]
        self._read_new_keys()
        vectors, found = self._look_up(hashes)
        done = int(found.sum())
        hear: Progress = progress if progress is not None else lambda done: None
        if done:
            hear(done)
        waiting: dict[bytes, list[int]] = {}
        for place in np.flatnonzero(~found):
            waiting.setdefault(hashes[place], []).append(int(place))
        news = list(waiting.items())
        for start in range(0, len(news), _WRITE_EVERY):
            part = news[start : start + _WRITE_EVERY]
            before = done
            fresh = self._encoder.encode(
                [texts[places[0]] for _, places in part],
                batch_size=batch_size,
                progress=lambda encoded, before=before: hear(before + encoded),  # type: ignore[misc]
            )
            for vector, (_, places) in zip(fresh, part, strict=True):
                vectors[places] = vector
                done += len(places)
            self._append([key for key, _ in part], fresh)
        if news:
            hear(done)
        return vectors

    def forget(self) -> None:
        """Delete what is kept of this encoder, such as one that was tried and thrown away."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._rows, self._checksums = {}, np.empty(0, dtype=np.uint32)

    def _read_new_keys(self) -> None:
        path = self._folder / "keys.bin"
        if _size(path) < len(self._checksums) * KEY.itemsize:  # deleted, perhaps begun anew
            self._rows, self._checksums = {}, np.empty(0, dtype=np.uint32)
        try:
            new = np.fromfile(path, dtype=KEY, offset=len(self._checksums) * KEY.itemsize)
        except (FileNotFoundError, NotADirectoryError):
            return
        for row, key in enumerate(new["hash"], start=len(self._checksums)):
            self._rows[key.tobytes()] = row  # a later row replaces a damaged earlier one
        self._checksums = np.concatenate([self._checksums, new["checksum"]])

    def _look_up(self, hashes: list[bytes]) -> tuple[np.ndarray, np.ndarray]:
        vectors = np.zeros((len(hashes), self.dimension), dtype=np.float32)
        found = np.zeros(len(hashes), dtype=bool)
        path = self._folder / "vectors.f32"
        count = _size(path) // (self.dimension * vectors.itemsize)
        rows = np.array([self._rows.get(key, count) for key in hashes], dtype=np.int64)
        wanted = np.flatnonzero(rows < count)
        if len(wanted):
            kept = np.memmap(path, dtype="<f4", mode="r", shape=(count, self.dimension))
            vectors[wanted] = kept[rows[wanted]]
            for place in wanted:
                found[place] = zlib.crc32(vectors[place]) == self._checksums[rows[place]]
        return vectors, found

    def _append(self, hashes: list[bytes], vectors: np.ndarray) -> None:
        rows = np.ascontiguousarray(vectors, dtype="<f4")
        sums = [zlib.crc32(row.tobytes()) for row in rows]
        keys = np.array(list(zip(hashes, sums, strict=True)), dtype=KEY)
        row_bytes = self.dimension * rows.itemsize
        try:
            with self._lock():
                keys_file, vectors_file = self._folder / "keys.bin", self._folder / "vectors.f32"
                whole = min(_size(keys_file) // KEY.itemsize, _size(vectors_file) // row_bytes)
                _extend(vectors_file, whole * row_bytes, rows.tobytes())
                _extend(keys_file, whole * KEY.itemsize, keys.tobytes())
        except OSError as error:
            raise UnavailableError(
                f"Cannot write embeddings to {self._folder} ({error.strerror}); "
                f"expected a writable folder with {len(rows) * row_bytes:,} bytes free. "
                "Make room or choose another folder, then run again."
            ) from error

    @contextmanager
    def _lock(self) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self._folder / "lock").open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # released when the file closes, also by a kill
            yield


def text_key(text: str) -> str:
    """Return the hash by which a text is known here, 32 hex digits."""
    return _hash(text).hex()


def _hash(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_HASH_BYTES).digest()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except (FileNotFoundError, NotADirectoryError):
        return 0


def _extend(path: Path, start: int, content: bytes) -> None:
    """Write the content at ``start``, cutting off whatever a crash left there, and see it onto the disk."""
    with open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        file.truncate(start)
        file.seek(start)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
