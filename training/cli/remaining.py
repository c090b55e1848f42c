"""How far a long command is and how long it still takes: a bar on a terminal, elsewhere a line a minute."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["Remaining", "in_words"]

LINE_EVERY_S = 60.0
"""Between two lines where there is no terminal, such as in a log file."""


class Remaining:
    """Tells progress on the standard error stream, with the time that is left.

    What an earlier run had done passes at once and says nothing about speed, so time is counted from the
    first step of this one.

    Parameters
    ----------
    console : rich.console.Console
        Where to tell.
    what : str
        What is being done, such as ``Deciding``.
    clock : callable, default=time.monotonic
        Seconds since any moment.
    """

    def __init__(self, console: Console, what: str, clock: Callable[[], float] = time.monotonic) -> None:
        from rich.progress import BarColumn, Progress, TextColumn

        self._console = console
        self._what = what
        self._clock = clock
        self._begun: tuple[float, float] | None = None
        self._told = clock()
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"))
        self._bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task = self._bar.add_task(what, total=1.0)

    def __enter__(self) -> Remaining:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def begin(self, share: float) -> None:
        """Count time from here on: this share was done before."""
        if self._begun is None:
            self._begun = (self._clock(), share)

    def tell(self, share: float, tickets: int | None = None, *, what: str | None = None) -> None:
        """Tell the share done, 0 to 1, how many tickets that is, and what is being done now."""
        self._what = what or self._what
        left = self.left_s(share)
        told = [] if tickets is None else [f"{tickets:,} tickets"]
        words = ", ".join([*told, *([] if left is None else [f"about {in_words(left)} left"])])
        self._bar.update(self._task, completed=share, description=f"{self._what}: {words}".rstrip(": "))
        now = self._clock()
        if not self._console.is_terminal and now - self._told >= LINE_EVERY_S:
            self._told = now
            self._console.print(f"{self._what}: {share:.0%}, {words}".rstrip(", "), soft_wrap=True)

    def left_s(self, share: float) -> float | None:
        """Return the seconds that are left at a share, None where nothing tells yet."""
        if self._begun is None or share <= self._begun[1]:
            return None
        began, before = self._begun
        return (self._clock() - began) * (1.0 - share) / (share - before)


def in_words(seconds: float) -> str:
    """Return a stretch of time as people say it.

    Examples
    --------
    >>> in_words(40), in_words(200), in_words(7_500)
    ('40 s', '3 min', '2 h 5 min')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
