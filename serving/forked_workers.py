"""Server processes forked from one parent that has loaded everything: what stays as it is takes memory once.

As uvicorn's own supervisor, whose parts these are, but for how a process begins. What may not cross a fork
(threads, connections, event loops) is not there yet when it happens, see :mod:`serving.parts`.
"""

import contextlib
import gc
import logging
import os
import signal
from collections.abc import Callable
from multiprocessing import Pipe, get_context
from socket import socket

from prometheus_client.multiprocess import mark_process_dead
from uvicorn.config import STARTUP_FAILURE, Config
from uvicorn.supervisors.multiprocess import SIGNALS, Multiprocess, Process

from serving.processes import end_with_parent
from triage.errors import UnavailableError

__all__ = ["ForkedWorkers"]

log = logging.getLogger("uvicorn.error")


class _Worker(Process):
    """One server process; the end of its parent, however it comes, is its end too."""

    def __init__(self, config: Config, sockets: list[socket]) -> None:
        self.config = config
        self._server = None
        self.parent_conn, self.child_conn = Pipe()
        self.process = get_context("fork").Process(target=self._begin, args=(sockets,))  # type: ignore[assignment]

    def start(self) -> None:
        """Fork; a signal that comes meanwhile waits until either process knows what to do with it."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        try:
            self.process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _begin(self, sockets: list[socket]) -> None:
        for number in SIGNALS:  # The parent's handlers came along, and would only note what comes.
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        end_with_parent()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        with contextlib.suppress(KeyboardInterrupt):  # Which the parent gets as well, and waits for this end.
            self.target(sockets)


class ForkedWorkers(Multiprocess):
    """Keeps so many forked server processes alive.

    Parameters
    ----------
    config : Config
        With the application itself, loaded.
    sockets : list of socket
        Bound; all processes listen on them.
    """

    def __init__(self, config: Config, sockets: list[socket]) -> None:
        super().__init__(config, sockets)
        self._is_broken = False

    def run(self, then: Callable[[], object] = lambda: None) -> None:
        """Fork the processes and keep them alive until a signal says to stop.

        Parameters
        ----------
        then : callable, optional
            Called once all have been forked.

        Raises
        ------
        UnavailableError
            If one cannot start; the others are stopped.
        """
        self._then = then
        super().run()
        if self._is_broken:
            raise UnavailableError(
                "Got a server process that could not start; expected all of them to. It says why above."
            )

    def init_processes(self) -> None:
        """Fork them all; what is loaded by now is never looked through for garbage, and so stays shared."""
        gc.freeze()
        self.processes = [self._forked() for _ in range(self.processes_num)]
        self._then()

    def keep_subprocess_alive(self) -> None:
        """Replace those that died or hang; stop all if one could not even start."""
        for number, worker in enumerate(self.processes):
            if self.should_exit.is_set():
                return
            if worker.is_alive(timeout=self.config.timeout_worker_healthcheck):
                continue
            worker.kill()  # It may be there and hang.
            worker.join()
            _forget_gauges(worker)
            if worker.exitcode == STARTUP_FAILURE:
                log.error("Child process [%s] failed to start, stopping the parent process.", worker.pid)
                self._is_broken = True
                self.should_exit.set()
                return
            log.info("Child process [%s] died", worker.pid)
            self.processes[number] = self._forked()

    def restart_all(self) -> None:
        """Replace each, the new one answering before the old one stops."""
        for number, old in enumerate(self.processes):
            new = self._forked()
            if not new.wait_until_ready(self.config.timeout_worker_healthcheck, self.should_exit):
                new.kill()
                new.join()
                _forget_gauges(new)
                if not self.should_exit.is_set():
                    log.error("New child process [%s] was not ready in time; the old ones go on.", new.pid)
                return
            old.terminate()
            old.join()
            _forget_gauges(old)
            self.processes[number] = new

    def handle_ttin(self) -> None:
        """Add one."""
        self.processes_num += 1
        self.processes.append(self._forked())

    def _forked(self) -> Process:
        worker = _Worker(self.config, self.sockets)
        worker.start()
        return worker


def _forget_gauges(worker: Process) -> None:
    """Take what a process that is gone last said of itself out of the common metrics."""
    if worker.pid is not None and "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
