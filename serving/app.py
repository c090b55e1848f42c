"""The HTTP server: one function that puts everything together. Endpoints are in ``serving/routers/``."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI
from starlette.middleware.trustedhost import TrustedHostMiddleware

from serving import openapi
from serving.console import router as console
from serving.dependencies import State
from serving.gates import demand_gates
from serving.metrics import Metrics
from serving.middleware import EnvelopedApp
from serving.parts import Parts, make_parts
from serving.problems import add_handlers
from serving.routers import (
    absences,
    agents,
    assignments,
    audit,
    decisions,
    erasures,
    forecast_overrides,
    forecasts,
    health,
    incidents,
    keys,
    knowledge,
    knowledge_report,
    known_events,
    models,
    parents,
    planning_reports,
    policy,
    replies,
    sla,
    spikes,
    staffing,
    suggestions,
    tickets,
    training_runs,
    triage,
)
from serving.settings import Settings
from serving.version import VERSION

__all__ = ["app_from_environment", "create_app"]

ROUTERS = (
    triage.router,
    decisions.router,
    tickets.router,
    parents.router,
    erasures.router,  # after those whose addresses go on behind a ticket's id
    incidents.router,
    assignments.router,
    absences.router,  # before the agents, whose names may hold what stands in its addresses
    agents.router,
    knowledge.router,
    models.router,
    policy.router,
    sla.router,
    forecasts.router,
    staffing.router,
    planning_reports.router,
    forecast_overrides.router,
    forecast_overrides.report_router,
    known_events.router,
    spikes.router,
    training_runs.router,
    training_runs.forecast_router,
    suggestions.router,
    suggestions.feedback_router,
    replies.router,
    replies.macro_router,
    knowledge_report.router,
    keys.router,
    audit.router,
    health.router,
    console.router,
)


def create_app(settings: Settings, parts: Parts | None = None) -> FastAPI:
    """Make the application; nothing is opened before it starts.

    Parameters
    ----------
    settings : Settings
        See :meth:`Settings.from_env`.
    parts : Parts, optional
        Made of the same settings, and loaded; by default they are made when it starts.
    """
    metrics = Metrics() if parts is None else parts.metrics
    app = EnvelopedApp(
        title="triage",
        version=VERSION,
        description=openapi.DESCRIPTION,
        lifespan=_lifespan(settings, metrics, parts),
        max_body_size=settings.max_body_bytes,
        redirect_slashes=False,
        docs_url=None,  # Swagger UI and ReDoc come from a CDN: this server's pages call nobody.
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.metrics = metrics
    app.at_once = settings.at_once
    app.body_seconds = settings.body_seconds
    for router in ROUTERS:
        app.include_router(router)
    demand_gates(app.routes)
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
    settings: Settings, metrics: Metrics, loaded: Parts | None
) -> Callable[[FastAPI], AbstractAsyncContextManager[State]]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[State]:
        parts = make_parts(settings, metrics) if loaded is None else loaded
        try:
            parts.start()
            yield parts.state()
        finally:
            parts.stop()

    return lifespan
