import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from training.worker.job import Work
from training.worker.worker import Worker
from triage.store import Store
from triage.store.runs import Run, ask_for_run, cancel_run, get_run
from triage.store.worker_slots import count_workers

Report = Callable[[str, float], None]


@contextmanager
def working(store: Store, works: Mapping[str, Work]) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=Worker(store, works).run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def wait_for(store: Store, run_id: str, *states: str) -> Run:
    for _ in range(1_200):
        run = get_run(store, "acme", run_id)
        if run.state in states:
            return run
        time.sleep(0.05)
    raise AssertionError(f"the run is {run.state} at stage {run.stage!r}, not {states}")


def test_a_worker_finds_what_waits_and_does_it_one_at_a_time(store: Store):
    at_work: list[str] = []
    most: list[int] = []

    def work(run: Run, report: Report) -> Mapping[str, Any]:
        at_work.append(run.run_id)
        most.append(len(at_work))
        report("working", 0.5)
        time.sleep(0.05)
        at_work.remove(run.run_id)
        return {"kind": run.kind}

    early = ask_for_run(store, "acme", "train", {}, "key-1").run_id
    with working(store, {"train": work, "forecast": work}):
        late = ask_for_run(store, "acme", "forecast", {}, "key-1").run_id
        assert wait_for(store, early, "succeeded").result == {"kind": "train"}
        assert wait_for(store, late, "succeeded").result == {"kind": "forecast"}
        assert count_workers(store) == 1
    assert most == [1, 1]
    assert count_workers(store) == 0


def test_a_run_cancelled_while_it_waits_is_never_begun(store: Store):
    begun: list[str] = []

    def work(run: Run, report: Report) -> Mapping[str, Any]:
        begun.append(run.run_id)
        return {}

    cancelled = ask_for_run(store, "acme", "train", {}, "key-1").run_id
    cancel_run(store, "acme", cancelled)
    asked = ask_for_run(store, "acme", "train", {}, "key-1").run_id
    with working(store, {"train": work}):
        wait_for(store, asked, "succeeded")
    assert begun == [asked]
