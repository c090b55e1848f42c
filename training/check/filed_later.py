"""Tickets that say they were filed after today."""

from training.check.finding import Finding, different
from training.future import Filed, told_of_future

__all__ = ["find_filed_later"]


def find_filed_later(filed: Filed) -> list[Finding]:
    """Return one finding that names the tickets filed after today.

    Parameters
    ----------
    filed : Filed
        The history parted by :func:`training.future.filed_by_now`.
    """
    if not filed.future:
        return []
    return [
        Finding(
            "filed_after_today",
            "problem",
            None,
            text,
            "See that zone and order of day and month are right (--zone, date_format in a mapping file), or "
            "correct the times in the export.",
            len(filed.future),
            different(past.ticket.ticket_id for past in filed.future),
        )
        for text in told_of_future(filed)
    ]
