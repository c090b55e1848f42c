import threading

import anyio
import pytest

from serving.work_queue import WorkQueue
from triage.errors import UnavailableError


def test_work_beyond_threads_and_queue_is_refused_at_once_and_the_rest_is_done():
    release = threading.Event()
    done: list[int] = []

    async def main() -> None:
        queue = WorkQueue(threads=1, waiting=1)

        def work(number: int) -> None:
            release.wait()
            done.append(number)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(queue.run, lambda: work(1))
            tasks.start_soon(queue.run, lambda: work(2))
            await anyio.wait_all_tasks_blocked()
            with pytest.raises(UnavailableError, match="as many as this server takes"):
                await queue.run(lambda: work(3))
            release.set()
        assert queue.busy == 0
        assert await queue.run(lambda: "again") == "again"

    anyio.run(main)
    assert sorted(done) == [1, 2]


def test_work_that_fails_gives_its_place_back():
    async def main() -> None:
        queue = WorkQueue(threads=1, waiting=0)
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                await queue.run(lambda: 1 // 0)
        assert queue.busy == 0

    anyio.run(main)


def test_the_event_loop_goes_on_while_work_is_done():
    async def main() -> None:
        queue = WorkQueue(threads=1, waiting=0)
        release = threading.Event()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(queue.run, release.wait)
            await anyio.wait_all_tasks_blocked()
            release.set()  # Reached only because the loop is free.

    anyio.run(main)
