"""A plan as a document (JSON) and as a table (PLAN.csv)."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from triage.errors import InputError
from triage.staffing.capacity import CapacityDay
from triage.staffing.plan import COLUMNS, Plan, PlanRow, TeamTotals
from triage.staffing.setup import Percentile
from triage.staffing.spread import Spread

__all__ = ["plan_to_csv", "plan_to_document", "totals_from_document"]

_DIGITS = 4


def plan_to_csv(plan: Plan) -> str:
    """Return a plan as CSV: a row for each team and interval, columns :data:`triage.staffing.plan.COLUMNS`.

    Times are ISO 8601 in UTC; what does not apply is empty; numbers have four decimals.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in plan.rows:
        writer.writerow([value for one in fields(row) for value in _cells(getattr(row, one.name))])
    return out.getvalue()


def plan_to_document(plan: Plan) -> dict[str, Any]:
    """Return a plan as plain JSON values."""
    return {
        "origin": _iso(plan.origin),
        "percentile": plan.percentile.value,
        "cost": round(plan.cost, _DIGITS),
        "totals": [_document(one) for one in plan.totals],
        "rows": [_document(row) for row in plan.rows],
        "days": [_document(one) for one in plan.days],
        "notes": list(plan.notes),
    }


def totals_from_document(document: Mapping[str, Any]) -> tuple[TeamTotals, ...]:
    """Return the totals of a plan that was written down.

    Raises
    ------
    InputError
        If it is no plan of ours.
    """
    try:
        return tuple(
            TeamTotals(**{**one, "paid_hours": Spread(**one["paid_hours"])}) for one in document["totals"]
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"Got a baseline that is no staffing plan ({type(error).__name__}: {error}); expected JSON as "
            "`triage staff --save-baseline` writes it."
        ) from None


def percentile_of(document: Mapping[str, Any]) -> Percentile:
    """Return the percentile that a written plan was made for."""
    try:
        return Percentile(document["percentile"])
    except (KeyError, ValueError) as error:
        raise InputError(
            f"Got a baseline without a percentile ({error}); expected P50, P80 or P95."
        ) from None


def _document(one: PlanRow | TeamTotals | CapacityDay) -> dict[str, Any]:
    return {field.name: _value(getattr(one, field.name)) for field in fields(one)}


def _value(value: Any) -> Any:
    if isinstance(value, Spread):
        return {field.name: round(getattr(value, field.name), _DIGITS) for field in fields(value)}
    if isinstance(value, datetime):
        return _iso(value)
    return round(value, _DIGITS) if isinstance(value, float) else value


def _cells(value: Any) -> Sequence[Any]:
    if isinstance(value, Spread):
        return [round(getattr(value, field.name), _DIGITS) for field in fields(value)]
    if value is None:
        return [""]
    if isinstance(value, str):
        # A spreadsheet takes a cell that begins so for a formula.
        return [f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value]
    return [_value(value)]


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
