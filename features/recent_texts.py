"""What this process remembers of the texts that it read last, so that all of it can be forgotten at once."""

from typing import Protocol
from weakref import WeakSet

__all__ = ["Remembering", "forget_recent", "note_remembering"]


class Remembering(Protocol):
    """What keeps something of the latest texts in memory."""

    def forget(self) -> None:
        """Remember no text any more."""
        ...


_REMEMBERING: WeakSet[Remembering] = WeakSet()


def note_remembering(one: Remembering) -> None:
    """Let something be told to forget, for as long as it lives."""
    _REMEMBERING.add(one)


def forget_recent() -> None:
    """Forget the latest texts, everywhere in this process: after an erasure."""
    for one in list(_REMEMBERING):
        one.forget()
