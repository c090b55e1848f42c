"""The HTTP server: one function that puts everything together. Endpoints are in ``serving/routers/``."""

import logging
import os
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime

from fastapi import FastAPI
from sqlalchemy.exc import DBAPIError
from starlette.middleware.trustedhost import TrustedHostMiddleware

from serving import openapi
from serving.console import router as console
from serving.dependencies import State
from serving.desks import make_desks
from serving.metrics import Metrics
from serving.middleware import EnvelopedApp
from serving.model_host import ModelHost
from serving.problems import add_handlers
from serving.routers import (
    absences,
    agents,
    assignments,
    decisions,
    forecast_overrides,
    forecasts,
    health,
    knowledge,
    known_events,
    models,
    policy,
    spikes,
    tickets,
    training_runs,
    triage,
)
from serving.settings import Settings
from serving.version import VERSION
from serving.work_queue import WorkQueue
from triage.registry import Registry
from triage.signing import signing_key
from triage.store import Store, open_store
from triage.store.idempotency import KEPT_FOR, forget_replies

__all__ = ["app_from_environment", "create_app"]

ROUTERS = (
    triage.router,
    decisions.router,
    tickets.router,
    assignments.router,
    agents.router,
    absences.router,
    knowledge.router,
    models.router,
    policy.router,
    forecasts.router,
    forecast_overrides.router,
    forecast_overrides.report_router,
    known_events.router,
    spikes.router,
    training_runs.router,
    training_runs.forecast_router,
    health.router,
    console.router,
)
FORGET_EVERY_SECONDS = 3600.0

log = logging.getLogger("triage.server")


def create_app(settings: Settings) -> FastAPI:
    """Make the application; nothing is opened before it starts.

    Parameters
    ----------
    settings : Settings
        See :meth:`Settings.from_env`.
    """
    metrics = Metrics()
    app = EnvelopedApp(
        title="triage",
        version=VERSION,
        description=openapi.DESCRIPTION,
        lifespan=_lifespan(settings, metrics),
        max_body_size=settings.max_body_bytes,
        redirect_slashes=False,
        docs_url=None,  # Swagger UI and ReDoc come from a CDN: this server's pages call nobody.
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.metrics = metrics
    for router in ROUTERS:
        app.include_router(router)
    add_handlers(app)
    if "*" not in settings.allowed_hosts:
        app.add_middleware(
            TrustedHostMiddleware, allowed_hosts=list(settings.allowed_hosts), www_redirect=False
        )
    openapi.attach(app)
    return app


def app_from_environment() -> FastAPI:
    """Make the application from ``$TRIAGE_*``, for ASGI servers that call a factory."""
    return create_app(Settings.from_env(os.environ))


def _lifespan(
    settings: Settings, metrics: Metrics
) -> Callable[[FastAPI], AbstractAsyncContextManager[State]]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[State]:
        store = open_store(settings.store_url)
        registry = Registry(settings.models)
        threads = settings.threads or max(1, len(os.sched_getaffinity(0)) // settings.workers)
        key = signing_key(os.environ | {"TRIAGE_HOME": str(settings.home)})
        host = ModelHost(registry, key, threads=1, poll_seconds=settings.poll_seconds)
        desks = make_desks(
            store, host, home=settings.home, poll_seconds=settings.poll_seconds, metrics=metrics
        )
        stopping = threading.Event()
        keeper = threading.Thread(target=_forget, args=(store, stopping), name="forget", daemon=True)
        try:
            host.start()
            desks.knowledge.start()
            desks.affinity.start()
            keeper.start()
            yield State(
                settings=settings,
                store=store,
                registry=registry,
                models=host,
                knowledge=desks.knowledge,
                desk=desks.desk,
                assigning=desks.assigning,
                backlog=desks.backlog,
                work=WorkQueue(threads, settings.waiting),
                metrics=metrics,
            )
        finally:
            desks.affinity.stop()
            desks.knowledge.stop()
            host.stop()
            stopping.set()
            if keeper.is_alive():
                keeper.join()
            store.close()

    return lifespan


def _forget(store: Store, stopping: threading.Event) -> None:
    """Delete kept answers when their day is over."""
    while True:
        try:
            forget_replies(store, datetime.now(UTC) - KEPT_FOR)
        except DBAPIError as error:
            log.warning("old answers were not deleted this hour: %s", type(error).__name__)
        if stopping.wait(FORGET_EVERY_SECONDS):
            return
