"""Runs: trainings, forecasts and looks for gaps that were asked for. A row is what people see.

The row is also the request: a worker looks for rows that wait and gives them to its job queue, so that
asking needs no queue and nothing is lost between asking and queueing. Knows nothing of the work itself.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select, update

from triage.errors import ConflictError, InputError, NotFoundError
from triage.store.database import Store
from triage.store.schema import runs
from triage.store.scope import Across, Scope

__all__ = [
    "ACTIVE",
    "KINDS",
    "Run",
    "active_runs",
    "ask_for_run",
    "cancel_run",
    "fail_run",
    "find_run",
    "finish_run",
    "get_run",
    "list_runs",
    "note_progress",
    "start_run",
]

KINDS = ("train", "forecast", "gaps")
ACTIVE = ("queued", "running")
"""The states that go on; succeeded, failed and cancelled are ends."""


@dataclass(frozen=True, slots=True)
class Run:
    """One training or forecast.

    Parameters
    ----------
    run_id, workspace : str
        Identity and owner.
    kind : str
        ``train``, ``forecast`` or ``gaps``.
    state : str
        ``queued``, ``running``, ``succeeded``, ``failed`` or ``cancelled``.
    stage : str
        What it is doing, in words.
    progress : float
        Share done, 0 to 1.
    parameters : Mapping
        What was asked for.
    result : Mapping or None
        What came of it, once it has succeeded.
    problem : Mapping or None
        ``title`` and ``detail`` (given, expected, remedy), once it has failed.
    requested_by : str
        Who asked.
    created_at, updated_at : datetime
        When it was asked for, and when something last happened.
    started_at, finished_at : datetime or None
        When work on it began for the first time, and ended.
    """

    run_id: str
    workspace: str
    kind: str
    state: str
    stage: str
    progress: float
    parameters: Mapping[str, Any]
    result: Mapping[str, Any] | None
    problem: Mapping[str, Any] | None
    requested_by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    updated_at: datetime

    @property
    def is_active(self) -> bool:
        """Whether it still waits or works."""
        return self.state in ACTIVE


COLUMNS = [runs.c[name] for name in Run.__slots__]


def ask_for_run(
    store: Store, workspace: str, kind: str, parameters: Mapping[str, Any], requested_by: str
) -> Run:
    """Ask for a run; a worker will find it.

    Raises
    ------
    InputError
        If the kind is none of ours.
    ConflictError
        If one of the same kind already waits or works in this workspace.
    """
    if kind not in KINDS:
        raise InputError(f"Got a run of kind {kind!r}; expected one of {', '.join(KINDS)}.")
    now = datetime.now(UTC)
    run = Run(
        uuid.uuid4().hex,
        workspace,
        kind,
        "queued",
        "waiting for a worker",
        0.0,
        dict(parameters),
        None,
        None,
        requested_by,
        now,
        None,
        None,
        now,
    )
    with store.writing(workspace) as connection:
        earlier = connection.execute(
            select(runs.c.run_id, runs.c.state).where(
                runs.c.workspace == workspace, runs.c.kind == kind, runs.c.state.in_(ACTIVE)
            )
        ).first()
        if earlier is not None:
            raise ConflictError(
                f"Got another run of kind {kind!r} while run {earlier.run_id} is {earlier.state}; expected "
                "one of a kind at a time in a workspace. Wait for it, or cancel it first."
            )
        connection.execute(insert(runs).values({name: getattr(run, name) for name in Run.__slots__}))
    return run


def find_run(store: Store, run_id: str) -> Run | None:
    """Return a run by its id, in whichever workspace, for who works for all; None when there is none."""
    with store.reading(Across.CHORES) as connection:
        row = connection.execute(select(*COLUMNS).where(runs.c.run_id == run_id)).first()
    return None if row is None else Run(*row)


def get_run(store: Store, workspace: str, run_id: str) -> Run:
    """Return a run of a workspace.

    Raises
    ------
    NotFoundError
        If the workspace has none of this id.
    """
    query = select(*COLUMNS).where(runs.c.workspace == workspace, runs.c.run_id == run_id)
    with store.reading(workspace) as connection:
        row = connection.execute(query).first()
    if row is None:
        raise NotFoundError(
            f"Got run {run_id!r}; expected one of workspace {workspace!r}. "
            "List them with GET /v1/training-runs."
        )
    return Run(*row)


def list_runs(store: Store, workspace: str, *, kind: str | None = None, limit: int = 50) -> list[Run]:
    """Return the newest runs of a workspace, newest first, of one kind or of all."""
    query = select(*COLUMNS).where(runs.c.workspace == workspace)
    if kind is not None:
        query = query.where(runs.c.kind == kind)
    query = query.order_by(runs.c.created_at.desc(), runs.c.run_id).limit(limit)
    with store.reading(workspace) as connection:
        return [Run(*row) for row in connection.execute(query)]


def active_runs(store: Store) -> list[Run]:
    """Return the runs of all workspaces that wait or work, oldest first."""
    query = select(*COLUMNS).where(runs.c.state.in_(ACTIVE)).order_by(runs.c.created_at, runs.c.run_id)
    with store.reading(Across.CHORES) as connection:
        return [Run(*row) for row in connection.execute(query)]


def start_run(store: Store, run_id: str) -> Run | None:
    """Say that work begins, or begins again after a worker died; None when the run has ended."""
    with store.writing(Across.CHORES):
        run = find_run(store, run_id)
        if run is None or not run.is_active:
            return None
        now = datetime.now(UTC)
        _change(
            store, run_id, state="running", stage="starting", progress=0.0, started_at=run.started_at or now
        )
        return find_run(store, run_id)


def note_progress(store: Store, run_id: str, stage: str, progress: float) -> bool:
    """Keep how far a run is; tell whether it still runs (False once it was cancelled)."""
    return _change(store, run_id, stage=stage[:200], progress=min(1.0, max(0.0, progress)))


def finish_run(store: Store, run_id: str, result: Mapping[str, Any]) -> bool:
    """Say what came of a run; tell whether it was still running."""
    now = datetime.now(UTC)
    return _change(
        store,
        run_id,
        state="succeeded",
        stage="done",
        progress=1.0,
        result=dict(result),
        finished_at=now,
    )


def fail_run(store: Store, run_id: str, title: str, detail: str) -> bool:
    """Say why a run could not be done; tell whether it was still running. The stage says where."""
    problem = {"title": title, "detail": detail}
    return _change(store, run_id, state="failed", problem=problem, finished_at=datetime.now(UTC))


def cancel_run(store: Store, workspace: str, run_id: str) -> Run:
    """Cancel a run; the work stops before its next stage. Cancelling twice is cancelling once.

    Raises
    ------
    NotFoundError
        If the workspace has none of this id.
    ConflictError
        If it has already succeeded or failed.
    """
    with store.writing(workspace):
        run = get_run(store, workspace, run_id)
        if run.is_active:
            _change(store, run_id, workspace, state="cancelled", finished_at=datetime.now(UTC))
        elif run.state != "cancelled":
            raise ConflictError(
                f"Got a cancellation of run {run_id}, which has {run.state}; expected one that is queued or "
                "running. There is nothing left to cancel."
            )
        return get_run(store, workspace, run_id)


def _change(store: Store, run_id: str, scope: Scope = Across.CHORES, **values: Any) -> bool:
    with store.writing(scope) as connection:
        done = connection.execute(
            update(runs)
            .where(runs.c.run_id == run_id, runs.c.state.in_(ACTIVE))
            .values(**values, updated_at=datetime.now(UTC))
        )
        return bool(done.rowcount)
