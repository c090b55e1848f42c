import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from serving.processes import Processes
from tests.ports import free_port
from triage.errors import UnavailableError


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    made = Processes(tmp_path / "logs")
    yield made
    made.stop()


def wait_until(holds: Callable[[], bool]) -> None:
    for _ in range(1_200):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come to hold within a minute")


def test_a_step_ends_and_its_words_can_be_read(processes: Processes):
    processes.start("version", ["--version"], is_step=True)
    wait_until(lambda: processes.finished("version"))
    assert processes.output("version").startswith("triage ")


def test_a_step_that_fails_says_its_last_words(processes: Processes):
    processes.start("wrong", ["no-such-command"], is_step=True)
    with pytest.raises(UnavailableError, match="no-such-command"):
        wait_until(lambda: processes.finished("wrong"))


def test_a_process_that_was_to_go_on_and_ended_is_noticed(processes: Processes):
    processes.start("server", ["--version"])

    def ended() -> bool:
        processes.check()
        return False

    with pytest.raises(UnavailableError, match="server that ended with code 0"):
        wait_until(ended)


PARENT = """
import sys, time
from pathlib import Path
from serving.processes import Processes
from tests.ports import free_port
family = Processes(Path(sys.argv[1]) / "logs")
family.start("server", ["serve", "--port", sys.argv[2]])
print(family.process_ids()[0], flush=True)
time.sleep(60)
"""


def test_children_end_when_their_parent_is_killed(tmp_path: Path):
    port = free_port()
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path), str(port)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"TRIAGE_HOME": str(tmp_path)},
        cwd=Path(__file__).parents[2],
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    wait_until(lambda: not _is_alive(child))


def _is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{process_id}/stat").read_text().rsplit(")", 1)[1].split()[0]
    return state != "Z"
