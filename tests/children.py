"""Work in a process of its own, which may be killed.

It is forked from a process without threads (multiprocessing's "forkserver"): in one forked from the tests'
own, whatever lock another of their threads held at that moment is held for ever (SQLite's, for one).
"""

import os
import signal
import sys
from collections.abc import Callable, Mapping
from multiprocessing import get_context

__all__ = ["CONTEXT", "WITHIN_S", "die_at", "in_a_child"]

WITHIN_S = 120.0

CONTEXT = get_context("forkserver")
# Loaded once, instead of by each child.
CONTEXT.set_forkserver_preload(
    ["hypothesis", "tests.serving.fakes", "tests.trained", "serving.idempotency", "serving.model_host"]
)


def _work(environ: Mapping[str, str], work: Callable[..., None], given: tuple) -> None:
    os.environ.clear()
    os.environ.update(environ)
    work(*given)


def in_a_child(work: Callable[..., None], *given, kill_when: Callable[[], None] | None = None) -> int:
    """Do something in another process.

    Parameters
    ----------
    work : callable
        Of a module, as are the things ``given`` to it.
    *given
        For it.
    kill_when : callable, optional
        The process is killed when this returns.

    Returns
    -------
    int
        0 if it came to its end, -9 if it was killed, 1 if it failed.
    """
    child = CONTEXT.Process(target=_work, args=(dict(os.environ), work, given))
    child.start()
    try:
        if kill_when is not None:
            kill_when()
            child.kill()
        child.join(WITHIN_S)
        assert child.exitcode is not None, f"{work} has not ended within {WITHIN_S:g} s"
        return child.exitcode
    finally:
        child.kill()
        child.join()
        child.close()


def die_at(step: int, counts: Callable[[str, tuple], bool]) -> None:
    """Kill this process at its n-th step, of the audit events that count as steps."""
    left = step

    def look(event: str, given: tuple) -> None:
        nonlocal left
        if counts(event, given):
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(look)
