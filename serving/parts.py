"""What a server is made of: made once, loaded, then started, and stopped in order.

Making and loading leave neither a thread nor a connection, so that a process may do both and then fork
(:mod:`serving.forked_workers`): what follows the store, and what answers, begins with :meth:`Parts.start`.
"""

import os
from dataclasses import dataclass

from threadpoolctl import threadpool_limits

from features.recent_texts import forget_recent
from serving.dependencies import State
from serving.desks import Desks, make_desks
from serving.door import Door
from serving.drift_watch import DriftWatch
from serving.housekeeping import Housekeeping
from serving.key_limits import KeyLimits
from serving.lockout import MOST_WRONG, Lockout
from serving.metrics import Metrics
from serving.model_host import ModelHost
from serving.oidc import TokenReader
from serving.refusals import Refusals
from serving.settings import Settings
from serving.staffing_desk import StaffingDesk
from serving.work_queue import WorkQueue
from triage.registry import Registry
from triage.signing import signing_key
from triage.store import Store, open_store
from triage.store.audit import AuditLog

__all__ = ["Parts", "make_parts"]

PATIENCE_S = 1.0
"""Whoever asks is told within two seconds that the database is locked, and can come again."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that lives as long as a server; made by :func:`make_parts`."""

    settings: Settings
    metrics: Metrics
    store: Store
    registry: Registry
    models: ModelHost
    desks: Desks
    door: Door
    audit: AuditLog
    refusals: Refusals
    work: WorkQueue
    keeping: Housekeeping

    def load(self) -> None:
        """Load the champions and read what the store has, but for duplicates; then let go of the database."""
        self.models.refresh()
        self.desks.knowledge.load()
        self.desks.public.load()
        self.desks.affinity.load()
        self.desks.solutions.load()
        forget_recent()
        self.store.disconnect()

    def forget_tickets(self) -> None:
        """Let go of what tickets taught: for a process that answers nobody and follows no erasures."""
        self.desks.affinity.forget()
        self.desks.solutions.forget()

    def start(self) -> None:
        """Load what is new, then follow registry and store in threads."""
        self.models.start()
        self.desks.knowledge.start()
        self.desks.affinity.start()
        self.desks.public.start()
        self.desks.solutions.start()
        self.desks.duplicates.start()  # Reads for seconds, beside what the others have to load at once.
        self.keeping.start()

    def stop(self) -> None:
        """Stop following, write what is left, close the store."""
        self.desks.duplicates.stop()
        self.desks.solutions.stop()
        self.desks.public.stop()
        self.desks.affinity.stop()
        self.desks.knowledge.stop()
        self.models.stop()
        self.keeping.stop()
        self.refusals.close()
        self.store.close()

    def state(self) -> State:
        """Return what endpoints receive."""
        return State(
            settings=self.settings,
            store=self.store,
            registry=self.registry,
            models=self.models,
            knowledge=self.desks.knowledge,
            desk=self.desks.desk,
            assigning=self.desks.assigning,
            backlog=self.desks.backlog,
            books=self.desks.books,
            deflection=self.desks.deflection,
            staffing=StaffingDesk(self.store),
            work=self.work,
            metrics=self.metrics,
            door=self.door,
            audit=self.audit,
            refusals=self.refusals,
        )


def make_parts(settings: Settings, metrics: Metrics) -> Parts:
    """Open the store and put everything together; nothing is loaded yet.

    Parameters
    ----------
    settings : Settings
        See :meth:`Settings.from_env`.
    metrics : Metrics
        Counts what they do.
    """
    # A product of a matrix and one vector gains nothing by a second thread, which then waits for the next
    # one by turning round and round on a core that others need.
    threadpool_limits(limits=1, user_api="blas")
    store = open_store(settings.store_url, patience_s=PATIENCE_S)
    registry = Registry(settings.models)
    threads = settings.threads or max(1, len(os.sched_getaffinity(0)) // settings.workers)
    key = signing_key(os.environ | {"TRIAGE_HOME": str(settings.home)})
    models = ModelHost(registry, key, threads=1, poll_seconds=settings.poll_seconds)
    desks = make_desks(
        store,
        models,
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
        limits=KeyLimits(),
    )
    refusals = Refusals(audit)
    drift = DriftWatch(store, models, metrics.gauges)
    work = WorkQueue(threads, settings.waiting, metrics.note_wait)

    def note_queue() -> None:
        metrics.gauges.note_queue(work.running, work.busy - work.running)

    watches = (note_queue, drift.look, refusals.write)
    embeddings = settings.home / "cache" / "embeddings"
    keeping = Housekeeping(store, door.uses, audit, settings.audit_anchor, embeddings, watches)
    return Parts(settings, metrics, store, registry, models, desks, door, audit, refusals, work, keeping)
