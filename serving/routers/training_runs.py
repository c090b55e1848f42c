"""Runs: asking for a training or a forecast, following it, cancelling it. A worker does the work."""

from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Annotated

import anyio
from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Path, Query, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from serving.auth import Caller, permitted
from serving.dependencies import StoreDep
from serving.forecast_asking import ask_for_forecast
from serving.idempotency import OnceDep, answer
from serving.problems import documented
from serving.schemas.base import SafeText
from serving.schemas.runs import ForecastRunIn, KindName, RunListOut, RunOut, TrainingRunIn
from triage.store.idempotency import Reply
from triage.store.runs import Run, ask_for_run, cancel_run, get_run, list_runs

__all__ = ["forecast_router", "router"]

router = APIRouter(prefix="/v1/training-runs", tags=["runs"])
forecast_router = APIRouter(prefix="/v1/forecasts", tags=["runs"])

LOOK_EVERY_S = 0.5
ASKING = documented(400, 401, 403, 409, 413, 422, 500, 503)
FINDING = documented(400, 401, 403, 404, 422, 500, 503)

RunId = Annotated[
    SafeText, Path(max_length=40, description="As answered.", examples=["9b7c2f6d1e0a4c5bb1d3f0a2c4e6d8f0"])
]


@router.post(
    "",
    operation_id="start_training_run",
    summary="Train a new model",
    status_code=202,
    response_model=RunOut,
    responses=ASKING,
)
def start_training_run(
    asked: TrainingRunIn,
    store: StoreDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("start_training_run")],
) -> Response:
    """Ask a worker to learn from all tickets, articles and links of the workspace.

    The new version becomes the challenger, and the champion if there was none or it is not worse. One
    training at a time: while one waits or works, another is refused with 409.
    """
    parameters = asked.parameters()
    return _ask(once, caller, lambda: ask_for_run(store, caller.workspace, "train", parameters, caller.name))


@forecast_router.post(
    "",
    operation_id="start_forecast_run",
    summary="Make a new forecast",
    status_code=202,
    response_model=RunOut,
    responses=ASKING,
)
def start_forecast_run(
    asked: ForecastRunIn,
    store: StoreDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("start_forecast_run")],
) -> Response:
    """Ask a worker to forecast the workspace's volume by day and by hour, in total and by label.

    What is left out is as in the last forecast. Follow it like a training, at
    `/v1/training-runs/{run_id}`. One forecast at a time.
    """
    return _ask(once, caller, lambda: ask_for_forecast(store, caller.workspace, asked, caller.name))


@router.get(
    "",
    operation_id="list_training_runs",
    summary="List trainings and forecasts",
    response_model=RunListOut,
    responses=documented(400, 401, 403, 422, 500, 503),
)
def list_training_runs(
    store: StoreDep,
    caller: Annotated[Caller, permitted("list_training_runs")],
    kind: Annotated[KindName | None, Query(description="Only these; by default both.")] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="At most so many, the newest.")] = 50,
) -> RunListOut:
    """Return the newest runs of the workspace."""
    return RunListOut(
        runs=[RunOut.of(run) for run in list_runs(store, caller.workspace, kind=kind, limit=limit)]
    )


@router.get(
    "/{run_id}",
    operation_id="read_training_run",
    summary="Read a run",
    response_model=RunOut,
    responses=FINDING,
)
def read_training_run(
    run_id: RunId, store: StoreDep, caller: Annotated[Caller, permitted("read_training_run")]
) -> RunOut:
    """Return how far a training or forecast is, what came of it or why not."""
    return RunOut.of(get_run(store, caller.workspace, run_id))


def _followed(
    run_id: RunId, store: StoreDep, caller: Annotated[Caller, permitted("follow_training_run")]
) -> Run:
    """Find the run before the stream begins, so that an unknown one is a 404."""
    return get_run(store, caller.workspace, run_id)


@router.get(
    "/{run_id}/events",
    operation_id="follow_training_run",
    summary="Follow a run",
    response_class=EventSourceResponse,
    responses=FINDING,
)
async def follow_training_run(
    run: Annotated[Run, Depends(_followed)], store: StoreDep
) -> AsyncIterator[ServerSentEvent]:
    """Stream the run as server-sent events: `progress` at each change, `end` at last; data is the run."""
    while run.is_active:
        yield _event(run)
        seen = run
        while run == seen:
            await anyio.sleep(LOOK_EVERY_S)
            run = await run_sync(partial(get_run, store, run.workspace, run.run_id))
    yield _event(run)


@router.post(
    "/{run_id}/cancel",
    operation_id="cancel_training_run",
    summary="Cancel a run",
    response_model=RunOut,
    responses=documented(400, 401, 403, 404, 409, 422, 500, 503),
)
def cancel_training_run(
    run_id: RunId,
    store: StoreDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("cancel_training_run")],
) -> Response:
    """Cancel a run that waits or works; its work stops before its next stage, and nothing comes of it."""

    def cancel() -> Reply:
        return Reply(200, RunOut.of(cancel_run(store, caller.workspace, run_id)).model_dump(mode="json"))

    return answer(once.run(caller.workspace, cancel))


def _ask(once: OnceDep, caller: Caller, asking: Callable[[], Run]) -> Response:
    def ask() -> Reply:
        return Reply(202, RunOut.of(asking()).model_dump(mode="json"))

    reply = once.run(caller.workspace, ask)
    response = answer(reply)
    response.headers["Location"] = f"{router.prefix}/{reply.document['run_id']}"
    return response


def _event(run: Run) -> ServerSentEvent:
    name = "progress" if run.is_active else "end"
    return ServerSentEvent(event=name, id=run.updated_at.isoformat(), data=RunOut.of(run))
