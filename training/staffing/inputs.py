"""What ``triage staff`` is given, read and checked: setup, changes, schedules, a baseline, what came."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import numpy as np

from features.staffing.followed import Followed, had_been_followed
from features.staffing.schedule import agents_shifts, read_schedule
from features.staffing.shifts import Shift
from features.staffing.study import Baseline, planned_people
from training.readable_shifts import expect_readable_shifts
from triage.errors import ConfigurationError, InputError
from triage.staffing.change import Change
from triage.staffing.change_document import read_change
from triage.staffing.document import read_setup
from triage.staffing.plan import Plan
from triage.staffing.plan_document import percentile_of, totals_from_document
from triage.staffing.setup import StaffingSetup
from triage.staffing.volume import LEVELS, VolumeForecast

__all__ = ["read_actual", "read_baseline", "read_changes", "read_config", "read_shifts"]


def read_config(path: Path) -> StaffingSetup:
    """Read ``staffing.toml``.

    Raises
    ------
    ConfigurationError
        If it cannot be read, or a value in it is not as it must be.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"Got {path}, which cannot be read ({getattr(error, 'strerror', None) or error}); expected a "
            "TOML file in UTF-8, such as the staffing.toml of the guide. Check the path."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(
            f'Got {path.name}, which is no TOML: {error}; expected lines such as by = "category". '
            "Correct that line."
        ) from error
    try:
        return read_setup(document)
    except ConfigurationError as error:
        raise ConfigurationError(f"In {path.name}: {error}") from None


def read_changes(assignments: Sequence[str]) -> Change:
    """Read what-ifs as they stand behind ``--what-if``: each a line of TOML.

    Raises
    ------
    ConfigurationError
        If one is no assignment of TOML, or sets what is not there.
    """
    try:
        return read_change(tomllib.loads("\n".join(assignments)))
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(
            f"Got --what-if {' --what-if '.join(map(repr, assignments))}: {error}; expected TOML such as "
            "'volume_percent = 10' or 'channels.tickets.deadline = \"next day\"'."
        ) from error


def read_shifts(
    setup: StaffingSetup,
    forecast: VolumeForecast,
    *,
    schedule: Path | None,
    agents: Path | None,
    proposed: Path | None,
    agents_mapping: Path | None = None,
) -> tuple[list[Shift] | None, list[str]]:
    """Read the schedule that the plan is held against, None where there is none; and notes on it.

    Raises
    ------
    InputError
        If more than one is given, or it cannot be read, or a mapping is given without its table.
    """
    if agents_mapping is not None and agents is None:
        raise InputError("Got --agents-mapping without --agents; expected the table that it is of.")
    given = [
        name for name, one in (("--schedule", schedule), ("--agents", agents), ("--shifts", proposed)) if one
    ]
    if len(given) > 1:
        raise InputError(f"Got {' and '.join(given)}; expected one of them: which schedule shall count?")
    if proposed is not None and proposed.suffix.lower() not in (".csv", ".ics"):
        raise InputError(f"Got --shifts {proposed.name}; expected a name that ends in .csv or .ics.")
    names = [one.name for one in setup.teams]
    span = {"since": forecast.starts[0], "until": forecast.ends[-1]}
    if schedule is not None:
        try:
            content = schedule.read_bytes()
        except OSError as error:
            raise InputError(
                f"Got {schedule}, which cannot be read ({error.strerror}); expected a schedule as CSV "
                "(team, start, end, agents) or iCalendar (.ics). Check the path."
            ) from error
        return read_schedule(content, names, setup.zone, **span), []
    if agents is None:
        return None, []
    from training.history import read_agents

    people = read_agents(agents, zone=setup.zone, mapping=agents_mapping).agents
    expect_readable_shifts(people, agents)
    shifts, unknown = agents_shifts(setup, forecast, people)
    notes = (
        [f"{len(unknown)} agents have no shift and are not counted: {', '.join(unknown[:5])}."]
        if unknown
        else []
    )
    return shifts, notes


def read_baseline(path: Path) -> Baseline:
    """Read a plan that ``--save-baseline`` wrote.

    Raises
    ------
    InputError
        If it is none.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            f"Got {path}, which cannot be read as JSON ({type(error).__name__}); expected what "
            "--save-baseline wrote."
        ) from error
    return Baseline(totals_from_document(document), percentile_of(document))


def read_actual(
    path: Path, setup: StaffingSetup, forecast: VolumeForecast, plan: Plan, mapping: Path | None
) -> list[Followed]:
    """Read what came in the plan's intervals, and say what would have become of it.

    Raises
    ------
    HistoryError, InputError
        If the file cannot be read, or does not reach into the plan.
    """
    from training.forecasting.read import read_series

    length = sorted(end - start for start, end in zip(forecast.starts, forecast.ends, strict=True))
    usual = length[len(length) // 2]
    interval = "day" if usual > timedelta(hours=2) else "hour" if usual > timedelta(minutes=45) else "30min"
    own = {one.series.partition("=")[0] for one in setup.channels if one.series and "=" in one.series}
    by = sorted(own) if setup.by in ("total", "series") else sorted({setup.by, *own})
    table = read_series(path, interval=interval, zone=setup.zone, by=by, mapping=mapping).table
    edges = np.array([one.timestamp() for one in (*forecast.starts, forecast.ends[-1])])
    begins = table.starts.astype("datetime64[s]").astype("int64")
    at = np.searchsorted(edges, begins, side="right") - 1
    inside = (at >= 0) & (at < forecast.n)
    if not inside.any():
        raise InputError(
            f"Got {path.name}, which holds nothing between {forecast.starts[0]:%Y-%m-%d} and "
            f"{forecast.ends[-1]:%Y-%m-%d}; expected what came in the time of the plan."
        )
    n = int(at[inside].max()) + 1
    counts = np.zeros((len(forecast.names), n))
    for row, name in enumerate(forecast.names):
        if name in table.names:
            np.add.at(counts[row], at[inside], table.counts[table.names.index(name)][inside])
    actual = VolumeForecast(
        forecast.names,
        forecast.starts[:n],
        forecast.ends[:n],
        counts,
        np.repeat(counts[:, :, None], len(LEVELS), axis=2),
        forecast.origin,
    )
    staff = {one.name: planned_people(plan, one.name)[:n] for one in setup.teams if plan.of_team(one.name)}
    return had_been_followed(setup, actual, staff)
