"""Spreads chunks of tickets over processes: this one, others on this machine, or a Dask cluster.

By the same code everywhere (:class:`training.score.ScoreJob`), and in order. What comes back is small: a
chunk's decisions as Parquet, ready to be written.
"""

import io
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from itertools import chain, islice
from multiprocessing import get_context, parent_process
from typing import Any

from training.score import ScoreJob, prediction_table
from triage.errors import ConfigurationError
from triage.ticket import Ticket

__all__ = ["ENGINES", "Numbered", "score_numbered"]

ENGINES = ("local", "dask")
WAITING = 2
"""Chunks that wait for each process: enough for none to idle, and a bound on memory."""

CLUSTER_WINDOW = 16
"""Chunks that wait on a cluster at once."""

Numbered = tuple[int, Sequence[Ticket]]
"""A chunk of tickets and its number in the table."""

Submit = Callable[[Sequence[Ticket]], Any]


def score_numbered(
    chunks: Iterable[Numbered],
    job: ScoreJob,
    fields: Sequence[str],
    *,
    workers: int,
    engine: str = "local",
    scheduler: str | None = None,
) -> Iterator[tuple[int, bytes]]:
    """Decide chunks of tickets, in order.

    Parameters
    ----------
    chunks : iterable of (int, sequence of Ticket)
        Any number; a few are held at a time.
    job : ScoreJob
        With ``dask`` every worker must see its bundle under the same path.
    fields : sequence of str
        Whose columns to give.
    workers : int
        Processes on this machine; a single chunk, or one worker, is decided in this process.
    engine : str, default="local"
        ``local``: this machine; ``dask``: a cluster.
    scheduler : str, optional
        Address of the cluster's scheduler; by default a cluster is started on this machine.

    Yields
    ------
    (int, bytes)
        The chunk's number and a Parquet file of its decisions.
    """
    source = iter(chunks)
    if engine == "dask":
        with _client(scheduler) as client:
            yield from _in_order(
                source,
                lambda chunk: client.submit(_decide, chunk, job, fields, pure=False),
                CLUSTER_WINDOW,
            )
        return
    head = list(islice(source, 2))
    if workers < 2 or len(head) < 2:
        for number, chunk in (*head, *source):
            yield number, _decide(chunk, job, fields)
        return
    with _processes(workers) as pool:
        yield from _in_order(
            chain(head, source),
            lambda chunk: pool.submit(_decide, chunk, job, fields),
            WAITING * workers,
        )


def _in_order(chunks: Iterable[Numbered], submit: Submit, window: int) -> Iterator[tuple[int, bytes]]:
    waiting: deque[tuple[int, Any]] = deque()
    for number, chunk in chunks:
        waiting.append((number, submit(chunk)))
        if len(waiting) >= window:
            done, future = waiting.popleft()
            yield done, future.result()
    for number, future in waiting:
        yield number, future.result()


def _decide(chunk: Sequence[Ticket], job: ScoreJob, fields: Sequence[str]) -> bytes:
    import pyarrow.parquet as pq

    sink = io.BytesIO()
    pq.write_table(prediction_table(job.decide(chunk), fields), sink)
    return sink.getvalue()


@contextmanager
def _processes(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Give processes that end with this one; after an error those chunks that wait are not begun."""
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_enter)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _enter() -> None:
    """Make this process one of several: no threads beside its own, and gone when its parent is killed."""
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    import_module("threadpoolctl").threadpool_limits(limits=1)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: Any) -> None:
    parent.join()
    # The parent was killed: nobody waits for what this process is doing.
    os._exit(1)


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
