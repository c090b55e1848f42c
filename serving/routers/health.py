"""Whether the server lives, whether it can answer, and its counters."""

from functools import lru_cache
from typing import Annotated

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import APIRouter, Response
from sqlalchemy.exc import DBAPIError, TimeoutError

from serving.auth import Caller, permitted
from serving.dependencies import MetricsDep, ModelHostDep, StoreDep, WorkDep
from serving.problems import documented
from serving.schemas.health import HealthOut, ReadinessOut
from serving.version import VERSION
from triage.store import Store
from triage.store.waiting import Waiting, count_waiting
from triage.store.worker_slots import count_workers

__all__ = ["router"]

router = APIRouter(tags=["health"])


@router.get(
    "/healthz",
    operation_id="read_health",
    summary="Is the process alive?",
    response_model=HealthOut,
    responses=documented(400, 500),
)
async def read_health() -> HealthOut:
    """Answer without touching anything else. Needs no key."""
    return HealthOut(status="alive", version=VERSION)


@router.get(
    "/readyz",
    operation_id="read_readiness",
    summary="Can it answer requests?",
    response_model=ReadinessOut,
    responses=documented(400, 500) | {503: {"model": ReadinessOut, "description": "Unready"}},
)
async def read_readiness(store: StoreDep, models: ModelHostDep, response: Response) -> ReadinessOut:
    """Look at the database and the loaded models. Needs no key, names no workspace."""
    failed = len(models.failures)
    try:
        # Threads of its own, so that it is answered however many requests wait for the others.
        is_migrated = await run_sync(store.revision, limiter=_own_threads()) is not None
    except (DBAPIError, TimeoutError):
        is_migrated = False
    if not is_migrated:
        response.status_code = 503
    return ReadinessOut(
        status="unready" if not is_migrated else "degraded" if failed else "ready",
        store=is_migrated,
        models_ready=models.ready,
        models_failed=failed,
    )


@lru_cache(maxsize=1)
def _own_threads() -> CapacityLimiter:
    return CapacityLimiter(2)


@router.get(
    "/metrics",
    operation_id="read_metrics",
    summary="Counters for Prometheus",
    response_class=Response,
    responses=documented(400, 401, 403, 500, 503)
    | {200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "Prometheus text"}},
)
def read_metrics(
    metrics: MetricsDep,
    models: ModelHostDep,
    store: StoreDep,
    work: WorkDep,
    caller: Annotated[Caller, permitted("read_metrics")],
) -> Response:
    """Return the counters of this server. They name no workspace, ticket or key."""
    metrics.gauges.note_models(models.ready, len(models.failures))
    metrics.gauges.note_queue(work.running, work.busy - work.running)
    metrics.gauges.note_store(*_in_store(store))
    return Response(metrics.render(), media_type="text/plain; version=0.0.4")


def _in_store(store: Store) -> tuple[Waiting | None, int]:
    """Return what waits and how many workers live; (None, 0) where the store does not answer."""
    try:
        return count_waiting(store), count_workers(store)
    except (DBAPIError, TimeoutError):
        return None, 0
