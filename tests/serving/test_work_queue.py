import threading

import anyio
import anyio.lowlevel
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serving.caller import CALLER, Caller
from serving.roles import Role
from serving.work_queue import WorkQueue
from triage.errors import TooManyRequestsError, UnavailableError


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


def run_as(queue: WorkQueue, workspace: str, who: str, function):
    """Ask for work as somebody: the caller stands in the context, as it does for a request."""

    async def run() -> None:
        CALLER.set(Caller("key", who, who, workspace, Role.SERVICE))
        await queue.run(function)

    return run


def test_workspaces_take_turns_and_their_callers_too():
    release, done = threading.Event(), []

    async def main() -> None:
        queue = WorkQueue(threads=1, waiting=20)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(queue.run, release.wait)
            await anyio.wait_all_tasks_blocked()
            for workspace, who, count in (("big", "a", 4), ("big", "b", 2), ("small", "c", 2)):
                for number in range(count):
                    name = f"{workspace} {who}{number}"
                    tasks.start_soon(run_as(queue, workspace, who, lambda name=name: done.append(name)))
                    await anyio.wait_all_tasks_blocked()
            release.set()

    anyio.run(main)
    assert done == [
        "big a0",
        "small c0",
        "big b0",
        "small c1",
        "big a1",
        "big b1",
        "big a2",
        "big a3",
    ]


def test_the_longest_line_makes_room_for_the_others():
    release, answers = threading.Event(), []

    async def main() -> None:
        queue = WorkQueue(threads=1, waiting=4)

        async def ask(workspace: str, number: int) -> None:
            try:
                await run_as(queue, workspace, workspace, lambda: None)()
                answers.append((workspace, number, "done"))
            except (TooManyRequestsError, UnavailableError) as error:
                answers.append((workspace, number, type(error).__name__))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(queue.run, release.wait)
            await anyio.wait_all_tasks_blocked()
            for number in range(5):
                tasks.start_soon(ask, "noisy", number)
                await anyio.wait_all_tasks_blocked()
            for number in range(3):
                tasks.start_soon(ask, "quiet", number)
                await anyio.wait_all_tasks_blocked()
            release.set()
        assert queue.busy == 0

    anyio.run(main)
    assert sorted(answers) == [
        ("noisy", 0, "done"),
        ("noisy", 1, "done"),
        ("noisy", 2, "TooLongLineError"),
        ("noisy", 3, "TooLongLineError"),
        ("noisy", 4, "QueueFullError"),
        ("quiet", 0, "done"),
        ("quiet", 1, "done"),
        ("quiet", 2, "TooLongLineError"),
    ]


@given(
    st.integers(1, 3),
    st.integers(0, 5),
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.booleans()), max_size=25),
)
@settings(max_examples=60, deadline=None)
def test_every_request_is_done_refused_or_given_up_and_no_thread_is_lost(threads, waiting, asked):
    counts = {"done": 0, "refused": 0, "given up": 0}

    async def main() -> None:
        queue = WorkQueue(threads, waiting)
        release = threading.Event()

        async def ask(workspace: str, who: str, is_impatient: bool) -> None:
            async def work() -> None:
                try:
                    await run_as(queue, workspace, who, release.wait)()
                    counts["done"] += 1
                except (TooManyRequestsError, UnavailableError):
                    counts["refused"] += 1

            if not is_impatient:
                await work()
                return
            with anyio.move_on_after(0.005) as scope:
                await work()
            counts["given up"] += scope.cancelled_caught

        async with anyio.create_task_group() as tasks:
            for one in asked:
                tasks.start_soon(ask, *one)
                await anyio.lowlevel.checkpoint()
                assert queue.busy <= threads + waiting
            await anyio.sleep(0.01)
            release.set()
        assert queue.busy == 0
        assert await queue.run(lambda: "still works") == "still works"

    anyio.run(main)
    assert sum(counts.values()) == len(asked)
