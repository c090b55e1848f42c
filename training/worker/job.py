"""One run, done: begin, work, keep what came of it or why not. Knows nothing of queues."""

import logging
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from training.worker.report import Report
from triage.errors import TriageError
from triage.store import Store
from triage.store.runs import Run, fail_run, finish_run, start_run

__all__ = ["Work", "do_run"]

Work = Callable[[Run, Callable[[str, float], None]], Mapping[str, Any]]
"""Does what a run asks for, telling stage and progress as it goes; returns the run's result."""

log = logging.getLogger(__name__)


def do_run(store: Store, run_id: str, works: Mapping[str, Work]) -> None:
    """Do one run unless it has ended; doing it again after a crash is safe when its work is.

    Parameters
    ----------
    store : Store
        Where the run stands.
    run_id : str
        Which run.
    works : Mapping of str to Work
        By kind of run, what to do.
    """
    run = start_run(store, run_id)
    if run is None:
        return
    log.info("run %s (%s in workspace %s) begins", run_id, run.kind, run.workspace)
    try:
        result = works[run.kind](run, Report(store, run_id))
    except TriageError as error:
        has_failed = fail_run(store, run_id, type(error).__name__, str(error))
        log.info("run %s %s", run_id, "has failed" if has_failed else "was cancelled")
    except Exception as error:  # whatever went wrong, the person who asked must be told
        # The error's own words may hold ticket text; where it happened does not.
        where = "".join(traceback.format_tb(error.__traceback__))
        log.error("run %s met %s\n%s", run_id, type(error).__name__, where)
        fail_run(
            store,
            run_id,
            "InternalError",
            f"Got {type(error).__name__} while the run was at work; expected none. The worker's log has the "
            f"place under run {run_id}; report it, and ask for the run again.",
        )
    else:
        is_kept = finish_run(store, run_id, result)
        log.info("run %s %s", run_id, "has succeeded" if is_kept else "was cancelled")
