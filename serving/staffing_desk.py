"""Plans for a workspace, from its setup, its published forecast, its open tickets and its agents."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from features.staffing.counted import count_filed
from features.staffing.followed import Followed, had_been_followed
from features.staffing.opening import Opening
from features.staffing.own_figures import plan_with_own_figures
from features.staffing.schedule import agents_shifts, read_schedule
from features.staffing.shifts import Shift
from features.staffing.study import Baseline, Study, make_study, study_document
from triage.errors import ConfigurationError, InputError, NotFoundError
from triage.staffing.change import Change
from triage.staffing.change_document import read_change
from triage.staffing.document import read_setup
from triage.staffing.plan_document import percentile_of, totals_from_document
from triage.staffing.setup import StaffingSetup
from triage.staffing.volume import VolumeForecast
from triage.store import Store
from triage.store.agents import list_agents
from triage.store.overrides import figures_of, list_overrides
from triage.store.plan_backlog import with_open_tickets
from triage.store.published_volume import LENGTHS, volume_of
from triage.store.recent import filed_between
from triage.store.snapshots import Snapshot, latest_snapshot
from triage.store.staffing import (
    StoredBaseline,
    StoredSetup,
    put_staffing_baseline,
    read_staffing_baseline,
    read_staffing_setup,
    write_staffing_setup,
)
from triage.ticket import FIELDS

__all__ = ["Asked", "Made", "StaffingDesk", "as_input"]


@contextmanager
def as_input() -> Iterator[None]:
    """Take what is wrong in a document that came over the wire as the sender's, not the operator's."""
    try:
        yield
    except ConfigurationError as error:
        raise InputError(str(error)) from error


@dataclass(frozen=True, slots=True)
class Asked:
    """One request for a plan.

    Parameters
    ----------
    interval : str
        Of the forecast.
    schedule : str, default="none"
        ``none``, ``agents`` or ``proposed``.
    schedule_file : str or None
        CSV or iCalendar; goes before ``schedule``.
    change : Mapping
        See :func:`triage.staffing.change_document.read_change`.
    baseline : str or None
        Name of a plan to compare with.
    use_overrides : bool, default=False
        Whether planners' own figures go before the model's.
    """

    interval: str
    schedule: str = "none"
    schedule_file: str | None = None
    change: Mapping[str, Any] | None = None
    baseline: str | None = None
    use_overrides: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """A plan with what it was made from."""

    study: Study
    setup: StaffingSetup
    stored: StoredSetup
    snapshot: Snapshot
    notes: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        found = study_document(self.study)
        found["notes"] = [*found["notes"], *self.notes]
        return found | {"snapshot_id": self.snapshot.snapshot_id, "interval": self.snapshot.interval}


class StaffingDesk:
    """Answers what planners ask of a workspace.

    Parameters
    ----------
    store : Store
    clock : callable, optional
        Tells the time; by default now, in UTC.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._store = store
        self._clock = clock

    def write_setup(
        self, workspace: str, document: Mapping[str, Any], actor: str, version: int | None = None
    ) -> StoredSetup:
        """Check a setup, and keep it.

        Raises
        ------
        InputError
            If a value is not as it must be.
        ConflictError
            If somebody else changed it since.
        """
        with as_input():
            setup = read_setup(document)
            self._refuse_unknown_field(workspace, setup.by)
            span = self._clock()
            for team in setup.teams:
                # A country that nobody knows is told now, not when the first plan is made.
                Opening.of(team.calendar, (span,), (span + timedelta(hours=1),))
        return write_staffing_setup(self._store, workspace, document, actor, expected_version=version)

    def plan(self, workspace: str, asked: Asked) -> Made:
        """Make a plan.

        Raises
        ------
        NotFoundError
            If there is no setup, no forecast that is not over, or no baseline of that name.
        InputError
            If the change or the schedule makes no sense, or the forecast does not carry the setup.
        """
        stored = self._setup(workspace)
        snapshot = self._snapshot(workspace, asked.interval)
        baseline = None if asked.baseline is None else self._baseline(workspace, asked.baseline)
        with as_input():
            setup = read_setup(stored.document)
            forecast = volume_of(snapshot, self._clock())
            change = Change() if asked.change is None else read_change(asked.change)
            setup = with_open_tickets(self._store, workspace, setup, forecast, self._clock())
            shifts, notes = self._schedule(workspace, setup, forecast, asked)
            if asked.use_overrides:
                own = list_overrides(self._store, workspace, interval=asked.interval)
                forecast, told = plan_with_own_figures(setup, forecast, figures_of(own))
                notes += told
            study = make_study(
                setup,
                forecast,
                change=change,
                shifts=shifts,
                propose=asked.schedule == "proposed" and asked.schedule_file is None,
                baseline=baseline,
            )
        return Made(study, setup, stored, snapshot, tuple(notes))

    def keep(self, workspace: str, name: str, made: Made, actor: str) -> StoredBaseline:
        """Keep a plan as a baseline."""
        found = StoredBaseline(
            name,
            dict(made.stored.document),
            made.document(),
            made.snapshot.snapshot_id,
            self._clock(),
            actor,
        )
        put_staffing_baseline(self._store, workspace, found)
        return found

    def followed(self, workspace: str, name: str) -> tuple[datetime, datetime, list[Followed]]:
        """Say what would have become of the tickets that came, had a kept plan been followed.

        Returns
        -------
        since, until : datetime
            What of the plan is over.
        list of Followed

        Raises
        ------
        NotFoundError
            If there is no plan of that name.
        InputError
            If none of its intervals is over.
        """
        stored = read_staffing_baseline(self._store, workspace, name)
        if stored is None:
            raise _no_baseline()
        with as_input():
            setup = read_setup(stored.setup)
        rows = stored.plan["rows"]
        moments = sorted({(_moment(row["start"]), _moment(row["end"])) for row in rows})
        starts, ends = tuple(one[0] for one in moments), tuple(one[1] for one in moments)
        filed = filed_between(self._store, workspace, starts[0], min(ends[-1], self._clock()))
        series = _series_of(setup, (labels for _, labels in filed))
        if not series:
            raise InputError(
                "Got a plan for whose teams no ticket has come yet; expected one at least; ask again later."
            )
        actual = count_filed(filed, series, starts, ends, until=self._clock())
        percentile = percentile_of(stored.plan).value.lower()
        staff: dict[str, list[float]] = {}
        for row in rows:
            people = row["required_paid"][percentile] if row["scheduled"] is None else row["scheduled"]
            staff.setdefault(row["team"], []).append(people)
        planned = {team: np.array(people[: actual.n]) for team, people in staff.items()}
        return actual.starts[0], actual.ends[-1], had_been_followed(setup, actual, planned)

    def _refuse_unknown_field(self, workspace: str, by: str) -> None:
        """Refuse a field that no forecast has series of, nor can have."""
        known = ("total", "series", "channel", *FIELDS)
        if by in known:
            return
        newest = [latest_snapshot(self._store, workspace, interval) for interval in LENGTHS]
        series = {row.series for one in newest if one is not None for row in one.rows}
        if not any(name.startswith(f"{by}=") for name in series):
            raise InputError(
                f"Got by={by!r} in the staffing setup, and no forecast of this workspace has series of it; "
                f"expected one of {', '.join(known)}."
            )

    def _setup(self, workspace: str) -> StoredSetup:
        stored = read_staffing_setup(self._store, workspace)
        if stored is None:
            raise NotFoundError(
                "Got a request for a plan; expected a staffing setup in this workspace. Write one with "
                "PUT /v1/staffing/setup."
            )
        return stored

    def _snapshot(self, workspace: str, interval: str) -> Snapshot:
        snapshot = latest_snapshot(self._store, workspace, interval)
        if snapshot is None:
            raise NotFoundError(
                f"Got a request for a plan by {interval}; expected a forecast by {interval} to be published "
                "in "
                "this workspace. Ask for one with POST /v1/forecasts."
            )
        return snapshot

    def _baseline(self, workspace: str, name: str) -> Baseline:
        stored = read_staffing_baseline(self._store, workspace, name)
        if stored is None:
            raise _no_baseline()
        return Baseline(totals_from_document(stored.plan), percentile_of(stored.plan))

    def _schedule(
        self, workspace: str, setup: StaffingSetup, forecast: VolumeForecast, asked: Asked
    ) -> tuple[list[Shift] | None, list[str]]:
        names = [one.name for one in setup.teams]
        span = {"since": forecast.starts[0], "until": forecast.ends[-1]}
        if asked.schedule_file is not None:
            return read_schedule(asked.schedule_file.encode(), names, setup.zone, **span), []
        if asked.schedule != "agents":
            return None, []
        shifts, unknown = agents_shifts(setup, forecast, list_agents(self._store, workspace))
        if not unknown:
            return shifts, []
        return shifts, [f"{len(unknown)} agents have no shift and are not counted: {', '.join(unknown[:5])}."]


def _series_of(setup: StaffingSetup, seen: Iterable[Mapping[str, str]]) -> list[str]:
    """Return the series in which what came is counted: of labels that a team may do, and of channels."""
    own = [one.series for one in setup.channels if one.series is not None]
    if setup.by == "total":
        return list(dict.fromkeys(["total", *own]))
    labels = {(field, label) for one in seen for field, label in one.items()}
    found = [
        (f"{field}={label}" if setup.by == "series" else label, f"{field}={label}")
        for field, label in sorted(labels)
        if setup.by in (field, "series")
    ]
    known = [
        series
        for label, series in found
        if any(setup.may_do(team, label, channel) for team in setup.teams for channel in setup.channels)
    ]
    return list(dict.fromkeys([*known, *own]))


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written)


def _no_baseline() -> NotFoundError:
    return NotFoundError(
        "Got the name of a baseline that is not there; GET /v1/staffing/baselines lists them."
    )
