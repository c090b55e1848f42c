"""The worker: takes waiting runs from the store and does them one after another through a durable queue.

The queue is DBOS, its tables beside the store's (ADR 0006). A worker holds a numbered place while it
lives; a run whose worker died is taken up again by the next worker that holds or finds its place free.
The rows in the store are the truth: the queue's tables may be lost, and are rebuilt from them.
"""

import logging
import threading
from collections.abc import Mapping
from pathlib import Path

from dbos import DBOS, DBOSConfig, EnqueueOptions

from training.worker.job import Work, do_run
from triage.store import Store
from triage.store.runs import Run, active_runs, fail_run
from triage.store.worker_slots import schema_name, take_slot, try_slot

__all__ = ["Worker"]

NAME = "triage"
QUEUE = "runs"
# Jobs hold a run's id and nothing else, so every version of triage can take up every job: the queue
# must not compare versions of the code, as it otherwise would.
JOBS_VERSION = "1"
POLL_S = 0.5
# How often a run is begun again after its worker ended: often enough for restarts, not for ever.
ATTEMPTS = 5
PLACE = "worker-"
DEAD_EACH_TIME = "MAX_RECOVERY_ATTEMPTS_EXCEEDED"
ENDED = {"SUCCESS", "ERROR", "CANCELLED", DEAD_EACH_TIME}

log = logging.getLogger(__name__)


class Worker:
    """Does the runs of one store.

    One worker does one run at a time; several workers share the runs. There can be only one in a process,
    since the queue library is one to a process.

    Parameters
    ----------
    store : Store
        Where the runs stand.
    works : Mapping of str to Work
        By kind of run, what to do.
    """

    def __init__(self, store: Store, works: Mapping[str, Work]) -> None:
        self.store = store
        self.works = works

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop; a run that is at work then is left to the next worker.

        The thread that does the run is not waited for: end the process, as a crash would.
        """
        slot = take_slot(self.store)
        url, schema = _queue_database(self.store)
        DBOS(
            config=DBOSConfig(
                name=NAME,
                system_database_url=url,
                dbos_system_schema=schema,
                application_version=JOBS_VERSION,
                executor_id=f"{PLACE}{slot.number}",
                log_level="WARNING",
                enable_otlp=False,
            )
        )
        try:

            @DBOS.workflow(name=QUEUE, max_recovery_attempts=ATTEMPTS)
            def work(run_id: str) -> None:
                do_run(self.store, run_id, self.works)

            DBOS.listen_queues([QUEUE])
            DBOS.launch()
            DBOS.register_queue(
                QUEUE, worker_concurrency=1, polling_interval_sec=POLL_S, on_conflict="always_update"
            )
            log.info("worker %s is ready", slot.number)
            while not stop.wait(POLL_S):
                for run in active_runs(self.store):
                    self._look_after(run, slot.number)
        finally:
            DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=0)
            slot.release()

    def _look_after(self, run: Run, own: int) -> None:
        """See to it that a run which has not ended has a job that will end it."""
        job = DBOS.get_workflow_status(run.run_id)
        if job is None:
            options: EnqueueOptions = {
                "workflow_name": QUEUE,
                "queue_name": QUEUE,
                "workflow_id": run.run_id,
                "app_version": JOBS_VERSION,
            }
            DBOS.enqueue_workflow_with_options(options, run.run_id)
        elif job.status in ENDED:
            # A job's last act is to end its run; if it did so just now, this changes nothing.
            fail_run(self.store, run.run_id, "UnavailableError", _why_lost(job.status, run.stage))
        elif job.status == "PENDING" and job.executor_id and job.executor_id != f"{PLACE}{own}":
            self._take_over(job.executor_id)

    def _take_over(self, executor: str) -> None:
        """Put the jobs of a dead worker back into the queue; a living one holds its place."""
        slot = try_slot(self.store, int(executor.removeprefix(PLACE)))
        if slot is None:
            return
        try:
            # The library's own recovery, which it otherwise does only for a worker's own place at its start.
            DBOS._recover_pending_workflows([executor])
            log.info("took over the jobs of %s", executor)
        finally:
            slot.release()


def _why_lost(status: str, stage: str) -> str:
    if status == DEAD_EACH_TIME:
        return (
            f"Got {ATTEMPTS + 1} workers that died while they did this run, the last one at stage {stage!r}; "
            "expected one to live. Give it more memory or fewer tickets, and ask again."
        )
    return (
        f"Got a job that ended ({status.lower()}) without an outcome at stage {stage!r}; expected one. "
        "The worker's log says more; ask for the run again."
    )


def _queue_database(store: Store) -> tuple[str, str]:
    """Return where the queue's tables stand: a file beside SQLite's, a schema of its own in PostgreSQL."""
    if store.engine.dialect.name == "postgresql":
        return store.url, f"{schema_name(store)}_jobs"
    database = Path(store.engine.url.database or "")
    return f"sqlite:///{database.with_name(f'{database.stem}-jobs{database.suffix}')}", "main"
