"""The wall clock of this process, which a test puts forwards and back.

The product has one way to ask for the time of day: ``datetime.now``, of the name ``datetime`` in a module.
That name is exchanged in every module of ours that is loaded; ``time.time``, which libraries ask, goes along.
What counts from the machine's start (``time.monotonic``) is left alone: setting a clock does not move it.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo

import pytest

ROOMS = {"triage", "features", "training", "serving"}


class WallClock:
    """A clock that goes as the real one does, so much before or behind it."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)
        self._patch: pytest.MonkeyPatch | None = None
        self._shifted = _shifted(self)

    def now(self) -> datetime:
        """The time, as the product sees it."""
        return datetime.now(UTC) + self.ahead

    @contextmanager
    def running(self) -> Iterator[None]:
        """Be the product's clock until the end, when all is put back as it was."""
        real = time.time
        with pytest.MonkeyPatch.context() as self._patch:
            self._patch.setattr(time, "time", lambda: real() + self.ahead.total_seconds())
            self.take_over()
            try:
                yield
            finally:
                self.ahead = timedelta(0)

    def take_over(self) -> None:
        """Be the clock of modules, too, that were loaded since."""
        assert self._patch is not None, "the clock does not run"
        for name, module in list(sys.modules.items()):
            if name.partition(".")[0] in ROOMS and vars(module).get("datetime") is datetime:
                self._patch.setattr(module, "datetime", self._shifted)


class _TakesAnyForItsOwn(type):
    """Of moments, all of which are plain ones."""

    def __instancecheck__(cls, one: object) -> bool:
        return isinstance(one, datetime)


def _shifted(clock: WallClock) -> type[datetime]:
    class Shifted(datetime, metaclass=_TakesAnyForItsOwn):
        """Makes plain moments, which databases and pydantic know; only what is now differs."""

        def __new__(cls, *parts, **named):
            return datetime(*parts, **named)

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return datetime.now(tz) + clock.ahead

        @classmethod
        def __get_pydantic_core_schema__(cls, _source, handler):
            # A schema made from now on, of an annotation in a module that was taken over.
            return handler(datetime)

    return Shifted
