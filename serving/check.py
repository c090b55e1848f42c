"""One thing that ``triage doctor`` looks at: what was found, and what to do about it."""

from collections.abc import Callable
from enum import StrEnum

from sqlalchemy.exc import DBAPIError

from serving.schemas.base import Output
from triage.errors import TriageError

__all__ = ["Check", "CheckState", "failed", "guarded", "ok", "warn"]


class CheckState(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


class Check(Output):
    """One thing looked at: what was found, and what to do unless it is ok."""

    name: str
    state: CheckState
    found: str
    remedy: str | None


def ok(name: str, found: str) -> Check:
    """Return a check that found nothing wrong."""
    return Check(name=name, state=CheckState.OK, found=found, remedy=None)


def warn(name: str, found: str, remedy: str) -> Check:
    """Return a check that found something to see to."""
    return Check(name=name, state=CheckState.WARNING, found=found, remedy=remedy)


def failed(name: str, found: str, remedy: str) -> Check:
    """Return a check that found something broken."""
    return Check(name=name, state=CheckState.FAILED, found=found, remedy=remedy)


def guarded(name: str, look: Callable[[], Check]) -> Check:
    """Look, and turn what goes wrong in looking into a failed check."""
    try:
        return look()
    except TriageError as error:
        return failed(name, str(error), "See the message.")
    except (DBAPIError, OSError) as error:
        return failed(name, f"Looking raised {type(error).__name__}.", "Check rights and addresses.")
