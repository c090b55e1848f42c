"""A worker that is killed in the middle of a run loses nothing: the run is done by the next one."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from triage.store import Store
from triage.store.runs import ask_for_run, get_run
from triage.store.worker_slots import count_workers

ROOT = Path(__file__).parents[2]


@contextmanager
def worker(store: Store, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    arguments = [sys.executable, "-m", "tests.training.worker.stubborn_worker", store.url, str(folder)]
    process = subprocess.Popen(arguments, cwd=ROOT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until(holds: Callable[[], bool]) -> None:
    for _ in range(1_200):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come to hold within a minute")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "beginnings"
    made.mkdir()
    return made


def is_at_work(store: Store, run_id: str) -> bool:
    return get_run(store, "acme", run_id).stage == "at work"


@pytest.mark.proof
def test_a_run_whose_worker_was_killed_is_done_by_the_next_worker(store: Store, folder: Path):
    run_id = ask_for_run(store, "acme", "train", {}, "key-1").run_id
    with worker(store, folder) as first:
        wait_until(lambda: is_at_work(store, run_id))
        first.kill()
        first.wait()
    assert get_run(store, "acme", run_id).state == "running"
    with worker(store, folder):
        wait_until(lambda: get_run(store, "acme", run_id).state == "succeeded")
    assert get_run(store, "acme", run_id).result == {"beginnings": 2}


@pytest.mark.proof
def test_a_living_worker_takes_over_from_a_killed_one_and_leaves_a_living_one_alone(
    store: Store, folder: Path
):
    run_id = ask_for_run(store, "acme", "train", {}, "key-1").run_id
    with worker(store, folder) as first:
        wait_until(lambda: is_at_work(store, run_id))
        with worker(store, folder):
            wait_until(lambda: count_workers(store) == 2)
            time.sleep(2)  # Time enough for a mistaken takeover.
            assert len(list(folder.iterdir())) == 1
            first.kill()
            wait_until(lambda: get_run(store, "acme", run_id).state == "succeeded")
    assert get_run(store, "acme", run_id).result == {"beginnings": 2}
