"""The HTTP server: one function that puts everything together. Endpoints are in ``serving/routers/``."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI
from starlette.middleware.trustedhost import TrustedHostMiddleware
from threadpoolctl import threadpool_limits

from serving import openapi
from serving.console import router as console
from serving.dependencies import State
from serving.desks import make_desks
from serving.door import Door
from serving.drift_watch import DriftWatch
from serving.gates import demand_gates
from serving.housekeeping import Housekeeping
from serving.lockout import MOST_WRONG, Lockout
from serving.metrics import Metrics
from serving.middleware import EnvelopedApp
from serving.model_host import ModelHost
from serving.oidc import TokenReader
from serving.problems import add_handlers
from serving.refusals import Refusals
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
from serving.staffing_desk import StaffingDesk
from serving.version import VERSION
from serving.work_queue import WorkQueue
from triage.registry import Registry
from triage.signing import signing_key
from triage.store import open_store
from triage.store.audit import AuditLog

__all__ = ["app_from_environment", "create_app"]

PATIENCE_S = 1.0
"""Whoever asks is told within two seconds that the database is locked, and can come again."""

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
    settings: Settings, metrics: Metrics
) -> Callable[[FastAPI], AbstractAsyncContextManager[State]]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[State]:
        # A product of a matrix and one vector gains nothing by a second thread, which then waits for the next
        # one by turning round and round on a core that others need.
        threadpool_limits(limits=1, user_api="blas")
        store = open_store(settings.store_url, patience_s=PATIENCE_S)
        registry = Registry(settings.models)
        threads = settings.threads or max(1, len(os.sched_getaffinity(0)) // settings.workers)
        key = signing_key(os.environ | {"TRIAGE_HOME": str(settings.home)})
        host = ModelHost(registry, key, threads=1, poll_seconds=settings.poll_seconds)
        desks = make_desks(
            store,
            host,
            home=settings.home,
            poll_seconds=settings.poll_seconds,
            metrics=metrics,
            tier=settings.tier,
        )
        audit = AuditLog(store, key)
        door = Door(
            store,
            None if settings.oidc is None else TokenReader(settings.oidc),
            Lockout(max(2, MOST_WRONG // settings.workers)),
            audit=audit,
        )
        refusals = Refusals(audit)
        drift = DriftWatch(store, host, metrics.gauges)
        work = WorkQueue(threads, settings.waiting, metrics.note_wait)

        def note_queue() -> None:
            metrics.gauges.note_queue(work.running, work.busy - work.running)

        watches = (note_queue, drift.look, refusals.write)
        embeddings = settings.home / "cache" / "embeddings"
        keeping = Housekeeping(store, door.uses, audit, settings.audit_anchor, embeddings, watches)
        try:
            host.start()
            desks.knowledge.start()
            desks.affinity.start()
            desks.duplicates.start()
            desks.public.start()
            desks.solutions.start()
            keeping.start()
            yield State(
                settings=settings,
                store=store,
                registry=registry,
                models=host,
                knowledge=desks.knowledge,
                desk=desks.desk,
                assigning=desks.assigning,
                backlog=desks.backlog,
                books=desks.books,
                deflection=desks.deflection,
                staffing=StaffingDesk(store),
                work=work,
                metrics=metrics,
                door=door,
                audit=audit,
                refusals=refusals,
            )
        finally:
            desks.duplicates.stop()
            desks.solutions.stop()
            desks.public.stop()
            desks.affinity.stop()
            desks.knowledge.stop()
            host.stop()
            keeping.stop()
            refusals.close()
            store.close()

    return lifespan
