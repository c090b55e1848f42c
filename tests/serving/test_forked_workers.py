import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.ports import free_port

ROOT = Path(__file__).parents[2]
LONG_S = 60.0

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux alone")


@dataclass
class Served:
    """A command whose workers are forked."""

    process: subprocess.Popen[str]
    port: int

    def ask(self, path: str = "/") -> tuple[int, int]:
        """Return the process that loaded the application, and the one that answered."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=LONG_S) as answer:
            loaded, answered = answer.read().split()
        return int(loaded), int(answered)

    def workers(self) -> set[int]:
        """Return the processes that live below the parent."""
        at = self.process.pid
        return {int(one) for one in Path(f"/proc/{at}/task/{at}/children").read_text().split()}

    def answering(self) -> set[int]:
        """Return who answers, as of a few requests."""
        try:
            return {self.ask()[1] for _ in range(12)}
        except (OSError, urllib.error.URLError):
            return set()


def wait(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + LONG_S
    while not holds():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.02)


def begin(kind: str, port: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.serving.forked_app", kind, str(port)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.fixture
def served() -> Iterator[Served]:
    port = free_port()
    with begin("whole", port) as process:
        one = Served(process, port)
        try:
            wait(lambda: len(one.answering()) == 2)
            yield one
        finally:
            process.terminate()
            try:
                process.communicate(timeout=LONG_S)
            finally:
                process.kill()


def test_all_workers_answer_by_what_their_parent_loaded(served: Served):
    found = {served.ask() for _ in range(12)}
    assert {loaded for loaded, _ in found} == {served.process.pid}
    assert {answered for _, answered in found} == served.workers() and len(found) == 2


def test_a_killed_worker_is_replaced_while_the_other_goes_on(served: Served):
    first, second = served.workers()
    os.kill(first, signal.SIGKILL)
    wait(lambda: len(served.workers()) == 2 and first not in served.workers())
    assert second in served.workers()
    wait(lambda: served.answering() == served.workers())
    assert served.ask()[0] == served.process.pid


def test_a_request_that_has_begun_is_answered_before_the_end(served: Served):
    answers: list[tuple[int, int]] = []
    asking = threading.Thread(target=lambda: answers.append(served.ask("/slow")))
    asking.start()
    assert served.process.stdout is not None
    while served.process.stdout.readline() != "slow\n":
        assert served.process.poll() is None
    workers = served.workers()
    served.process.send_signal(signal.SIGTERM)
    asking.join()
    assert answers[0][1] in workers
    assert served.process.wait(LONG_S) == 0
    assert not any(Path(f"/proc/{one}").exists() for one in workers)


def test_a_signal_to_start_anew_replaces_all_workers(served: Served):
    before = served.workers()
    served.process.send_signal(signal.SIGHUP)
    wait(lambda: len(served.answering()) == 2 and not served.answering() & before)


def test_workers_end_with_a_parent_that_is_killed(served: Served):
    workers = served.workers()
    served.process.kill()
    wait(lambda: not any(Path(f"/proc/{one}").exists() for one in workers))


def test_a_worker_that_cannot_start_ends_the_command_with_its_reason():
    with begin("broken", free_port()) as process:
        try:
            told, said = process.communicate(timeout=LONG_S)
        finally:
            process.kill()
    assert process.returncode == 1
    assert told == "forked\n"
    assert "no paper in the printer" in said
    assert "could not start" in said.splitlines()[-1]
