"""Child processes of one command: started together, watched together, stopped together.

Knows nothing of what they do. Their output goes to files.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from triage.errors import UnavailableError

__all__ = ["Processes", "end_with_parent"]

GRACE_S = 5.0
"""How long a process may take to stop before it is killed."""
LAST_LINES = 15
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class _Child:
    name: str
    process: subprocess.Popen[bytes]
    output: Path
    is_step: bool


class Processes:
    """Runs ``triage`` subcommands as child processes.

    Parameters
    ----------
    logs : Path
        Folder for their output, one file each; made if needed.
    """

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self._children: list[_Child] = []

    def start(self, name: str, words: Sequence[str], *, is_step: bool = False) -> None:
        """Start ``triage`` with these words.

        Parameters
        ----------
        name : str
            For people, and for the file of its output, ``<name>.log``, which is begun anew.
        words : sequence of str
            Subcommand and options.
        is_step : bool, default=False
            It is to end by itself: ask :meth:`finished`. All others are to go on.
        """
        self.logs.mkdir(parents=True, exist_ok=True)
        path = self.logs / f"{name}.log"
        with path.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "serving.cli.main", *words],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Ctrl-C in the terminal is for the parent alone, which then stops its children in order.
                start_new_session=True,
                preexec_fn=end_with_parent if sys.platform == "linux" else None,
            )
        self._children.append(_Child(name, process, path, is_step))

    def process_ids(self) -> list[int]:
        """Return the ids of the processes that were started and not seen to end, in order."""
        return [child.process.pid for child in self._children]

    def check(self) -> None:
        """See whether all that are to go on do.

        Raises
        ------
        UnavailableError
            If one has ended; says what it said last.
        """
        for child in self._children:
            code = None if child.is_step else child.process.poll()
            if code is not None:
                raise UnavailableError(
                    f"Got a {child.name} that ended with code {code}; expected it to go on. "
                    f"Its last words ({child.output}):\n{_tail(child.output)}"
                )

    def finished(self, name: str) -> bool:
        """Tell whether a step has ended, and ended well.

        Raises
        ------
        UnavailableError
            If it failed; says what it said last.
        """
        (child,) = [one for one in self._children if one.name == name]
        code = child.process.poll()
        if code is None:
            return False
        self._children.remove(child)
        if code != 0:
            raise UnavailableError(
                f"Got step {name!r}, which ended with code {code}; expected 0. "
                f"Its last words ({child.output}):\n{_tail(child.output)}"
            )
        return True

    def output(self, name: str) -> str:
        """Return what a process has said so far, or what it said when it last ran."""
        return (self.logs / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def stop(self) -> None:
        """Stop all, the last one first: ask, wait a few seconds for all together, then insist."""
        for child in reversed(self._children):
            child.process.terminate()
        end = time.monotonic() + GRACE_S
        for child in reversed(self._children):
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.0, end - time.monotonic()))
            # The whole group, since a server may have workers of its own.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()
        self._children.clear()


def end_with_parent() -> None:
    """In a process just forked, on Linux: have it told to stop even when its parent is killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _tail(path: Path) -> str:
    return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_LINES:])
