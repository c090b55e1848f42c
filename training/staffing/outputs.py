"""What ``triage staff`` writes: PLAN.csv, proposed shifts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from features.staffing.schedule import write_schedule_csv, write_schedule_ics
from features.staffing.shifts import Shift
from triage.staffing.plan import Plan
from triage.staffing.plan_document import plan_to_csv

__all__ = ["write_plan", "write_shifts"]


def write_plan(plan: Plan, path: Path) -> None:
    """Write ``PLAN.csv``; its folder is made where it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(plan_to_csv(plan), encoding="utf-8", newline="")


def write_shifts(shifts: Sequence[Shift], path: Path) -> None:
    """Write shifts as iCalendar or CSV, as the name ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix.lower() == ".ics":
        path.write_bytes(write_schedule_ics(shifts, datetime.now(UTC)))
    else:
        path.write_text(write_schedule_csv(shifts), encoding="utf-8", newline="")
