"""A span of time in which an agent is away. Says nothing of why: the reason is nobody's business here."""

from dataclasses import dataclass
from datetime import datetime

from triage.errors import InputError

__all__ = ["Absence"]


@dataclass(frozen=True, slots=True)
class Absence:
    """One absence.

    Parameters
    ----------
    starts_at : datetime or None
        First moment away, with a zone; None: since ever.
    ends_at : datetime or None
        First moment back, with a zone; None: until further notice.
    uid : str or None, default=None
        Identity of the calendar event that it came from; None: an agents table or a person said so.

    Raises
    ------
    InputError
        If it ends before it starts, or has neither start nor end.
    """

    starts_at: datetime | None
    ends_at: datetime | None = None
    uid: str | None = None

    def __post_init__(self) -> None:
        if self.starts_at is None and self.ends_at is None:
            raise InputError("Got an absence with neither start nor end; expected one of them at least.")
        if self.starts_at is not None and self.ends_at is not None and self.ends_at < self.starts_at:
            raise InputError(
                f"Got an absence from {self.starts_at.isoformat()} to {self.ends_at.isoformat()}; expected "
                "the end after the start."
            )

    def covers(self, moment: datetime) -> bool:
        """Tell whether a moment (with a zone) lies in the absence: start included, end not."""
        has_begun = self.starts_at is None or self.starts_at <= moment
        is_over = self.ends_at is not None and self.ends_at <= moment
        return has_begun and not is_over
