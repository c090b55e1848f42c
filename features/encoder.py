"""Turns texts into sentence embeddings with a compiled encoder, on CPU, without torch.

Each text runs alone and unpadded: its vector depends on nothing but the text, so one ticket over HTTP gets
the vector of its row in a bulk run. Measured, this costs nothing on CPU (ADR 0008). It does not clean text,
cache (:mod:`features.embedding_cache`) or compile encoders (:mod:`training.encoder`).
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from tokenizers import Tokenizer

from features.encoder_folder import EncoderFiles, find_encoder, read_encoder
from features.onnx_runtime import load_onnxruntime
from triage.errors import BundleError, ConfigurationError, InputError

__all__ = ["Encoder", "SentenceEncoder"]

Progress = Callable[[int], None]


class Encoder(Protocol):
    """What turns texts into unit vectors; :class:`SentenceEncoder` and the cache around it are such."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    @property
    def fingerprint(self) -> str:
        """Hex; equal fingerprints give equal vectors."""
        ...

    def encode(
        self, texts: Sequence[str], *, batch_size: int = 32, progress: Progress | None = None
    ) -> np.ndarray:
        """Return the (n, dimension) float32 unit vectors of the texts, in order."""
        ...


class SentenceEncoder:
    """A compiled sentence encoder, verified and loaded; made by :meth:`open` or :meth:`load`.

    Parameters
    ----------
    files : EncoderFiles
        The verified files of an encoder folder.
    threads : int, default 1
        Texts encoded at the same time.

    Attributes
    ----------
    dimension : int
        Length of a vector; 384 for the shipped encoder.
    max_tokens : int
        Tokens read of a text, the two marks at its ends included; 256 for the shipped encoder.
    fingerprint : str
        Hex; changes when model, tokenizer or recipe changes.
    folder : Path
        Where it was read.
    tuned : dict
        What it was tuned on and how; empty for an encoder that is not tuned.
    """

    def __init__(self, files: EncoderFiles, *, threads: int = 1) -> None:
        if threads < 1:
            raise ConfigurationError(f"Got threads={threads}; expected 1 or more. Give the cores to use.")
        self.folder = files.folder
        self.fingerprint = files.fingerprint
        self.tuned: dict[str, Any] = dict(files.recipe.get("tuned", {}))
        self.dimension = int(files.recipe["dimension"])
        self.max_tokens = int(files.recipe["max_tokens"])
        self._max_chars = int(files.recipe["max_chars"])
        self._threads = threads
        self._tokenizer = Tokenizer.from_str(files.tokenizer)
        onnxruntime = load_onnxruntime()
        options = onnxruntime.SessionOptions()
        # One thread a run; texts run side by side instead, which scales better.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # Left out: onnxruntime 1.32's fused add + layer norm, on CPU several times slower than the two apart.
        self._session = onnxruntime.InferenceSession(
            files.model,
            options,
            providers=["CPUExecutionProvider"],
            disabled_optimizers=["SkipLayerNormFusion"],
        )
        self._input = self._session.get_inputs()[0].name

    @property
    def tokenizer(self) -> Tokenizer:
        """The encoder's own tokenizer; copy it before changing its settings."""
        return self._tokenizer

    @classmethod
    def open(cls, folder: Path | None = None, *, threads: int = 1) -> "SentenceEncoder":
        """Verify and load an encoder.

        Parameters
        ----------
        folder : Path, optional
            An encoder folder; default: ``$TRIAGE_ENCODER``, else the shipped encoder.
        threads : int, default 1
            Texts encoded at the same time.

        Raises
        ------
        BundleError
            If a file of the folder is missing, unlisted or not the one that its manifest names, or
            if it cannot be run.
        ConfigurationError
            If ``threads`` is below 1 or ``$TRIAGE_ENCODER`` names no folder.
        """
        return cls.load(read_encoder(folder if folder is not None else find_encoder()), threads=threads)

    @classmethod
    def load(cls, files: EncoderFiles, *, threads: int = 1) -> "SentenceEncoder":
        """Load an encoder whose files were verified already; raises as :meth:`open`."""
        try:
            return cls(files, threads=threads)
        except (ConfigurationError, MemoryError):
            raise
        # The two libraries raise bare Exception and a family of their own; either way the folder is unusable.
        except Exception as error:
            version = load_onnxruntime().__version__
            raise BundleError(
                f"Cannot load the encoder in {files.folder} ({type(error).__name__}); expected one that "
                f"onnxruntime {version} can run. Build it again with `triage encoder build`."
            ) from error

    def encode(
        self, texts: Sequence[str], *, batch_size: int = 32, progress: Progress | None = None
    ) -> np.ndarray:
        """Return one unit vector a text, in the order given.

        Parameters
        ----------
        texts : sequence of str
            Only the first ``max_chars`` characters (4096 for the shipped encoder) and ``max_tokens`` tokens
            of each count. An empty text has a vector like any other; lone surrogates count as question marks.
        batch_size : int, default 32
            Texts a thread takes at a time, and how often ``progress`` hears; no influence on the vectors.
        progress : callable, optional
            Called in the calling thread with the number of texts done so far.

        Returns
        -------
        ndarray of shape (n, dimension), float32
            Each row of length 1.

        Raises
        ------
        InputError
            If ``texts`` is one string instead of a sequence of them, or ``batch_size`` is below 1.
        """
        if isinstance(texts, str):
            raise InputError("Got one string; expected a sequence of texts. Put it into a list.")
        if batch_size < 1:
            raise InputError(f"Got batch_size={batch_size}; expected 1 or more.")
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        step = max(1, min(batch_size, -(-len(texts) // self._threads)))  # never leave a thread without work
        parts = [slice(start, min(start + step, len(texts))) for start in range(0, len(texts), step)]

        def encode_part(part: slice) -> int:
            for row in range(part.start, part.stop):
                vectors[row] = self._encode_one(texts[row])
            return int(part.stop)

        with self._mapper(len(parts)) as each:
            for done in each(encode_part, parts):
                if progress is not None:
                    progress(done)
        return vectors

    def _encode_one(self, text: str) -> np.ndarray:
        # A tokenizer takes a second for a megabyte of which 256 tokens count, so cut first.
        head = text[: self._max_chars].encode("utf-8", "replace").decode("utf-8")
        ids = np.array([self._tokenizer.encode(head).ids], dtype=np.int64)
        return np.asarray(self._session.run(None, {self._input: ids})[0][0])

    @contextmanager
    def _mapper(self, parts: int) -> Iterator[Callable[..., Iterator[int]]]:
        workers = min(self._threads, parts)
        if workers < 2:
            yield map
            return
        pool = ThreadPoolExecutor(workers)
        try:
            yield pool.map
        finally:
            pool.shutdown(cancel_futures=True)  # after Ctrl-C or an error, start no further part
