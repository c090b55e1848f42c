"""Listens to what the threads that answer requests send to a database."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event
from sqlalchemy.engine import Engine

ANSWERING = ("AnyIO worker thread", "triage-work", "asyncio", "MainThread")
"""Threads that answer requests begin so; others catch up with the store by themselves."""


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that the threads which answer requests send to a database meanwhile."""
    sent: list[str] = []

    def note(_connection, _cursor, statement: str, *_rest) -> None:
        if threading.current_thread().name.startswith(ANSWERING):
            sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)
