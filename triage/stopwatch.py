"""How long each stage of one piece of work takes, without any of them knowing who asks.

A :class:`Stopwatch` runs for one request; code on its way marks its own part with :class:`stage`. Where
nobody measures, marking costs a look at a context variable. Keeps times, reports none.
"""

import time
from collections.abc import Callable
from contextvars import ContextVar, Token
from typing import Self

__all__ = ["STAGES", "Stopwatch", "stage"]

STAGES = ("encode", "predict", "similar", "articles", "duplicates", "help", "assign", "store", "other")
"""The stages of deciding a ticket; ``other`` is what belongs to none of them."""


class Stopwatch:
    """Seconds by stage. Each moment counts for the innermost stage, so that they add up to the whole.

    Parameters
    ----------
    clock : callable, default=time.perf_counter
        Returns seconds.
    """

    __slots__ = ("_inner", "_token", "clock", "seconds")

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self.clock = clock
        self.seconds: dict[str, float] = {}
        self._inner = 0.0
        self._token: Token[Stopwatch | None] | None = None

    def __enter__(self) -> Self:
        """Begin to measure in this context."""
        self._token = _RUNNING.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        if self._token is not None:
            _RUNNING.reset(self._token)

    def begin(self) -> float:
        """Enter a stage; return what the outer one has given away to inner ones so far."""
        outer, self._inner = self._inner, 0.0
        return outer

    def end(self, name: str, elapsed: float, outer: float) -> None:
        """Leave a stage: what inner ones took is theirs."""
        self.seconds[name] = self.seconds.get(name, 0.0) + elapsed - self._inner
        self._inner = outer + elapsed


_RUNNING: ContextVar[Stopwatch | None] = ContextVar("triage_stopwatch", default=None)


class stage:
    """Marks a part of the work as one stage.

    Parameters
    ----------
    name : str
        One of :data:`STAGES`.

    Examples
    --------
    >>> with Stopwatch() as watch:
    ...     with stage("predict"), stage("encode"):
    ...         pass
    >>> sorted(watch.seconds)
    ['encode', 'predict']
    """

    __slots__ = ("_began", "_name", "_outer", "_watch")

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        """Begin."""
        self._watch = _RUNNING.get()
        if self._watch is not None:
            self._outer = self._watch.begin()
            self._began = self._watch.clock()

    def __exit__(self, *_: object) -> None:
        """End; a stage that failed took its time as well."""
        if self._watch is not None:
            self._watch.end(self._name, self._watch.clock() - self._began, self._outer)
