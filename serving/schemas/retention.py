"""What is kept for a while only, and how much of it is due."""

from collections.abc import Iterable
from datetime import datetime

from serving.schemas.base import Output
from triage.store.retention import Overdue

__all__ = ["RetentionOut"]


class OverdueOut(Output):
    """Records of a kind from before a moment."""

    kind: str
    days: int
    before: datetime
    records: int


class RetentionOut(Output):
    """By kind what was due, or would be."""

    is_dry_run: bool
    overdue: list[OverdueOut]

    @classmethod
    def of(cls, found: Iterable[Overdue], *, is_dry_run: bool) -> "RetentionOut":
        """Translate."""
        return cls(
            is_dry_run=is_dry_run,
            overdue=[
                OverdueOut(kind=one.kind.value, days=one.days, before=one.before, records=one.records)
                for one in found
            ],
        )
