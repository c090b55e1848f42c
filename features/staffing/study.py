"""One question to planning, whole: a plan, shifts where wanted, what if, and the baseline beside it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.staffing.opening import Opening
from features.staffing.plan import make_plan
from features.staffing.shifts import Shift, propose_shifts, scheduled_people
from triage.staffing.change import Change
from triage.staffing.compare import Compared, Side, compare
from triage.staffing.plan import Plan, TeamTotals
from triage.staffing.plan_document import plan_to_document
from triage.staffing.setup import Percentile, StaffingSetup
from triage.staffing.volume import VolumeForecast

__all__ = ["Baseline", "Study", "make_study", "people_of_shifts", "planned_people", "study_document"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Baseline:
    """A plan that was kept, as far as another is compared with it."""

    totals: tuple[TeamTotals, ...]
    percentile: Percentile


@dataclass(frozen=True, slots=True)
class Study:
    """What planning answered.

    Parameters
    ----------
    plan : Plan
        With the change, if there is one.
    shifts : tuple of Shift or None
        The schedule that it was held against: given or proposed; None: none.
    compared : tuple of Compared or None
        Beside the baseline; None where nothing was to be compared.
    """

    plan: Plan
    shifts: tuple[Shift, ...] | None
    compared: tuple[Compared, ...] | None


def make_study(
    setup: StaffingSetup,
    forecast: VolumeForecast,
    *,
    change: Change | None = None,
    shifts: Sequence[Shift] | None = None,
    propose: bool = False,
    baseline: Baseline | None = None,
) -> Study:
    """Plan, and compare.

    Parameters
    ----------
    setup : StaffingSetup
    forecast : VolumeForecast
    change : Change, optional
        What if.
    shifts : sequence of Shift, optional
        The schedule to hold the requirement against.
    propose : bool, default=False
        Propose shifts from the requirement and hold it against them; not together with ``shifts``.
    baseline : Baseline, optional
        To compare with; by default, where there is a change, the plan without it under the same schedule.

    Raises
    ------
    InputError, ConfigurationError
        See :func:`features.staffing.plan.make_plan`.
    """
    changed = change or Change()
    asked_setup, asked = changed.of_setup(setup), changed.of_forecast(forecast, setup.by)
    plan, found = _plan(asked_setup, asked, shifts, propose)
    beside = baseline
    if beside is None and not changed.is_none:
        before, _ = _plan(setup, forecast, shifts, propose)
        beside = Baseline(before.totals, before.percentile)
    compared = None
    if beside is not None:
        compared = tuple(
            compare(
                beside.totals,
                plan.totals,
                percentile_before=beside.percentile,
                percentile_after=plan.percentile,
            )
        )
    return Study(plan, None if found is None else tuple(found), compared)


def planned_people(plan: Plan, team: str) -> Array:
    """Return the people a plan has in each interval: scheduled, or required and paid at its percentile."""
    return np.array(
        [
            row.required_paid.at(plan.percentile) if row.scheduled is None else row.scheduled
            for row in plan.of_team(team)
        ]
    )


def people_of_shifts(
    setup: StaffingSetup, forecast: VolumeForecast, shifts: Sequence[Shift]
) -> dict[str, Array]:
    """Return by team how many people its shifts put into each interval of a forecast."""
    found = {}
    for team in setup.teams:
        opening = Opening.of(team.calendar, forecast.starts, forecast.ends)
        found[team.name] = scheduled_people(
            list(shifts), team.name, opening.hours, forecast.starts, forecast.ends, opening.calendar
        )
    return found


def study_document(study: Study) -> dict[str, Any]:
    """Return a study as plain JSON values: the plan's document, with ``shifts`` and ``compared``."""
    return plan_to_document(study.plan) | {
        "shifts": None if study.shifts is None else [_shift(one) for one in study.shifts],
        "compared": None if study.compared is None else [_compared(one) for one in study.compared],
    }


def _plan(
    setup: StaffingSetup, forecast: VolumeForecast, shifts: Sequence[Shift] | None, propose: bool
) -> tuple[Plan, Sequence[Shift] | None]:
    found = shifts
    if propose:
        found = _propose(setup, forecast, make_plan(setup, forecast))
    had = None if found is None else people_of_shifts(setup, forecast, found)
    return make_plan(setup, forecast, scheduled=had), found


def _propose(setup: StaffingSetup, forecast: VolumeForecast, plan: Plan) -> list[Shift]:
    found: list[Shift] = []
    for team in setup.teams:
        rows = plan.of_team(team.name)
        if rows:
            opening = Opening.of(team.calendar, forecast.starts, forecast.ends)
            required = np.array([row.required_paid.at(plan.percentile) for row in rows])
            found += propose_shifts(
                setup.shifts,
                team.name,
                required,
                opening.hours,
                forecast.starts,
                forecast.ends,
                opening.calendar,
                most=team.agents,
            )
    return sorted(found, key=lambda one: (one.start, one.team))


def _shift(one: Shift) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(one).items()
    }


def _compared(one: Compared) -> dict[str, Any]:
    return {
        "team": one.team or None,
        "before": _side(one.before),
        "after": _side(one.after),
        "hours": round(one.hours, 2),
        "cost": round(one.cost, 2),
    }


def _side(one: Side | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {name: None if value is None else round(value, 4) for name, value in asdict(one).items()}
