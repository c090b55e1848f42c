"""Whether the shifts of an agents table can be read, said before any work begins, with whose it is."""

from collections.abc import Iterable
from pathlib import Path

from triage.agent import Agent
from triage.errors import InputError
from triage.routing.availability import shift_of

__all__ = ["expect_readable_shifts"]


def expect_readable_shifts(agents: Iterable[Agent], path: Path) -> None:
    """Refuse a table with a shift that cannot be read.

    Raises
    ------
    InputError
        If there is one; names the agent and the file.
    """
    for one in agents:
        try:
            shift_of(one)
        except InputError as error:
            raise InputError(f"Of agent {one.agent!r} in {path.name}: {error} Correct the table.") from None
